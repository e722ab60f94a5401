/* SPDX-License-Identifier: MIT */
/* Many processes come and go, each in another way, and nothing is left of them. */
#include <signal.h>
#include <sys/mman.h>

#include <croft/limits.h>

#include "tap.h"

#define CYCLES 200

enum way { LEAVE, FAULT, KILLED, MAPPING, BUSY, WAYS };

static void *kept;

static int go(long a, long b)
{
	(void)b;
	switch ((enum way)a) {
	case FAULT:
		*(volatile int *)0x20000000 = 0;
		return 1;
	case KILLED:
		pause();
		return 1;
	case BUSY: /* killed while memory is cleared or given back */
		for (size_t len = 16 * 1024; len; len *= 2) {
			void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			if (p == MAP_FAILED)
				len = 8 * 1024;
			else
				munmap(p, len);
		}
		return 1;
	case MAPPING: /* and never given back */
		for (int i = 0; i < 3; i++) {
			char *p = mmap(NULL, 2048, PROT_READ | PROT_WRITE,
				       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			if (p == MAP_FAILED || p[0])
				return 1;
			memset(p, 0xff, 2048);
		}
		kept = malloc(100);
		return kept == NULL;
	default:
		return 0;
	}
}

static const struct part parts[] = { { "go", go }, { 0 } };

static int cycle(enum way way)
{
	pid_t pid = part_start("go", way, 0);

	if (way == KILLED || way == BUSY) {
		usleep(5000);
		kill(pid, SIGKILL);
		return part_died(pid, SIGKILL);
	}
	return way == FAULT ? part_died(pid, SIGSEGV) : part_ended(pid, 0);
}

static void test(void)
{
	static const char *const names[] = { "that end", "that fault", "that are killed",
					     "that leave mappings behind",
					     "that are killed while they map and unmap" };
	long before;

	part_status(part_start("go", LEAVE, 0));
	before = system_info(INFO_FREE_PAGES);
	for (int way = 0; way < WAYS; way++) {
		int good = 0;

		for (int i = 0; i < CYCLES / WAYS; i++)
			good += cycle((enum way)way);
		IS(good, CYCLES / WAYS, names[way]);
		IS(system_info(INFO_FREE_PAGES), before, "all pages are free again");
	}
}

TAP_MAIN(parts, test)
