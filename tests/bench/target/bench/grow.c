/* SPDX-License-Identifier: MIT */
/* What memory calls cost beside @n other mappings, of the same process or of another. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "bench.h"
#include "say.h"

#define SAMPLES	 50
#define LEN	 4096  /* on every board, whatever its pages are */
#define FILE_LEN 12288 /* of a program that runs, so it is mapped elsewhere */
#define SHM_LEN	 4096
#define TOUCHED	 16 /* at most; with 10, each touch takes a refill on 8 slots */

static volatile char *touched[TOUCHED];
static long ntouched;

static void map_pages(long n)
{
	ntouched = n < TOUCHED ? n : TOUCHED;
	for (long i = 0; i < n; i++) {
		char *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			       0);

		must(p != MAP_FAILED, "the other mappings");
		touched[i * ntouched / n] = p;
	}
}

static void measure_anon(const char *names, long n)
{
	for (int i = -2; i < SAMPLES; i++) {
		void *p;

		if (i >= 0)
			BEGIN();
		p = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (i >= 0)
			END();
		must(p != MAP_FAILED, "mmap");
		if (i >= 0)
			BEGIN();
		munmap(p, LEN);
		if (i >= 0)
			END();
	}
	row(names, n, SAMPLES);
}

static void measure_file(const char *names, long n)
{
	int fd = open("/bin/bench", O_RDONLY);

	for (int i = 0; i < SAMPLES; i++) {
		void *p;

		BEGIN();
		p = mmap(NULL, FILE_LEN, PROT_READ, MAP_PRIVATE, fd, 0);
		END();
		must(p != MAP_FAILED, "mmap of a file");
		BEGIN();
		munmap(p, FILE_LEN);
		END();
	}
	row(names, n, SAMPLES);
	close(fd);
}

static void measure_shm(const char *names, long n)
{
	int id = shmget(IPC_PRIVATE, SHM_LEN, IPC_CREAT | 0600);

	for (int i = 0; i < SAMPLES; i++) {
		void *p;

		BEGIN();
		p = shmat(id, NULL, 0);
		END();
		must(p != (void *)-1, "shmat");
		BEGIN();
		shmdt(p);
		END();
	}
	row(names, n, SAMPLES);
	shmctl(id, IPC_RMID, NULL);
}

/* The load itself is part of it, twice: refused, and tried again. */
static void measure_refill(long n)
{
	for (int i = 0; i < ntouched; i++)
		(void)*touched[i];
	for (int i = 0; i < SAMPLES; i++) {
		volatile char *p = touched[i % ntouched];

		BEGIN();
		(void)*p;
		END();
	}
	row("refill", n, SAMPLES);
}

void group_grow(long n)
{
	map_pages(n);
	measure_anon("mmap.anon,munmap.anon", n);
	measure_file("mmap.file,munmap.file", n);
	measure_shm("shmat,shmdt", n);
	if (n >= 10)
		measure_refill(n);
}

void helper_map(long n)
{
	map_pages(n);
	helper_ready();
	pause();
}

void group_others(long n)
{
	char group[16] = "map:";
	pid_t pid;

	pid = helper_start(strcat(group, decimal(n)));
	measure_anon("mmap.anon.others,munmap.anon.others", n);
	measure_file("mmap.file.others,munmap.file.others", n);
	measure_shm("shmat.others,shmdt.others", n);
	helper_end(pid);
}
