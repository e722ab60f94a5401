/* SPDX-License-Identifier: MIT */
/* Memory calls beyond the plain ones.  @n: the length of a large mapping, in KiB. */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "bench.h"

#define SAMPLES 20
#define PIECES	8

static char *map(size_t len)
{
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED, "mmap");
	return p;
}

/* The middle goes, so that two mappings are left. */
static void measure_hole(void)
{
	for (int i = 0; i < SAMPLES; i++) {
		char *p = map(PIECES * page);

		BEGIN();
		munmap(p + 3 * page, 2 * page);
		END();
		munmap(p, PIECES * page);
	}
	row("hole", NONE, SAMPLES);
}

/* Made read-only in the middle, and whole again. */
static void measure_protect(void)
{
	char *p = map(PIECES * page);

	for (int i = 0; i < SAMPLES; i++) {
		BEGIN();
		mprotect(p + 3 * page, 2 * page, PROT_READ);
		END();
		BEGIN();
		mprotect(p + 3 * page, 2 * page, PROT_READ | PROT_WRITE);
		END();
	}
	row("mprotect.split,mprotect.join", NONE, SAMPLES);
	munmap(p, PIECES * page);
}

/* To twice its length, where there is room behind it or not, and back. */
static void measure_remap(void)
{
	char *p = map(page);

	for (int i = 0; i < SAMPLES; i++) {
		char *q;

		BEGIN();
		q = mremap(p, page, 2 * page, MREMAP_MAYMOVE);
		END();
		must(q != MAP_FAILED, "mremap");
		BEGIN();
		p = mremap(q, 2 * page, page, MREMAP_MAYMOVE);
		END();
		must(p == q, "mremap");
	}
	row("mremap.grow,mremap.shrink", NONE, SAMPLES);
	munmap(p, page);
}

static void measure_large(long kib)
{
	for (int i = 0; i < SAMPLES; i++) {
		char *p;

		BEGIN();
		p = mmap(NULL, (size_t)kib * 1024, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		END();
		must(p != MAP_FAILED, "a large mapping");
		BEGIN();
		munmap(p, (size_t)kib * 1024);
		END();
	}
	row("mmap.large,munmap.large", NONE, SAMPLES);
	value("large.bytes", NONE, kib * 1024);
}

void group_memory(long n)
{
	measure_hole();
	measure_protect();
	measure_remap();
	measure_large(n);
}
