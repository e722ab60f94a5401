/* SPDX-License-Identifier: MIT */
/* mm/page.c: holders, runs, placement, rooms; and a random test against a table of counts. */
#include <host_mpu.h>
#include <mm_env.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIRST (RAM_A + PG(1)) /* page 0 holds the records */
#define NA    (RAM_A_PAGES - 1)

static int begin(void **state)
{
	env_begin(state);
	env_drop_ram_files();
	return 0;
}

static void test_figures(void **state)
{
	(void)state;
	assert_int_equal(page_total(), RAM_A_PAGES + RAM_B_PAGES);
	assert_int_equal(page_nfree(), page_total() - 2);
	assert_int_equal(page_longest_free(), NA);
	assert_int_equal(page_count(FLASH_AT), -1);
	assert_int_equal(page_count(RAM_A), 1);
	assert_int_equal(page_count(FIRST), 0);
	assert_true(page_is_free(FIRST, NA));
	assert_false(page_is_free(FIRST, NA + 1));
	assert_false(page_is_free(RAM_A, 2));
	assert_false(page_is_free(FLASH_AT, 1));
	assert_int_equal(page_free_behind(FIRST), NA);
	assert_int_equal(page_free_behind(RAM_A + PG(RAM_A_PAGES)), 0);
}

static void test_take_and_hold(void **state)
{
	(void)state;
	assert_int_equal(page_take(FIRST + PG(3), 4), 0);
	assert_int_equal(page_take(FIRST + PG(6), 2), -ENOMEM);
	assert_int_equal(page_take(RAM_A, 1), -ENOMEM);
	assert_int_equal(page_take(FLASH_AT, 1), -ENOMEM);
	assert_int_equal(page_take(RAM_A + PG(RAM_A_PAGES - 1), 2), -ENOMEM); /* over the end */
	page_get(FIRST + PG(4), 2);
	page_put(FIRST + PG(3), 4); /* the middle two are still held */
	page_check();
	assert_int_equal(page_count(FIRST + PG(3)), 0);
	assert_int_equal(page_count(FIRST + PG(4)), 1);
	assert_int_equal(page_count(FIRST + PG(6)), 0);
	page_put(FIRST + PG(4), 2);
	assert_int_equal(page_longest_free(), NA);
}

/* What was taken last, and comes back first, is taken next, and is free for all who ask meanwhile. */
static void test_kept(void **state)
{
	addr_t a, b, other;

	(void)state;
	assert_int_equal(page_alloc(3, PLACE_ANY, &a), 0);
	page_put(a, 3);
	page_check();
	assert_true(page_is_free(a, 3));
	assert_int_equal(page_count(a + PG(1)), 0);
	assert_int_equal(page_longest_free(), NA);
	assert_int_equal(page_alloc(3, PLACE_ANY, &b), 0);
	assert_int_equal(a, b);
	page_put(b, 3);
	assert_int_equal(page_take(b + PG(1), 1), 0);
	page_check();
	assert_int_equal(page_count(b), 0);
	page_put(b + PG(1), 1);

	/* beside free pages it is no run by itself */
	assert_int_equal(page_alloc(1, PLACE_ANY, &a), 0);
	assert_int_equal(page_alloc(1, PLACE_ANY, &b), 0);
	page_put(MAX(a, b), 1);
	page_put(MIN(a, b), 1);
	page_check();
	assert_int_equal(page_alloc(2, PLACE_ANY, &other), 0);
	assert_int_equal(other, MIN(a, b));
	page_put(other, 2);

	/* nor where a shorter one would be taken */
	assert_int_equal(page_take(FIRST + PG(1), 1), 0);
	assert_int_equal(page_alloc(1, PLACE_ANY, &a), 0);
	assert_int_equal(a, FIRST);
	assert_int_equal(page_alloc(1, PLACE_ANY, &b), 0);
	page_put(a, 1);
	page_put(b, 1);
	page_check();
	assert_int_equal(page_alloc(1, PLACE_ANY, &other), 0);
	assert_int_equal(other, FIRST);
	page_put(other, 1);
	page_put(FIRST + PG(1), 1);
	assert_int_equal(page_longest_free(), NA);
}

/* N4: a run of any length is had while there is one; the shorter serves first. */
static void test_runs_of_any_length(void **state)
{
	addr_t at, other;

	(void)state;
	assert_int_equal(page_alloc(NA, PLACE_ANY, &at), 0);
	assert_int_equal(at, FIRST);
	page_put(at, NA);
	assert_int_equal(page_alloc(NA + 1, PLACE_ANY, &at), -ENOMEM);
	assert_int_equal(page_alloc(100000, PLACE_ANY, &at), -ENOMEM);
	assert_int_equal(page_take(FIRST, NA), 0);
	page_put(FIRST + PG(2), 3); /* a short run, and a longer one */
	page_put(FIRST + PG(10), 9);
	assert_int_equal(page_alloc(3, PLACE_ANY, &at), 0);
	assert_int_equal(at, FIRST + PG(2));
	assert_int_equal(page_alloc(9, PLACE_ANY, &other), 0); /* wherever it lies */
	assert_int_equal(other, FIRST + PG(10));
	page_put(FIRST, NA);
}

/* Runs of a bin differ in length from 17 pages on: the first may be too short. */
static void test_bins_of_several_lengths(void **state)
{
	addr_t at;

	(void)state;
	assert_int_equal(page_take(FIRST, NA), 0);
	assert_int_equal(page_take(RAM_B + PG(1), RAM_B_PAGES - 1), 0);
	page_put(RAM_A + PG(21), 19);
	page_put(RAM_A + PG(1), 17);
	assert_int_equal(page_alloc(18, PLACE_ANY, &at), 0);
	assert_true(at >= RAM_A + PG(21) && at <= RAM_A + PG(22));
	page_put(at, 18);
	assert_int_equal(page_take(RAM_A + PG(1), 17), 0);
	assert_int_equal(page_take(RAM_A + PG(21), 19), 0);
	page_put(FIRST, NA);
	page_put(RAM_B + PG(1), RAM_B_PAGES - 1);
}

static void test_reserve(void **state)
{
	addr_t at;

	(void)state;
	page_set_reserve(5);
	assert_int_equal(page_take(FIRST, NA), 0);
	assert_int_equal(page_alloc(RAM_B_PAGES - 1 - 4, PLACE_ANY, &at), -ENOMEM);
	assert_int_equal(page_take(RAM_B + PG(1), RAM_B_PAGES - 1 - 4), -ENOMEM);
	assert_int_equal(page_alloc(RAM_B_PAGES - 1 - 5, PLACE_ANY, &at), 0);
	page_set_reserve(0);
	page_put(at, RAM_B_PAGES - 1 - 5);
	page_put(FIRST, NA);
}

static void test_stacks_in_one_entry_or_not_at_all(void **state)
{
	addr_t at;

	(void)state;
	if (mpu_one_entry(RAM_A + PG(7), PG(3)))
		skip(); /* any range takes one entry */
	assert_int_equal(page_take(FIRST, NA), 0);
	assert_int_equal(page_take(RAM_B + PG(1), RAM_B_PAGES - 1), 0);
	page_put(RAM_A + PG(6), 4); /* over the edge of a block of eight */
	assert_int_equal(page_alloc(3, PLACE_ENTRY, &at), -ENOMEM);
	assert_int_equal(page_alloc(2, PLACE_ENTRY, &at), 0);
	page_put(at, 2);
	assert_int_equal(page_alloc(3, PLACE_ANY, &at), 0);
	page_put(at, 3);
	assert_int_equal(page_take(RAM_A + PG(6), 4), 0);
	page_put(FIRST, NA);
	page_put(RAM_B + PG(1), RAM_B_PAGES - 1);
}

/* A heap takes the start of a run, and the pages behind it are lent last. */
static void test_room(void **state)
{
	addr_t heap, other[RAM_A_PAGES + RAM_B_PAGES];
	uint32_t n = 0;

	(void)state;
	assert_int_equal(page_alloc(2, PLACE_HEAP, &heap), 0);
	page_check();
	while (page_nfree() > 0) {
		assert_int_equal(page_alloc(1, PLACE_ANY, &other[n]), 0);
		n++;
	}
	/* The last to go lie right behind the heap, all of them. */
	for (uint32_t i = 1; i <= 2; i++)
		if (other[n - i] - heap - PG(2) >= PG(4))
			fail_msg("page %08x is lent last, the heap is at %08x", other[n - i], heap);
	page_put(heap, 2);
	while (n > 0)
		page_put(other[--n], 1);
	page_check();
	assert_int_equal(page_longest_free(), NA);
}

/* A take over a room and the run behind it; rooms join again when their heap goes. */
static void test_take_over_a_room(void **state)
{
	addr_t heap;

	(void)state;
	assert_int_equal(page_alloc(1, PLACE_HEAP, &heap), 0);
	assert_true(page_free_behind(heap + PG(1)) >= 8);
	assert_int_equal(page_take(heap + PG(2), 6), 0);
	page_check();
	assert_int_equal(page_free_behind(heap + PG(1)), 1);
	page_put(heap, 1);
	page_check();
	page_put(heap + PG(2), 6);
	page_check();
	assert_int_equal(page_alloc(4, PLACE_HEAP, &heap), 0);
	page_check();
	page_put(heap, 4);
	assert_int_equal(page_longest_free(), NA);
}

/* A room that was used whole and given back; and a run that is just as long as the heap. */
static void test_heap_in_a_full_machine(void **state)
{
	addr_t at, heap;

	(void)state;
	assert_int_equal(page_take(FIRST, NA), 0);
	assert_int_equal(page_take(RAM_B + PG(1), RAM_B_PAGES - 1), 0);
	assert_int_equal(page_alloc(1, PLACE_HEAP, &heap), -ENOMEM);
	page_put(RAM_A + PG(9), 3);
	assert_int_equal(page_alloc(3, PLACE_HEAP, &heap), 0); /* without room */
	assert_int_equal(page_alloc(1, PLACE_ANY, &at), -ENOMEM);
	page_put(FIRST, NA);
	page_put(RAM_B + PG(1), RAM_B_PAGES - 1);
}

static void test_runs_listed(void **state)
{
	addr_t at = 0, end;

	(void)state;
	assert_int_equal(page_take(FIRST + PG(4), 2), 0);
	assert_int_equal(page_run(&at, &end), 1);
	assert_int_equal(at, RAM_A);
	assert_int_equal(end, FIRST);
	at = end;
	assert_int_equal(page_run(&at, &end), 0);
	assert_int_equal(end, FIRST + PG(4));
	at = RAM_A + PG(RAM_A_PAGES);
	assert_int_equal(page_run(&at, &end), 1);
	assert_int_equal(at, RAM_B);
	at = RAM_B + PG(RAM_B_PAGES);
	assert_int_equal(page_run(&at, &end), -1);
	page_put(FIRST + PG(4), 2);
}

/* Against a table of counts: what is had was free, and what cannot be had was not there. */
static void test_random(void **state)
{
	static struct {
		addr_t at;
		uint32_t n;
	} held[32];
	uint32_t longest, behind;

	(void)state;
	srand(7);
	for (unsigned int i = 0; i < 30000; i++) {
		unsigned int k = (unsigned int)rand() % 32;
		uint32_t n = 1 + (uint32_t)rand() % (rand() % 4 ? 5 : 20);
		enum page_place place = (enum page_place)(rand() % 3);

		page_check();
		longest = 0;
		for (addr_t at = RAM_A; at < RAM_B + PG(RAM_B_PAGES); at += PAGE_SIZE) {
			uint32_t run = 0;

			if (at == RAM_A + PG(RAM_A_PAGES))
				at = RAM_B;
			while (page_count(at + PG(run)) == 0)
				run++;
			longest = MAX(longest, run);
		}
		assert_int_equal(longest, page_longest_free());
		if (held[k].n) {
			behind = 0;
			while (page_count(held[k].at + PG(held[k].n + behind)) == 0)
				behind++;
			assert_int_equal(behind, page_free_behind(held[k].at + PG(held[k].n)));
			if (rand() % 3 == 0 && behind && held[k].n < 30) {
				assert_int_equal(page_take(held[k].at + PG(held[k].n), 1), 0);
				held[k].n++;
				continue;
			}
			page_put(held[k].at, held[k].n);
			held[k].n = 0;
			continue;
		}
		if (rand() % 5 == 0) {
			addr_t at = RAM_A + PG((uint32_t)rand() % RAM_A_PAGES);
			bool is_free = page_is_free(at, n);

			assert_int_equal(page_take(at, n), is_free ? 0 : -ENOMEM);
			held[k].at = at;
			held[k].n = is_free ? n : 0;
		} else if (page_alloc(n, place, &held[k].at) == 0) {
			assert_true(n <= longest);
			held[k].n = n;
			for (uint32_t p = 0; p < n; p++)
				assert_int_equal(page_count(held[k].at + PG(p)), 1);
		} else {
			assert_true(place == PLACE_ENTRY || n > longest);
		}
	}
	for (unsigned int k = 0; k < 32; k++)
		if (held[k].n)
			page_put(held[k].at, held[k].n);
	page_check();
}

/* However many runs lie badly, the one that lies well is found. */
static void test_a_stack_among_many_runs(void **state)
{
	static struct zone large = { .name = "large",
				     .start = 0x38000000,
				     .end = 0x38000000 + ((addr_t)300 << CONFIG_PAGE_SHIFT) };
	addr_t at;

	(void)state;
	if (mpu_one_entry(RAM_A + PG(7), PG(3)))
		skip();
	env_add_zone(&large);
	assert_int_equal(page_take(FIRST, NA), 0);
	assert_int_equal(page_take(RAM_B + PG(1), RAM_B_PAGES - 1), 0);
	assert_int_equal(page_take(large.start + PG(1), 299), 0);
	page_put(large.start + PG(3), 2);
	for (uint32_t edge = 16; edge < 200; edge += 8)
		page_put(large.start + PG(edge - 1), 2);
	assert_int_equal(page_alloc(2, PLACE_ENTRY, &at), 0);
	assert_int_equal(at, large.start + PG(3));
	assert_int_equal(page_alloc(2, PLACE_ENTRY, &at), -ENOMEM);
	assert_int_equal(page_alloc(2, PLACE_ANY, &at), 0);
	page_put(at, 2);
	assert_int_equal(page_alloc(2, PLACE_HEAP, &at), 0); /* badly, rather than not */
	page_put(at, 2);
	for (uint32_t edge = 16; edge < 200; edge += 8)
		assert_int_equal(page_take(large.start + PG(edge - 1), 2), 0);
	/* more runs than are looked at, each of which takes three entries or more */
	addr_t bad[16];
	unsigned int nbad = 0;

	for (uint32_t page = 1; page < 280 && nbad < 16; page++)
		if (cover_count(large.start + PG(page), large.start + PG(page + 17)) > 2) {
			bad[nbad++] = large.start + PG(page);
			page_put(large.start + PG(page), 17);
			page += 17;
		}
	assert_true(nbad > 9);
	assert_int_equal(page_alloc(17, PLACE_ANY, &at), 0); /* but there is no better */
	page_put(at, 17);
	while (nbad > 0)
		assert_int_equal(page_take(bad[--nbad], 17), 0);
	page_put(large.start + PG(1), 299);
	/* a large bank keeps a larger room */
	assert_int_equal(page_alloc(100, PLACE_HEAP, &at), 0);
	assert_int_equal(page_take(at + PG(104), 1), 0);
	page_check();
	page_put(at, 100);
	page_put(at + PG(104), 1);
	page_put(FIRST, NA);
	page_put(RAM_B + PG(1), RAM_B_PAGES - 1);
}

static void test_mistakes_of_the_kernel(void **state)
{
	addr_t at;

	(void)state;
	expect_panic(page_alloc(0, PLACE_ANY, &at), "npages > 0");
	expect_panic(page_get(FIRST, 1), "count > 0");
	expect_panic(page_put(FIRST, 1), "count > 0");
	expect_panic(page_put(FLASH_AT, 1), "zone");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, env_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_figures),
		TEST(test_take_and_hold),
		TEST(test_kept),
		TEST(test_runs_of_any_length),
		TEST(test_bins_of_several_lengths),
		TEST(test_reserve),
		TEST(test_stacks_in_one_entry_or_not_at_all),
		TEST(test_room),
		TEST(test_take_over_a_room),
		TEST(test_heap_in_a_full_machine),
		TEST(test_runs_listed),
		TEST(test_random),
		TEST(test_mistakes_of_the_kernel),
		TEST(test_a_stack_among_many_runs), /* last: it adds memory */
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
