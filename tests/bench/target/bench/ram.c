/* SPDX-License-Identifier: MIT */
/* How much RAM the kernel takes for a thing: free memory before and after @n of them. */
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <croft.h>

#include "bench.h"

#define SLEEPERS 4

static long free_pages(void)
{
	return system_info(INFO_FREE_PAGES);
}

/* Beyond the page that each of them grants. */
static void measure_mappings(long n)
{
	long before = free_pages(), taken;

	for (long i = 0; i < n; i++)
		must(mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED,
		     "mmap");
	taken = before - free_pages() - n;
	value("mapping.bytes", NONE, taken * (long)page / n);
}

/* A program that sleeps, with all it needs. */
static void measure_processes(void)
{
	char *argv[] = { "sleep", "1000", NULL };
	pid_t pids[SLEEPERS + 1];
	long before = 0;

	/* The first may have to open a page of records that the others then share. */
	for (int i = 0; i <= SLEEPERS; i++) {
		if (i == 1)
			before = free_pages();
		must(posix_spawn(&pids[i], "/bin/sleep", NULL, NULL, argv, NULL) == 0,
		     "sleep starts");
		usleep(10000);
	}
	value("process.bytes", NONE, (before - free_pages()) * (long)page / SLEEPERS);
	for (int i = 0; i <= SLEEPERS; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
}

void group_ram(long n)
{
	measure_processes();
	measure_mappings(n);
}
