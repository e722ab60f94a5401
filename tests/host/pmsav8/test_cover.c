/* SPDX-License-Identifier: MIT */
/* arch/cortex-m/pmsav8/cover.c: any range takes one entry, and lies well anywhere. */
#include <mm_test.h>

#define N 24u

static void adversary_19_every_range(void **state)
{
	(void)state;
	for (addr_t start = RAM_A; start < RAM_A + PG(N); start += PAGE_SIZE)
		for (addr_t end = start + PAGE_SIZE; end <= RAM_A + PG(N); end += PAGE_SIZE)
			for (addr_t at = start; at < end; at += PAGE_SIZE) {
				struct cover cover = cover_find(start, end, at + 20);
				struct span granted = cover_granted(&cover);

				assert_int_equal(granted.start, start);
				assert_int_equal(granted.last, end - 1);
				assert_int_equal(cover_span(&cover, start, end).start, start);
				assert_int_equal(cover_span(&cover, start, end).last, end - 1);
				assert_int_equal(cover_block(&cover).last, end - 1);
				assert_int_equal(cover_off(&cover), 0);
				assert_true(cover_grants(&cover, at) &&
					    cover_grants(&cover, end - 1));
				assert_false(cover_grants(&cover, start - 1));
				assert_false(cover_grants(&cover, end));
				assert_int_equal(cover_count(start, end), 1);
			}
}

static void test_edges_of_the_address_space(void **state)
{
	struct cover low = cover_find(0, PAGE_SIZE, 0);
	struct cover high = cover_find(0x80000000, 0xfffff000, 0x90000000);

	(void)state;
	assert_true(cover_grants(&low, 0));
	assert_false(cover_grants(&low, UINT32_MAX));
	assert_false(cover_grants(&high, 0xfffff000));
}

static void test_places(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= N + 1; n++) {
		bool fits = n <= N;

		assert_int_equal(cover_place_low(RAM_A, RAM_A + PG(N), PG(n)), fits ? RAM_A : 0);
		assert_int_equal(cover_place_high(RAM_A, RAM_A + PG(N), PG(n)),
				 fits ? RAM_A + PG(N - n) : 0);
		assert_int_equal(cover_round(PG(n)), PG(n));
		assert_int_equal(cover_round(PG(n) - 1), PG(n));
		assert_int_equal(cover_unit(PG(n)), PAGE_SIZE);
	}
	assert_int_equal(cover_round(UINT32_MAX), 0); /* too long */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adversary_19_every_range),
		cmocka_unit_test(test_edges_of_the_address_space),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
