/* SPDX-License-Identifier: MIT */
/* mm/region.c: splitting, shrinking and growing of what owns its pages, finding, and figures. */
#include <mm_test.h>

static struct region *own(uint32_t npages, uint32_t top)
{
	static struct region region;
	addr_t at;

	assert_int_equal(page_alloc(top, PLACE_ANY, &at), 0);
	region = (struct region){ .start = at, .end = at + PG(npages), .top = at + PG(top) };
	region_open(&region, NULL, 0);
	region.usage = 1;
	return &region;
}

static void test_split_and_merge(void **state)
{
	struct region *region = own(6, 6), second, *tail = &second;
	addr_t at = region->start;

	(void)state;
	region_split(region, at + PG(2), tail);
	assert_int_equal(region->top, at + PG(2));
	assert_int_equal(tail->start, at + PG(2));
	assert_int_equal(tail->end, at + PG(6));
	assert_int_equal(tail->offset, PG(2));
	region_merge(region, tail);
	assert_int_equal(region->end, at + PG(6));
	assert_int_equal(region_stats.private_pages, 6);
	region_close(region);
	assert_int_equal(page_count(at), 0);
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
	assert_int_equal(region_stats.private_pages, 4);
	region_close(region);
}

/* Of all spaces and of the stores, by address, whatever part of them is mapped. */
static void test_find(void **state)
{
	addr_t text = map_file(A, 0, 1, RX, MAP_PRIVATE, FILE_TEXT, 2, false, 0) - PG(2);
	addr_t copy = map_file(B, 0, 3, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0);
	addr_t ram = file(FILE_RAM)->store.start;
	unsigned int n = 0;
	addr_t at = 0;

	(void)state;
	map_anon(C, PLACE, 2, RW, MAP_FIXED, 0);
	map_file(C, 0, 3, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0);
	assert_int_equal(mm_unmap(B, copy, PG(1)), 0);
	assert_int_equal(mm_unmap(C, copy + PG(1), PG(2)), 0);
	assert_ptr_equal(region_find(PLACE + PG(1)), mm_find(C, PLACE)->region);
	assert_ptr_equal(region_find(copy), mm_find(B, copy + PG(1))->region);
	assert_ptr_equal(region_find(copy + PG(2)), mm_find(C, copy)->region);
	assert_ptr_equal(region_find(text), &file(FILE_TEXT)->store);
	assert_ptr_equal(region_find(ram + PG(5)), &file(FILE_RAM)->store);
	assert_null(region_find(PLACE + PG(2)));
	for (struct region *r = region_find_from(0); r; r = region_next(r)) {
		assert_true(r->start >= at);
		at = r->top;
		n++;
	}
	assert_int_equal(n, 5);
	assert_null(region_find_from(at));
}

/* A copy lies in one of the mappings that share it, whichever of them go, and in what order. */
static void test_copy_moves(void **state)
{
	static const unsigned int orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
						  { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(orders); i++) {
		uint32_t nfree = page_nfree();
		addr_t at = 0;

		for (unsigned int k = 0; k < 3; k++)
			at = map_file(&procs[k], 0, 3, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0);
		for (unsigned int k = 0; k < 3; k++) {
			assert_int_equal(region_find(at)->usage, 3 - k);
			assert_int_equal(byte_at(at), file_byte(FILE_COPY, 0));
			assert_int_equal(mm_unmap(&procs[orders[i][k]], at, PG(3)), 0);
			env_check();
		}
		assert_int_equal(page_nfree(), nfree);
	}
}

/* It replaces itself: the new mapping has it before the old one goes. */
static void test_copy_replaces_itself(void **state)
{
	addr_t at = map_file(A, 0, 3, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0);

	(void)state;
	assert_int_equal(map_file(A, at, 3, RO, MAP_PRIVATE | MAP_FIXED, FILE_COPY, 0, false, 0),
			 at);
	assert_int_equal(mm_find(A, at)->region->usage, 1);
	assert_int_equal(A->nvmas, 1);
	assert_int_equal(byte_at(at + PG(1)), file_byte(FILE_COPY, PG(1)));
}

static void test_mistakes_of_the_kernel(void **state)
{
	struct region *region = own(2, 2);

	(void)state;
	expect_panic(region_grow(region, region->end), "end > region->end");
	expect_panic(region_split(region, region->end, region), "at < region->end");
	region_close(region);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_split_and_merge),
		TEST(test_shrink_and_grow),
		TEST(test_find),
		TEST(test_copy_moves),
		TEST(test_copy_replaces_itself),
		TEST(test_mistakes_of_the_kernel),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
