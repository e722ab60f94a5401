/* SPDX-License-Identifier: MIT */
/*
 * mm/unmap.c and mm/cut.c: holes of every kind (N7), one layer off each page, exact undo; and the
 * pages of a hole are free before the call returns.
 */
#include <mm_test.h>

#include "../../../mm/cut.h"

static void test_errors(void **state)
{
	static const struct {
		addr_t start;
		size_t len;
		int err;
	} rows[] = {
		{ RAM_B, 0, -EINVAL },
		{ RAM_B + 4, PG(1), -EINVAL },
		{ RAM_B, SIZE_MAX, -EINVAL },
		{ RAM_B, 0xfffffff0, -EINVAL },
		{ RAM_B, (size_t)0 - RAM_B, -EINVAL },
		{ RAM_B, PG(3), 0 }, /* nothing is mapped there */
		{ RAM_A, PG(1), 0 }, /* the kernel's */
		{ FLASH_AT, PG(4), 0 },
		{ 0, 0xff000000, 0 },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		assert_unchanged(mm_unmap(A, rows[i].start, rows[i].len), rows[i].err);
	/* another's */
	map_anon(B, PLACE, 2, RW, MAP_FIXED, 0);
	assert_unchanged(mm_unmap(A, PLACE, PG(2)), 0);
}

/* Of six pages: which range goes, what stays; for memory of one's own and for a store. */
static void test_holes(void **state)
{
	static const struct {
		int from, to;
		const char *own, *shared;
	} rows[] = {
		{ 0, 6, "", "" },
		{ -1, 7, "", "" },
		{ 0, 2, "2-6 rw-p", "2-6 rw-s" },
		{ 4, 6, "0-4 rw-p", "0-4 rw-s" },
		{ 4, 9, "0-4 rw-p", "0-4 rw-s" },
		{ 2, 3, "0-2 rw-p, 3-6 rw-p", "0-2 rw-s, 3-6 rw-s" },
		{ 6, 7, "0-6 rw-p", "0-6 rw-s" },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		for (int kind = 0; kind < 4; kind++) {
			addr_t at = kind == 0	? map_anon(A, PLACE, 6, RW, MAP_FIXED, 0)
				    : kind == 1 ? map_file(A, PLACE, 6, RW, MAP_PRIVATE, FILE_TEXT,
							   0, false, 0)
				    : kind == 2 ? map_file(A, 0, 6, RW, MAP_SHARED, FILE_RAM, 0,
							   true, 0)
						: map_anon(A, PLACE, 6, RW, MAP_FIXED, 0);
			addr_t from = at + (addr_t)rows[i].from * PAGE_SIZE;
			addr_t to = at + (addr_t)rows[i].to * PAGE_SIZE;

			for (addr_t page = at; page < at + PG(6); page += PAGE_SIZE)
				memset(addr_ptr(page), (int)(page >> CONFIG_PAGE_SHIFT), PAGE_SIZE);
			/* rounded up to pages */
			assert_int_equal(mm_unmap(A, from, to - from - (kind == 3 ? 7 : 0)), 0);
			env_check();
			assert_maps(A, at, kind == 2 ? rows[i].shared : rows[i].own);
			for (addr_t page = at; page < at + PG(6); page += PAGE_SIZE) {
				bool gone = page >= from && page < to;

				assert_int_equal(mm_find(A, page) == NULL, gone);
				if (kind != 2)
					assert_int_equal(page_count(page), !gone);
				if (!gone)
					assert_int_equal(byte_at(page + 9),
							 (uint8_t)(page >> CONFIG_PAGE_SHIFT));
			}
			mm_unmap_all(A);
			env_check();
		}
}

/* Several mappings, of several kinds, with holes between them, in one call. */
static void test_many(void **state)
{
	addr_t flash = map_file(A, 0, 3, RX, MAP_PRIVATE, FILE_TEXT, 0, false, 0);

	(void)state;
	map_anon(A, PLACE, 2, RW, MAP_FIXED, 0);
	map_anon(A, PLACE + PG(3), 1, RO, MAP_FIXED, 0);
	map_anon(A, PLACE + PG(4), 4, RW, MAP_FIXED, 0);
	assert_int_equal(mm_unmap(A, PLACE + PG(1), PG(5)), 0);
	assert_int_equal(A->nvmas, 3);
	assert_int_equal(mm_unmap(A, flash, PLACE + PG(7) - flash), 0);
	assert_maps(A, PLACE, "7-8 rw-p");
}

/* Which layers does a call take off?  Layers, oldest first; then ranges, one call after another. */
static void test_layers(void **state)
{
	static const struct {
		struct {
			uint32_t from, to;
		} map[4], unmap[3];
		const char *left;
	} rows[] = {
		{ { { 0, 6 }, { 0, 6 }, { 0, 6 } }, { { 0, 6 } }, "0-6 r--s, 0-6 r--s" },
		{ { { 0, 6 }, { 0, 6 }, { 0, 6 } }, { { 2, 4 }, { 0, 6 } }, NULL },
		{ { { 0, 6 }, { 2, 4 } }, { { 0, 6 } }, "2-4 r--s" },
		{ { { 2, 4 }, { 0, 6 } }, { { 0, 6 } }, "2-4 r--s" },
		{ { { 0, 4 }, { 2, 6 } }, { { 1, 5 } }, "0-1 r--s, 2-4 r--s, 5-6 r--s" },
		{ { { 2, 6 }, { 0, 4 } }, { { 1, 5 } }, "0-1 r--s, 2-4 r--s, 5-6 r--s" },
		{ { { 0, 6 }, { 1, 2 }, { 3, 4 } }, { { 0, 5 } }, "1-2 r--s, 3-4 r--s, 5-6 r--s" },
		{ { { 0, 6 }, { 1, 2 }, { 3, 4 } }, { { 0, 6 }, { 0, 6 } }, "" },
		{ { { 1, 5 }, { 0, 6 }, { 2, 3 }, { 2, 5 } }, { { 2, 3 }, { 2, 3 } }, NULL },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		addr_t store = file(FILE_RAM)->store.start;
		unsigned int n[6] = { 0 };

		for (unsigned int k = 0; k < 4 && rows[i].map[k].to; k++) {
			map_file(A, 0, rows[i].map[k].to - rows[i].map[k].from, RO, MAP_SHARED,
				 FILE_RAM, rows[i].map[k].from, false, 0);
			for (uint32_t p = rows[i].map[k].from; p < rows[i].map[k].to; p++)
				n[p]++;
		}
		for (unsigned int k = 0; k < 3 && rows[i].unmap[k].to; k++) {
			assert_int_equal(mm_unmap(A, store + PG(rows[i].unmap[k].from),
						  PG(rows[i].unmap[k].to - rows[i].unmap[k].from)),
					 0);
			env_check();
			for (uint32_t p = rows[i].unmap[k].from; p < rows[i].unmap[k].to; p++)
				n[p] -= n[p] > 0;
		}
		for (uint32_t p = 0; p < 6; p++) {
			struct vma *vma = mm_first(A, store + PG(p), store + PG(p + 1));
			unsigned int have = 0;

			for (; vma; vma = mm_next(vma, store + PG(p), store + PG(p + 1)))
				have++;
			if (have != n[p])
				fail_msg("row %u: page %u has %u layers, not %u", i, p, have, n[p]);
		}
		if (rows[i].left)
			assert_maps(A, store, rows[i].left);
		mm_unmap_all(A);
	}
}

/* N8: one attachment goes with all its pieces, the others stay. */
static void test_serial(void **state)
{
	addr_t store = map_file(A, 0, 6, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	struct vma *vma;
	uint32_t serial;

	(void)state;
	map_file(A, 0, 6, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	serial = A->serial;
	map_file(A, 0, 6, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	assert_int_equal(mm_protect(A, store + PG(2), PG(1), RW), 0);
	assert_int_equal(A->nvmas, 9);
	for (vma = mm_lowest(A); vma->serial != serial;)
		vma = mm_next(vma, 0, UINT32_MAX);
	mm_unmap_mapping(vma);
	env_check();
	assert_int_equal(A->nvmas, 6);
	for (vma = mm_lowest(A); vma; vma = mm_next(vma, 0, UINT32_MAX))
		assert_true(vma->serial != serial);
	assert_int_equal(file(FILE_RAM)->nwrite, 2);
}

/* A stack that was rounded up goes with its last byte; a part of it goes page by page. */
static void test_stacks(void **state)
{
	static const struct {
		uint32_t from, to;
		const char *left;
		uint32_t npages;
	} rows[] = {
		/* nine pages, rounded up to ten */
		{ 0, 9, "", 0 },	  { 0, 10, "", 0 },
		{ 8, 9, "0-8 rw-p", 8 },  { 0, 8, "8-10 rw-p", 2 },
		{ 9, 10, "0-9 rw-p", 9 }, { 3, 4, "0-3 rw-p, 4-10 rw-p", 9 },
		{ 0, 3, "3-10 rw-p", 7 },
	};

	(void)state;
	only_where_rounded();
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		addr_t at = map_anon(A, 0, 9, RW, MAP_STACK, 0);

		assert_int_equal(mm_unmap(A, at + PG(rows[i].from), PG(rows[i].to - rows[i].from)),
				 0);
		env_check();
		assert_maps(A, at, rows[i].left);
		if (region_stats.private_pages != rows[i].npages)
			fail_msg("row %u: %u pages are held, not %u", i, region_stats.private_pages,
				 rows[i].npages);
		mm_unmap_all(A);
	}
	/* 17 pages, rounded up to 20: cuts within what it was rounded up by */
	for (uint32_t from = 16; from < 20; from++)
		for (uint32_t to = from + 1; to <= 20; to++) {
			addr_t at = map_anon(A, 0, 17, RW, MAP_STACK, 0);
			uint32_t left = from == 16 && to == 17 ? 16 : 20 - (to - from);

			assert_int_equal(mm_unmap(A, at + PG(from), PG(to - from)), 0);
			env_check();
			if (region_stats.private_pages != left)
				fail_msg("%u-%u: %u pages are held, not %u", from, to,
					 region_stats.private_pages, left);
			mm_unmap_all(A);
		}
}

static unsigned int nsteps;

/* In steps, each of which leaves everything in order, and gives few pages back. */
static int unmap_in_steps(addr_t start, size_t len)
{
	struct mm_job job = { 0 };
	uint32_t nfree = page_nfree();
	long result = mm_unmap_begin(A, start, len, &job);

	job.result = &result;
	for (nsteps = 0; !mm_job_is_done(&job); nsteps++) {
		mm_job_step(&job);
		assert_true(page_nfree() <= nfree + MM_STEP_PAGES + 2);
		nfree = page_nfree();
		env_check();
	}
	return (int)result;
}

/* The same as at once. */
static void test_steps(void **state)
{
	addr_t big;

	(void)state;
	map_anon(A, PLACE, 6, RW, MAP_FIXED, 0);
	assert_int_equal(unmap_in_steps(PLACE, PG(6) - 10), 0);
	assert_int_equal(nsteps, 0); /* it is little */
	assert_true(mm_is_empty(A));
	assert_int_equal(unmap_in_steps(PLACE + 4, PG(200)), -EINVAL);
	assert_int_equal(unmap_in_steps(PLACE, SIZE_MAX), -EINVAL);
	map_anon(A, PLACE, 6, RW, MAP_FIXED, 0);
	assert_int_equal(unmap_in_steps(PLACE - PG(2), PG(200)), 0);
	assert_true(mm_is_empty(A));
	/* many mappings: a step for each, to judge it and to take it away */
	for (unsigned int i = 0; i < 6; i++)
		map_anon(A, PLACE + PG(i), 1, i % 2 ? RO : RW, MAP_FIXED, 0);
	assert_int_equal(unmap_in_steps(PLACE, PG(5)), 0);
	assert_int_equal(nsteps, 10);
	assert_int_equal(A->npages, 1);
	mm_unmap_all(A);
	/* more than one step's worth: a bank that is large enough */
	static struct zone large = { .name = "large",
				     .start = 0x38000000,
				     .end = 0x38000000 + ((addr_t)200 << CONFIG_PAGE_SHIFT) };
	env_add_zone(&large);
	for (unsigned int from = 0; from <= 10; from += 10)
		for (unsigned int to = 140; to <= 150; to += 10) {
			big = map_anon(A, 0, 150, RW, 0, 0);
			assert_int_equal(unmap_in_steps(big + PG(from), PG(to - from)), 0);
			assert_true(nsteps >= 3);
			assert_int_equal(A->npages, 150 - (to - from));
			assert_int_equal(A->nvmas, (from > 0) + (to < 150));
			mm_unmap_all(A);
		}
	/* what nobody mapped, and what is not memory of one's own */
	big = map_anon(A, 0, 150, RW, 0, 0);
	assert_int_equal(unmap_in_steps(big - PG(20), PG(190)), 0);
	map_file(A, 0, 6, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	assert_int_equal(unmap_in_steps(file(FILE_RAM)->store.end - PG(100), PG(100)), 0);
	assert_true(mm_is_empty(A));
	assert_true(mm_unmap_all_step(A));
	mm_unmap_all(A);
	/* layers that need a record, before memory that needs none */
	store_destroy(file(FILE_RAM2));
	big = large.start + PG(20);
	assert_int_equal(page_take(big, 6), 0);
	region_open_store(file(FILE_RAM2), big, big + PG(6));
	file(FILE_RAM2)->size = PG(6);
	map_file(A, 0, 6, RO, MAP_SHARED, FILE_RAM2, 0, true, 0);
	map_file(A, 0, 2, RO, MAP_SHARED, FILE_RAM2, 2, true, 0);
	map_anon(A, big + PG(6), 100, RW, MAP_FIXED, 0);
	A->max_vmas = 3;
	assert_unchanged(unmap_in_steps(big + PG(1), PG(105)), -ENOMEM);
	A->max_vmas = 100;
	assert_int_equal(unmap_in_steps(big + PG(1), PG(105)), 0);
	assert_int_equal(A->npages, 3);
	mm_unmap_all(A);
	/* no record for the hole: nothing has changed */
	big = map_anon(A, 0, 150, RW, 0, 0);
	A->max_vmas = 1;
	assert_unchanged(unmap_in_steps(big + PG(10), PG(100)), -ENOMEM);
	A->max_vmas = 100;
	mm_unmap_all(A);
	map_anon(A, 0, 150, RW, 0, 0);
	assert_false(mm_unmap_all_step(A));
	assert_int_equal(A->npages, 150 - MM_STEP_PAGES);
	env_check();
}

/* N3: who else holds a page keeps it. */
static void test_pinned_page(void **state)
{
	(void)state;
	map_anon(A, PLACE, 3, RW, MAP_FIXED, 0);
	memset(addr_ptr(PLACE + PG(1)), 0x77, PAGE_SIZE);
	page_get(PLACE + PG(1), 1);
	assert_int_equal(mm_unmap(A, PLACE, PG(3)), 0);
	env_pinned = 1;
	env_check();
	assert_int_equal(page_count(PLACE + PG(1)), 1);
	assert_int_equal(byte_at(PLACE + PG(1)), 0x77);
	map_anon(B, PLACE, 3, RW, MAP_FIXED, -ENOMEM);
	page_put(PLACE + PG(1), 1);
	env_pinned = 0;
	map_anon(B, PLACE, 3, RW, MAP_FIXED, 0);
	assert_int_equal(byte_at(PLACE + PG(1)), 0);
}

/* Nothing is granted any more when the call returns; also of what runs on a stack. */
static void test_hardware(void **state)
{
	struct mm_stack stack;
	addr_t at = map_anon(A, PLACE, 4, RW, MAP_FIXED, 0);
	addr_t top = map_anon(A, 0, 2, RW, MAP_STACK, 0) + PG(2);

	(void)state;
	assert_int_equal(mm_stack_find(A, top, &stack), 0);
	mm_activate(A, &stack);
	assert_int_equal(mm_fault(A, at + PG(1), ACCESS_DATA, top), VERDICT_REFILLED);
	assert_int_equal(mpu_grants(at + PG(1)), RW);
	assert_int_equal(mm_unmap(A, at + PG(1), PG(1)), 0);
	assert_int_equal(mpu_grants(at + PG(1)), 0);
	assert_int_equal(mm_fault(A, at + PG(1), ACCESS_DATA, top), VERDICT_MAPERR);
	assert_int_equal(mm_fault(A, at + PG(2), ACCESS_DATA, top), VERDICT_REFILLED);
	assert_int_equal(mm_unmap(A, top - PG(1), PG(1)), 0);
	assert_int_equal(mpu_grants(top - 8), 0);
	assert_false(mm_stack_holds(A, &stack));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_errors), TEST(test_holes),  TEST(test_many),	      TEST(test_layers),
		TEST(test_serial), TEST(test_stacks), TEST(test_pinned_page), TEST(test_hardware),
		TEST(test_steps), /* last: it adds memory */
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
