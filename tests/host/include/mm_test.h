/* SPDX-License-Identifier: MIT */
/* What every test of mm/ begins with. */
#ifndef MM_TEST_H
#define MM_TEST_H

#include <errno.h>
#include <host_mpu.h>
#include <mm_env.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RW (PROT_READ | PROT_WRITE)
#define RX (PROT_READ | PROT_EXEC)
#define RO PROT_READ

/* Processes, and a place where they map at fixed addresses. */
#define A     (&procs[0])
#define B     (&procs[1])
#define C     (&procs[2])
#define PLACE (RAM_B + PG(4))

#define TEST(f) cmocka_unit_test_setup_teardown(f, env_begin, env_end)

/* A call that must fail, and change nothing. */
#define assert_unchanged(call, err)                                                                \
	do {                                                                                       \
		char *before_ = strdup(env_snapshot());                                            \
		assert_int_equal(call, err);                                                       \
		assert_string_equal(before_, env_snapshot());                                      \
		free(before_);                                                                     \
		env_check();                                                                       \
	} while (0)

/* Mappings of a page for a process, three more than it has slots; the first ten are each a page apart. */
#define SPREAD (MM_SLOTS + 3u)

static inline addr_t spread(struct mm *mm, uint32_t i, int prot)
{
	return i < 10 ? map_anon(mm, RAM_B + PG(1 + 2 * i), 1, prot, MAP_FIXED, 0)
		      : map_anon(mm, 0, 1, prot, 0, 0);
}

/* Ask for so many pages and get a stack of ten: of nine, where an entry is a block with eighths. */
#define STACK_OF_TEN (mpu_stack_pages(9) == 10 ? 9u : 10u)

/* Where an entry can grant any range, nothing is rounded up: what a test of that says is not so. */
#define only_where_rounded()                                                                       \
	do {                                                                                       \
		if (STACK_OF_TEN == 10)                                                            \
			skip();                                                                    \
	} while (0)

#define assert_maps(mm, base, text) assert_string_equal(env_maps(mm, base), text)

static inline uint8_t byte_at(addr_t at)
{
	return *(uint8_t *)addr_ptr(at);
}

#endif
