/* SPDX-License-Identifier: MIT */
/*
 * The division by which the kernel turns counts of the clock into time: the kernel's own file is a
 * part of this program, whose `/` and `%` of 64 bits it is then.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "tap.h"

__asm(".include \"arch/cortex-m/divide.S\"\n\t.text");

#define TRIES 20000

static const uint64_t edges[] = {
	1,
	2,
	3,
	40,
	1000,
	12500000,
	25000000,
	1000000000,
	INT32_MAX,
	(uint64_t)INT32_MAX + 1,
	UINT32_MAX,
	(uint64_t)UINT32_MAX + 1,
	1000000000ull << 9,
	1000000000ull * 25000000,
	INT64_MAX,
	(uint64_t)INT64_MAX + 1,
	UINT64_MAX - 1,
	UINT64_MAX,
};

#define NEDGES (sizeof(edges) / sizeof(edges[0]))

/* By multiplication alone. */
static bool is_right(uint64_t n, uint64_t d)
{
	uint64_t quotient = n / d, product;

	return !__builtin_mul_overflow(quotient, d, &product) && product <= n && n - product < d &&
	       n % d == n - product;
}

/* Of any number of bits, all equally often. */
static uint64_t any(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state * 0x2545f4914f6cdd1d) >> (state & 63);
}

static void divide(void)
{
	int wrong = 0;

	for (size_t i = 0; i < NEDGES; i++)
		for (size_t j = 0; j < NEDGES; j++)
			for (int by = -1; by <= 1; by++)
				wrong += !is_right(edges[i] + (uint64_t)(int64_t)by, edges[j]);
	IS(wrong, 0, "at the edges of every size");
	wrong = 0;
	for (int i = 0; i < TRIES; i++) {
		uint64_t n = any(), d = any();

		wrong += !is_right(n, d ? d : 1);
	}
	IS(wrong, 0, "any numbers");
	wrong = 0;
	for (int i = 0; i < TRIES; i++)
		wrong += !is_right(any(), edges[i % (int)NEDGES]);
	IS(wrong, 0, "by what is an edge");
}

TAP_MAIN(NO_PARTS, divide)
