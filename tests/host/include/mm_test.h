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

#define assert_maps(mm, base, text) assert_string_equal(env_maps(mm, base), text)

static inline uint8_t byte_at(addr_t at)
{
	return *(uint8_t *)addr_ptr(at);
}

#endif
