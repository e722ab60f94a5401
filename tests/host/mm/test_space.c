/* SPDX-License-Identifier: MIT */
/* mm/space.c: looking up, above all where VMAs coincide (N5), against a plain walk. */
#include <mm_test.h>

#define N 6

/* Layers over a store of six pages, oldest first; each grants what it does. */
static const struct {
	struct {
		uint32_t from, to;
		int prot;
	} map[4];
} rows[] = {
	{ { { 0, 6, RO } } },
	{ { { 1, 3, RO }, { 4, 5, RW } } },
	{ { { 0, 6, RO }, { 0, 6, RW } } },
	{ { { 0, 6, PROT_NONE }, { 2, 3, RW }, { 1, 5, RO } } },
	{ { { 2, 4, RW }, { 0, 6, RO }, { 3, 6, PROT_NONE } } },
	{ { { 0, 1, RW }, { 0, 2, RO }, { 0, 3, RO }, { 1, 6, RO } } },
	{ { { 0, 5, RO }, { 1, 2, RO }, { 3, 4, RO } } },
	{ { { 0 } } },
};

static int rights_by_walk(struct mm *mm, addr_t at)
{
	int rights = -1;
	struct vma *vma;

	MM_FOREACH(vma, mm)
	if (vma->start <= at && at < vma->end)
		rights = MAX(rights, 0) | vma->prot;
	return rights;
}

static struct vma *youngest_by_walk(struct mm *mm, addr_t at)
{
	struct vma *vma, *found = NULL;

	MM_FOREACH(vma, mm)
	if (vma->start <= at && at < vma->end && (!found || vma->serial > found->serial))
		found = vma;
	return found;
}

static void check_lookups(struct mm *mm, addr_t base)
{
	for (addr_t at = base - PG(2); at < base + PG(N + 2); at += PAGE_SIZE) {
		addr_t start = 1, end = 1, until;
		int rights = mm_rights(mm, at + 3, &start, &end);
		struct vma *vma = mm_find(mm, at + 3), *found;

		assert_int_equal(rights, rights_by_walk(mm, at));
		assert_int_equal(vma != NULL, rights >= 0);
		assert_true(!vma || (vma->start <= at && at < vma->end));
		for (addr_t page = start; rights >= 0 && page < end; page += PAGE_SIZE)
			assert_int_equal(rights_by_walk(mm, page), rights);
		if (rights >= 0)
			assert_true(start <= at && at < end);
		for (addr_t stop = at + PAGE_SIZE; stop < base + PG(N + 3); stop += PAGE_SIZE) {
			struct vma *walk = mm_lowest(mm);
			struct mm_job job;

			found = mm_youngest(mm, at, stop, &until);
			assert_ptr_equal(found, youngest_by_walk(mm, at));
			assert_true(until > at && until <= stop);
			for (addr_t page = at; page < until; page += PAGE_SIZE)
				assert_ptr_equal(youngest_by_walk(mm, page), found);
			if (until < stop)
				assert_ptr_not_equal(youngest_by_walk(mm, until), found);
			/* the overlapping ones, each once and in order */
			found = mm_first(mm, at, stop);
			for (; walk; walk = vma_behind(walk))
				if (walk->start < stop && at < walk->end) {
					assert_ptr_equal(found, walk);
					found = mm_next(found, at, stop);
				}
			assert_null(found);
			/* is all of it mapped? */
			mm_look_begin(mm, at, stop - at, JOB_LOOK, &job);
			assert_int_equal(env_look(&job, 0), ({
						 bool all = true;
						 for (addr_t p = at; p < stop; p += PAGE_SIZE)
							 all &= rights_by_walk(mm, p) >= 0;
						 all ? 0 : -ENOMEM;
					 }));
		}
	}
}

static void test_lookups(void **state)
{
	addr_t base = file(FILE_RAM)->store.start;

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		for (int others = 0; others < 3; others++) {
			if (others > 0)
				map_anon(A, others == 1 ? base - PG(1) : base + PG(N), 1, RW, 0, 0);
			if (others == 2)
				map_file(B, 0, N, RO, MAP_SHARED, FILE_RAM, 0, false, 0);
			for (unsigned int k = 0; k < 4 && rows[i].map[k].to; k++)
				map_file(A, 0, rows[i].map[k].to - rows[i].map[k].from,
					 rows[i].map[k].prot, MAP_SHARED, FILE_RAM,
					 rows[i].map[k].from, true, 0);
			check_lookups(A, base);
			mm_unmap_all(A);
			mm_unmap_all(B);
		}
	}
}

/* The counter of ages may wrap. */
static void test_age_wraps(void **state)
{
	addr_t base, until;

	(void)state;
	A->serial = UINT32_MAX - 1;
	base = map_file(A, 0, 2, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	map_file(A, 0, 2, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	map_file(A, 0, 2, RW, MAP_SHARED, FILE_RAM, 0, true, 0);
	assert_int_equal(mm_youngest(A, base, base + PG(2), &until)->prot, RW);
	assert_int_equal(mm_unmap(A, base, PG(2)), 0);
	assert_maps(A, base, "0-2 r--s, 0-2 r--s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lookups),
		TEST(test_age_wraps),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
