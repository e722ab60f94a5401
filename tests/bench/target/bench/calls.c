/* SPDX-License-Identifier: MIT */
/* Calls that do next to nothing. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define SAMPLES 50

static void measure_fail(void)
{
	for (int i = 0; i < SAMPLES; i++) {
		void *p;

		BEGIN();
		p = mmap(NULL, page, PROT_READ, MAP_ANONYMOUS, -1, 0);
		END();
		must(p == MAP_FAILED && errno == EINVAL, "EINVAL");
	}
	row("mmap.fail", NONE, SAMPLES);
}

static void measure_clock(void)
{
	struct timespec now;

	for (int i = 0; i < SAMPLES; i++) {
		BEGIN();
		clock_gettime(CLOCK_MONOTONIC, &now);
		END();
	}
	row("clock", NONE, SAMPLES);
}

static void measure_read(void)
{
	int fd = open("/bin/bench", O_RDONLY);
	char c;

	for (int i = 0; i < SAMPLES; i++) {
		BEGIN();
		read(fd, &c, 1);
		END();
	}
	row("read.byte", NONE, SAMPLES);
	close(fd);
}

void group_calls(long n)
{
	(void)n;
	for (int i = 0; i < SAMPLES; i++) {
		BEGIN();
		END();
	}
	row("nothing", NONE, SAMPLES);
	for (int i = 0; i < SAMPLES; i++) {
		BEGIN();
		getpid();
		END();
	}
	row("getpid", NONE, SAMPLES);
	measure_fail();
	measure_clock();
	measure_read();
}
