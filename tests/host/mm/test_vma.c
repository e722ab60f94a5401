/* SPDX-License-Identifier: MIT */
/* mm/vma.c: order, and what may be joined; the rest is seen through the calls. */
#include <mm_test.h>

static void test_order(void **state)
{
	static const struct {
		addr_t start[2], end[2];
		uint32_t serial[2];
		int order;
	} rows[] = {
		{ { 0, 1 }, { 9, 2 }, { 5, 1 }, -1 },
		{ { 1, 0 }, { 2, 9 }, { 5, 9 }, 1 },
		{ { 1, 1 }, { 2, 3 }, { 9, 1 }, -1 },
		{ { 1, 1 }, { 3, 2 }, { 1, 9 }, 1 },
		{ { 1, 1 }, { 2, 2 }, { 1, 2 }, -1 },
		{ { 1, 1 }, { 2, 2 }, { 0, UINT32_MAX }, 1 }, /* the counter has wrapped */
		{ { 1, 1 }, { 2, 2 }, { 4, 4 }, 0 },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vma v[2] = { 0 };

		for (int k = 0; k < 2; k++) {
			v[k].start = rows[i].start[k];
			v[k].end = rows[i].end[k];
			v[k].serial = rows[i].serial[k];
		}
		assert_int_equal(vma_compare(&v[0], &v[1]), rows[i].order);
		assert_int_equal(vma_compare(&v[1], &v[0]), -rows[i].order);
	}
}

/* Pieces of one mapping that differ in nothing; each difference keeps them apart. */
static void test_can_merge(void **state)
{
	struct vma *head, *tail;

	(void)state;
	map_anon(A, PLACE, 4, RW, MAP_FIXED, 0);
	assert_int_equal(mm_protect(A, PLACE, PG(2), RO), 0);
	head = mm_find(A, PLACE);
	tail = mm_find(A, PLACE + PG(2));
	assert_false(vma_can_merge(head, tail));
	tail->prot = RO;
	assert_true(vma_can_merge(head, tail));
	assert_false(vma_can_merge(tail, head));
	tail->serial++;
	assert_false(vma_can_merge(head, tail));
	tail->serial--;
	tail->max_prot = RO;
	assert_false(vma_can_merge(head, tail));
	tail->max_prot = head->max_prot;
	tail->flags = VMA_LOCKED;
	assert_false(vma_can_merge(head, tail));
	tail->flags = head->flags;
	head->region->usage++;
	assert_false(vma_can_merge(head, tail)); /* someone else has one half */
	head->region->usage--;
	vma_merge(head, tail);
	assert_maps(A, PLACE, "0-4 r--p");
}

static void test_mistakes_of_the_kernel(void **state)
{
	struct vma *vma;

	(void)state;
	map_anon(A, PLACE, 4, RW, MAP_FIXED, 0);
	vma = mm_find(A, PLACE);
	expect_panic(vma_split(vma, PLACE, NULL), "vma->start < at");
	expect_panic(vma_shrink(vma, PLACE, PLACE), "start < end");
	expect_panic(vma_extend(vma, PLACE + PG(5)), "end <=");
	expect_panic(mm_destroy(A), "mm_is_empty");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_order),
		TEST(test_can_merge),
		TEST(test_mistakes_of_the_kernel),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
