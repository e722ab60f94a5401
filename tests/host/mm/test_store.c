/* SPDX-License-Identifier: MIT */
/* mm/store.c: RAM files grow and shrink under their mappings (N6). */
#include <mm_test.h>

static void test_growing(void **state)
{
	struct backing *backing = file(FILE_RAM2);
	addr_t start = backing->store.start, behind = start + PG(3);

	(void)state;
	assert_int_equal(store_capacity(backing), PG(3));
	assert_int_equal(store_grow(backing, 2), 0); /* has them */
	assert_int_equal(store_grow(backing, 0), 0);
	assert_unchanged(store_grow(backing, page_total()), -ENOMEM);
	assert_unchanged(store_grow(backing, page_total() - 5), -ENOMEM);
	env_pinned = page_take(behind, 1) == 0;
	map_file(A, 0, 3, RO, MAP_SHARED, FILE_RAM2, 0, true, 0);
	assert_unchanged(env_store_grow(backing, 4), -ENOMEM); /* mapped: it cannot move */
	mm_unmap_all(A);
	assert_int_equal(env_store_grow(backing, 4), 0);
	assert_int_not_equal(backing->store.start, start);
	for (uint32_t i = 0; i < PG(3); i++)
		assert_int_equal(byte_at(backing->store.start + i), file_byte(FILE_RAM2, i));
	if (env_pinned)
		page_put(behind, 1);
	env_pinned = 0;
	env_check();
	/* in place, under a mapping */
	env_drop_ram_files();
	assert_int_equal(page_take(RAM_A + PG(1), RAM_A_PAGES - 1), 0);
	assert_int_equal(page_take(RAM_B + PG(8), RAM_B_PAGES - 8), 0);
	assert_int_equal(store_grow(backing, 3), 0);
	start = backing->store.start;
	assert_int_equal(start, RAM_B + PG(5));
	page_put(RAM_B + PG(8), RAM_B_PAGES - 8);
	env_pinned = RAM_A_PAGES - 1;
	map_file(A, 0, 3, RO, MAP_SHARED, FILE_RAM2, 0, true, 0);
	assert_int_equal(store_grow(backing, 5), 0);
	assert_int_equal(backing->store.start, start);
	env_check();
	page_put(RAM_A + PG(1), RAM_A_PAGES - 1);
	env_pinned = 0;
}

static void test_no_memory(void **state)
{
	struct backing *backing = file(FILE_RAM2);

	(void)state;
	store_destroy(backing);
	store_destroy(backing); /* nothing is left */
	assert_int_equal(store_capacity(backing), 0);
	assert_int_equal(store_extent(backing, 10, &(struct extent){ 0 }), -ENODEV);
	env_fail_at(1);
	assert_unchanged(store_grow(backing, 2), -ENOMEM);
	env_fail_at(0);
	assert_int_equal(store_grow(backing, 2), 0);
	assert_int_equal(store_extent(backing, 0, &(struct extent){ 0 }), -ENODEV);
}

/* Cut to each size under each mapping: what is behind is no longer granted. */
static void test_shrinking(void **state)
{
	(void)state;
	for (uint32_t size = 0; size < PG(6); size += PG(1) / 2) {
		struct backing *backing = file(FILE_RAM);
		uint32_t left = page_ceil(size) >> CONFIG_PAGE_SHIFT;
		addr_t view, copy;

		store_destroy(backing);
		backing->size = PG(6);
		assert_int_equal(store_grow(backing, 6), 0);
		view = map_file(A, 0, 4, RO, MAP_PRIVATE, FILE_RAM, 2, false, 0);
		copy = map_file(B, 0, 6, RW, MAP_PRIVATE, FILE_RAM, 0, false, 0);
		mm_fault(A, view, ACCESS_DATA, 0);
		assert_int_equal(store_shrink(backing, size), 0);
		backing->size = size;
		env_check();
		for (uint32_t page = 0; page < 6; page++) {
			if (page >= 2)
				assert_int_equal(mm_find(A, view + PG(page - 2)) != NULL,
						 page < left);
			assert_int_equal(mm_find(B, copy + PG(page)) != NULL, page < left);
		}
		assert_int_equal(store_capacity(backing), PG(left));
		mm_unmap_all(A);
		mm_unmap_all(B);
		env_check();
	}
}

static void test_shared_mapping_stands_against_it(void **state)
{
	(void)state;
	map_file(A, 0, 2, RO, MAP_SHARED, FILE_RAM, 1, true, 0);
	map_file(B, 0, 6, RO, MAP_PRIVATE, FILE_RAM, 0, true, 0);
	assert_unchanged(store_shrink(file(FILE_RAM), PG(2)), -ETXTBSY);
	assert_unchanged(store_shrink(file(FILE_RAM), 0), -ETXTBSY);
	assert_int_equal(store_shrink(file(FILE_RAM), PG(3)), 0);
	assert_maps(B, file(FILE_RAM)->store.start, "0-3 r--p");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_growing),
		TEST(test_no_memory),
		TEST(test_shrinking),
		TEST(test_shared_mapping_stands_against_it),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
