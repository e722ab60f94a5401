/* SPDX-License-Identifier: MIT */
/* mm/region.c: the tree, splitting, shrinking and growing of what owns its pages, and figures. */
#include <mm_test.h>

static struct region *own(uint32_t npages, uint32_t top)
{
	struct region *region = region_reserve();
	addr_t at;

	assert_int_equal(page_alloc(top, PLACE_ANY, &at), 0);
	region_insert(region, REGION_ANON, at, at + PG(npages), at + PG(top), NULL, 0);
	region_get(region);
	return region;
}

static void test_split_and_merge(void **state)
{
	struct region *region = own(6, 6), *tail = region_reserve();
	addr_t at = region->start;

	(void)state;
	region_split(region, at + PG(2), tail);
	assert_int_equal(region->top, at + PG(2));
	assert_int_equal(tail->start, at + PG(2));
	assert_int_equal(tail->end, at + PG(6));
	assert_int_equal(tail->offset, PG(2));
	assert_ptr_equal(region_next(region), tail);
	assert_ptr_equal(region_find(at + PG(2) - 1), region);
	assert_ptr_equal(region_find(at + PG(2)), tail);
	region_merge(region, tail);
	assert_int_equal(region->end, at + PG(6));
	assert_int_equal(env_unaccounted(), 0);
	region_put(region);
	assert_null(region_find(at));
}

static void test_shrink_and_grow(void **state)
{
	struct region *region = own(5, 8);
	addr_t at = region->start;

	(void)state;
	assert_int_equal(region_stats.waste_pages, 3);
	region_shrink(region, at + PG(1), at + PG(5)); /* the head: what is behind stays */
	assert_int_equal(region->top, at + PG(8));
	assert_int_equal(region->offset, PG(1));
	assert_int_equal(page_count(at), 0);
	assert_int_equal(region_grow(region, at + PG(7)), 0);
	assert_int_equal(region_stats.waste_pages, 1);
	region_fill(region);
	assert_int_equal(region->end, at + PG(8));
	region_shrink(region, at + PG(1), at + PG(4));
	assert_int_equal(region->top, at + PG(4));
	assert_int_equal(page_count(at + PG(4)), 0);
	assert_int_equal(page_take(at + PG(5), 1), 0);
	assert_int_equal(region_grow(region, at + PG(6)), -ENOMEM);
	assert_int_equal(region->end, at + PG(4));
	assert_int_equal(region_grow(region, at + PG(5)), 0);
	page_put(at + PG(5), 1);
	assert_int_equal(env_unaccounted(), 0);
	region_put(region);
}

static void test_find(void **state)
{
	struct region *a = own(2, 2), *b = own(3, 4);
	struct region *first = a->start < b->start ? a : b, *second = first == a ? b : a;

	(void)state;
	env_drop_ram_files();
	assert_ptr_equal(region_find_from(0), first);
	assert_ptr_equal(region_find_from(first->top - 1), first);
	assert_ptr_equal(region_find_from(first->top), second);
	assert_null(region_find_from(second->top));
	assert_null(region_find(first->start - 1));
	assert_null(region_next(second));
	region_put(a);
	region_put(b);
}

static void test_mistakes_of_the_kernel(void **state)
{
	struct region *region = own(2, 2);

	(void)state;
	expect_panic(region_remove(region), "usage == 0");
	expect_panic(region_grow(region, region->end), "end > region->end");
	expect_panic(region_split(region, region->end, region), "at < region->end");
	region_put(region);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_split_and_merge),
		TEST(test_shrink_and_grow),
		TEST(test_find),
		TEST(test_mistakes_of_the_kernel),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
