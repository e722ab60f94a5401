/* SPDX-License-Identifier: MIT */
/* mm/fill.c: a copy whose bytes have to be waited for. */
#include <mm_test.h>

#include <mm/fill.h>

static struct backing_ops asked; /* as FILE_COPY's, but reading takes waiting */

static int begin(void **state)
{
	int err = env_begin(state);

	asked = *file(FILE_COPY)->ops;
	asked.read = NULL;
	file(FILE_COPY)->ops = &asked;
	return err;
}

static addr_t map_copy(struct mm *mm, int prot)
{
	return map_file(mm, 0, 2, prot, MAP_PRIVATE, FILE_COPY, 0, false, 0);
}

static bool is_zero(addr_t at, addr_t len)
{
	for (addr_t i = 0; i < len; i++)
		if (byte_at(at + i))
			return false;
	return true;
}

static void test_is_shared_once_it_is_whole(void **state)
{
	addr_t first = map_copy(A, RO), other;
	uint32_t serial = A->serial;

	(void)state;
	assert_true(is_zero(first, PG(2)));
	assert_true(mm_fill_is_due(A, serial, first));
	assert_false(mm_fill_is_due(A, serial, first + PG(2)));
	other = map_anon(A, 0, 1, RW, 0, 0);
	assert_false(mm_fill_is_due(A, A->serial, other));
	other = map_copy(B, RO);
	assert_int_not_equal(other, first); /* not while it is being filled */
	assert_int_equal(mm_unmap(B, other, PG(2)), 0);

	assert_int_equal(mm_fill(A, serial, first + 10, "abc", 3), 0);
	assert_int_equal(mm_fill(A, serial, first + PG(1) - 1, "xy", 2), 0);
	assert_memory_equal(addr_ptr(first + 10), "abc", 3);
	assert_memory_equal(addr_ptr(first + PG(1) - 1), "xy", 2);
	mm_fill_end(A, serial, first);
	assert_int_equal(map_copy(B, RO), first);
	assert_false(mm_fill_is_due(B, B->serial, first));
	assert_int_equal(mm_fill(A, serial, first, "z", 1), -EFAULT); /* others see it */
	assert_int_equal(byte_at(first), 0);
}

static void test_what_is_left_is_filled(void **state)
{
	addr_t at = map_copy(A, RW);
	uint32_t serial = A->serial;

	(void)state;
	assert_int_equal(mm_protect(A, at, PG(1), RO), 0); /* two pieces now */
	assert_int_equal(mm_fill(A, serial, at + PG(1) - 1, "xy", 2), 0);
	assert_int_equal(mm_unmap(A, at + PG(1), PG(1)), 0);
	assert_unchanged(mm_fill(A, serial, at + PG(1) - 1, "pq", 2), -EFAULT);
	assert_int_equal(byte_at(at + PG(1) - 1), 'x');
	assert_unchanged(mm_fill(A, serial, at - 1, "pq", 2), -EFAULT);
	assert_unchanged(mm_fill(A, serial, 0xffffffff, "pq", 2), -EFAULT);
	/* Another mapping at the same place is not the one. */
	assert_int_equal(mm_unmap(A, at, PG(1)), 0);
	map_anon(A, at, 1, RW, MAP_FIXED, 0);
	assert_unchanged(mm_fill(A, serial, at, "p", 1), -EFAULT);
	mm_fill_end(A, serial, at);
	mm_fill_fail(A, serial, at);
	assert_non_null(mm_find(A, at));
}

static void test_fails(void **state)
{
	addr_t at = map_copy(A, RO);

	(void)state;
	mm_fill_fail(A, A->serial, at);
	assert_null(mm_find(A, at));
	env_check();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_is_shared_once_it_is_whole, begin, env_end),
		cmocka_unit_test_setup_teardown(test_what_is_left_is_filled, begin, env_end),
		cmocka_unit_test_setup_teardown(test_fails, begin, env_end),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
