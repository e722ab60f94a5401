/* SPDX-License-Identifier: MIT */
/* mm/remap.c: shrinking, growing in place, moving; contents kept, what is new is zero. */
#include <mm_test.h>

static int remap(struct mm *mm, addr_t old, size_t old_len, size_t new_len, int flags, addr_t to,
		 addr_t *at)
{
	struct mm_job job;
	int err = mm_remap(mm, old, old_len, new_len, flags, to, at, &job);

	if (!err)
		err = env_finish(&job);
	env_check();
	return err;
}

static void test_errors(void **state)
{
	addr_t shared = map_file(A, 0, 2, RW, MAP_SHARED, FILE_RAM, 0, true, 0), at;
	addr_t copy = map_file(A, 0, 2, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0);
	const struct {
		addr_t old;
		size_t old_len, new_len;
		int flags;
		addr_t to;
		int err;
	} rows[] = {
		{ PLACE + 4, PG(2), PG(1), 0, 0, -EINVAL },
		{ PLACE, 0, PG(1), 0, 0, -EINVAL },
		{ PLACE, PG(2), 0, 0, 0, -EINVAL },
		{ PLACE, PG(2), PG(1), 8, 0, -EINVAL },
		{ PLACE, PG(2), PG(1), MREMAP_FIXED, PLACE + PG(8), -EINVAL },
		{ PLACE, PG(2), PG(1), MREMAP_FIXED | MREMAP_MAYMOVE, PLACE + 4, -EINVAL },
		{ PLACE, PG(2), PG(2), MREMAP_FIXED | MREMAP_MAYMOVE, PLACE + PG(1), -EINVAL },
		{ PLACE, PG(2), PG(2), MREMAP_FIXED | MREMAP_MAYMOVE, PLACE - PG(1), -EINVAL },
		{ PLACE, 0xfffffff0, PG(1), 0, 0, -EINVAL },
		{ PLACE, 0xf0000000, PG(1), 0, 0, -EINVAL },
		{ PLACE, PG(2), 0xfffffff0, 0, 0, -ENOMEM },
		{ PLACE, PG(2), 0xfff00000, MREMAP_MAYMOVE, 0, -ENOMEM }, /* wraps */
		{ PLACE, PG(2), 0xfff00000, 0, 0, -ENOMEM },
		{ PLACE + PG(9), PG(1), PG(2), 0, 0, -EFAULT },
		{ PLACE, PG(1), PG(2), 0, 0, -EINVAL }, /* not the whole of it */
		{ PLACE, PG(3), PG(4), 0, 0, -EINVAL },
		{ PLACE + PG(1), PG(1), PG(4), 0, 0, -EINVAL },
		{ PLACE, PG(2), PG(3), 0, 0, -ENOMEM }, /* the neighbour */
		{ PLACE, PG(2), PG(50), MREMAP_MAYMOVE, 0, -ENOMEM },
		{ shared, PG(2), PG(3), MREMAP_MAYMOVE, 0, -EPERM },
		{ copy, PG(2), PG(3), MREMAP_MAYMOVE, 0, -EPERM },
		{ shared, PG(2), PG(1), MREMAP_FIXED | MREMAP_MAYMOVE, PLACE + PG(8), -EPERM },
		{ PLACE, PG(2), PG(2), MREMAP_FIXED | MREMAP_MAYMOVE, FLASH_AT, -ENOMEM },
		{ PLACE, PG(2), PG(2), MREMAP_FIXED | MREMAP_MAYMOVE, RAM_A, -ENOMEM },
		{ PLACE, PG(2), PG(2), MREMAP_FIXED | MREMAP_MAYMOVE, 0u - PG(1), -ENOMEM },
		{ PLACE, PG(2), PG(2), MREMAP_FIXED | MREMAP_MAYMOVE, shared, -ENOMEM },
	};

	(void)state;
	map_anon(A, PLACE, 2, RW, MAP_FIXED, 0);
	map_anon(B, PLACE + PG(2), 1, RW, MAP_FIXED, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		char *before = strdup(env_snapshot());
		int err = remap(A, rows[i].old, rows[i].old_len, rows[i].new_len, rows[i].flags,
				rows[i].to, &at);

		if (err != rows[i].err || strcmp(before, env_snapshot()) != 0)
			fail_msg("row %u: %d, not %d", i, err, rows[i].err);
		free(before);
	}
	/* the same size; and smaller, which shared memory may as well */
	assert_int_equal(remap(A, PLACE, PG(2), PG(2) - 5, 0, 0, &at), 0);
	assert_int_equal(remap(A, shared, PG(2), PG(1), 0, 0, &at), 0);
	assert_int_equal(remap(A, copy, PG(2), 1, 0, 0, &at), 0);
	assert_int_equal(at, copy);
	assert_null(mm_find(A, shared + PG(1)));
	/* over the limit, also one that was lowered below what is there */
	mm_unmap_all(B);
	A->max_pages = A->npages;
	assert_unchanged(remap(A, PLACE, PG(2), PG(3), 0, 0, &at), -ENOMEM);
	A->max_pages = 1;
	assert_unchanged(remap(A, PLACE, PG(2), PG(3), MREMAP_MAYMOVE, 0, &at), -ENOMEM);
}

/* D.35: shrink, then grow: no stale data; also of another who had the pages meanwhile. */
static void test_in_place(void **state)
{
	addr_t at;

	(void)state;
	map_anon(A, PLACE, 4, RW, MAP_FIXED, 0);
	memset(addr_ptr(PLACE), 0x33, PG(4));
	assert_int_equal(remap(A, PLACE, PG(4), PG(1), 0, 0, &at), 0);
	assert_int_equal(page_count(PLACE + PG(1)), 0);
	assert_int_equal(remap(A, PLACE, PG(1), PG(6), 0, 0, &at), 0);
	assert_int_equal(at, PLACE);
	assert_maps(A, PLACE, "0-6 rw-p");
	for (uint32_t i = 0; i < PG(6); i++)
		assert_int_equal(byte_at(PLACE + i), i < PG(1) ? 0x33 : 0);
	/* a copy of a file: what is behind is not the file's */
	at = map_file(A, RAM_B + PG(14), 2, RW, MAP_PRIVATE, FILE_TEXT, 0, false, 0);
	assert_int_equal(remap(A, at, PG(2), PG(3), 0, 0, &at), 0);
	assert_int_equal(byte_at(at + PG(1)), file_byte(FILE_TEXT, PG(1)));
	assert_int_equal(byte_at(at + PG(2)), 0);
	/* into pages that were not given back */
	mm_nr_trim_pages = 0;
	at = map_anon(B, 0, 5, RW, 0, 0);
	assert_int_equal(region_stats.waste_pages, 3);
	assert_int_equal(remap(B, at, PG(5), PG(7), 0, 0, &at), 0);
	assert_int_equal(region_stats.waste_pages, 1);
	assert_int_equal(byte_at(at + PG(6)), 0);
	assert_int_equal(remap(B, at, PG(7), PG(2), 0, 0, &at), 0);
	assert_int_equal(region_stats.waste_pages, 0);
}

static void test_moving(void **state)
{
	addr_t at;

	(void)state;
	map_anon(A, PLACE, 3, RO, MAP_FIXED, 0);
	map_anon(B, PLACE + PG(3), 1, RW, MAP_FIXED, 0);
	for (uint32_t i = 0; i < PG(3); i++)
		*(uint8_t *)addr_ptr(PLACE + i) = (uint8_t)(i * 7 + (i >> 8));
	assert_int_equal(remap(A, PLACE, PG(3), PG(5), MREMAP_MAYMOVE, 0, &at), 0);
	assert_maps(A, at, "0-5 r--p");
	assert_int_equal(page_count(PLACE), 0);
	for (uint32_t i = 0; i < PG(5); i++)
		assert_int_equal(byte_at(at + i), i < PG(3) ? (uint8_t)(i * 7 + (i >> 8)) : 0);
	/* to a place, smaller, over what the caller has there */
	map_anon(A, PLACE + PG(8), 4, RW, MAP_FIXED, 0);
	assert_int_equal(
		remap(A, at, PG(5), PG(2), MREMAP_MAYMOVE | MREMAP_FIXED, PLACE + PG(9), &at), 0);
	assert_int_equal(at, PLACE + PG(9));
	assert_maps(A, PLACE, "8-9 rw-p, 9-11 r--p, 11-12 rw-p");
	for (uint32_t i = 0; i < PG(2); i++)
		assert_int_equal(byte_at(at + i), (uint8_t)(i * 7 + (i >> 8)));
	/* what it may become moves along: a copy of a file stays as it was judged */
	at = map_file(A, PLACE + PG(14), 1, RW, MAP_PRIVATE, FILE_COPY, 0, false, 0);
	map_anon(B, PLACE + PG(15), 1, RW, MAP_FIXED, 0);
	assert_int_equal(remap(A, at, PG(1), PG(2), MREMAP_MAYMOVE, 0, &at), 0);
	assert_int_equal(byte_at(at + 3), file_byte(FILE_COPY, 3));
	assert_int_equal(mm_find(A, at)->max_prot, RW | PROT_EXEC);
	/* a copy can become longer than a file: there are zeros behind */
	at = map_file(A, PLACE + PG(14), 1, RW, MAP_PRIVATE, FILE_COPY, 0x80000000 / PG(1) - 2,
		      false, 0);
	assert_int_equal(
		remap(A, at, PG(1), PG(3), MREMAP_MAYMOVE | MREMAP_FIXED, PLACE + PG(4), &at), 0);
	assert_int_equal(mm_unmap(A, at, PG(3)), 0);
}

/* D.38: shrink, unmap the old length, exit. */
static void test_shrink_then_unmap(void **state)
{
	addr_t at;

	(void)state;
	map_anon(A, PLACE, 6, RW, MAP_FIXED, 0);
	assert_int_equal(remap(A, PLACE, PG(6), PG(2), 0, 0, &at), 0);
	assert_int_equal(mm_unmap(A, PLACE, PG(6)), 0);
	assert_true(mm_is_empty(A));
}

static void test_stack_moves(void **state)
{
	addr_t at = map_anon(A, PLACE, 4, RW, MAP_STACK | MAP_FIXED, 0);

	(void)state;
	map_anon(B, PLACE + PG(4), 1, RW, MAP_FIXED, 0);
	assert_int_equal(remap(A, at, PG(4), PG(9), MREMAP_MAYMOVE, 0, &at), 0);
	assert_maps(A, at, STACK_OF_TEN == 10 ? "0-9 rw-p" : "0-10 rw-p");
	assert_int_equal(mm_find(A, at)->flags, VMA_STACK);
}

/* A stack of nine pages, rounded up to ten, goes by both lengths. */
static void test_rounded_stack(void **state)
{
	static const struct {
		uint32_t old, len;
		int err;
		const char *maps;
		uint32_t waste;
	} rows[] = {
		{ 9, 9, 0, "0-10 rw-p", 1 },	    { 9, 10, 0, "0-10 rw-p", 0 },
		{ 10, 10, 0, "0-10 rw-p", 1 },	    { 10, 9, 0, "0-9 rw-p", 0 },
		{ 9, 5, 0, "0-5 rw-p", 0 },	    { 8, 5, -EINVAL, "0-10 rw-p", 1 },
		{ 9, 11, -ENOMEM, "0-10 rw-p", 1 }, /* no more one entry */
	};
	addr_t at;

	(void)state;
	only_where_rounded();
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		addr_t stack = map_anon(A, 0, 9, RW, MAP_STACK, 0);

		assert_int_equal(remap(A, stack, PG(rows[i].old), PG(rows[i].len), 0, 0, &at),
				 rows[i].err);
		assert_maps(A, stack, rows[i].maps);
		assert_int_equal(region_stats.waste_pages, rows[i].waste);
		/* not onto what it was rounded up by */
		if (rows[i].waste)
			assert_unchanged(remap(A, stack, PG(9), PG(1),
					       MREMAP_MAYMOVE | MREMAP_FIXED, stack + PG(9), &at),
					 -EINVAL);
		mm_unmap_all(A);
	}
	/* a piece of one is no whole one */
	addr_t stack = map_anon(A, 0, 9, RW, MAP_STACK, 0);

	assert_int_equal(mm_unmap(A, stack, PG(2)), 0);
	assert_int_equal(remap(A, stack + PG(2), PG(7), PG(6), 0, 0, &at), 0);
	assert_int_equal(remap(A, stack + PG(2), PG(4), PG(5), 0, 0, &at), -EINVAL);
}

/* Layers: the youngest that is exactly the range. */
static void test_layers(void **state)
{
	addr_t store = map_file(A, 0, 4, RO, MAP_SHARED, FILE_RAM, 0, true, 0), at;

	(void)state;
	map_file(A, 0, 4, RW, MAP_SHARED, FILE_RAM, 0, true, 0);
	map_file(A, 0, 2, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	assert_int_equal(remap(A, store, PG(4), PG(1), 0, 0, &at), 0);
	assert_maps(A, store, "0-1 rw-s, 0-2 r--s, 0-4 r--s");
	assert_int_equal(mm_fault(A, store + PG(1), ACCESS_DATA, 0), VERDICT_REFILLED);
	assert_int_equal(mpu_grants(store + PG(1)), RO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_errors),	TEST(test_in_place),
		TEST(test_moving),	TEST(test_shrink_then_unmap),
		TEST(test_stack_moves), TEST(test_rounded_stack),
		TEST(test_layers),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
