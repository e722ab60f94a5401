/* SPDX-License-Identifier: MIT */
/*
 * The instruction that needs most refills: its halves lie in two mappings, and so do the words that
 * it loads; none of the four is in the MPU.
 */
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "bench.h"

#define RW	(PROT_READ | PROT_WRITE)
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)
#define OTHERS	8 /* mappings that push everything else out of the MPU */
#define SAMPLES 20
#define THUMB	1

/* Two mappings of a page each, one behind the other.  Returns the edge between them. */
static char *two_mappings(void)
{
	char *p = mmap(NULL, 2 * page, RW, ANON, -1, 0);

	must(p != MAP_FAILED && mmap(p + page, page, RW, ANON | MAP_FIXED, -1, 0) == p + page,
	     "two mappings side by side");
	return p + page;
}

void group_chain(long n)
{
	/* ldmia.w r0, {r1, r2}; what END() is; bx lr */
	static const uint16_t code[] = { 0xe890, 0x0006, 0x46db, 0x4770 };
	char *text = two_mappings() - 2, *data = two_mappings() - 4;
	void (*run)(char *) = (void (*)(char *))((uintptr_t)text | THUMB);
	volatile char *others[OTHERS];

	(void)n;
	memcpy(text, code, sizeof(code));
	must(mprotect(text + 2 - page, 2 * page, PROT_READ | PROT_EXEC) == 0, "code");
	for (int i = 0; i < OTHERS; i++) {
		others[i] = mmap(NULL, page, RW, ANON, -1, 0);
		must(others[i] != MAP_FAILED, "other mappings");
	}
	for (int i = 0; i < SAMPLES; i++) {
		for (int j = 0; j < 2 * OTHERS; j++)
			(void)*others[j % OTHERS];
		BEGIN();
		run(data);
	}
	row("chain", NONE, SAMPLES);
}
