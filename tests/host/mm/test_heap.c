/* SPDX-License-Identifier: MIT */
/* mm/heap.c: the break moves in place, over memory that is zero, and gives back what it leaves. */
#include <mm_test.h>

#define BREAK 100 /* bytes of data and bss in the last page of the program */

static addr_t heap;

static int sbrk_by(struct mm *mm, intptr_t increment)
{
	struct mm_job job;
	addr_t old, was = mm->heap_end;
	int err = mm_sbrk(mm, increment, &old, &job);

	if (!err)
		env_finish(&job);
	env_check();
	assert_int_equal(old, was);
	assert_int_equal(mm->heap_end, err ? was : was + (addr_t)increment);
	return err;
}

static void begin(struct mm *mm, uint32_t npages)
{
	struct map_request request = { .len = PG(npages),
				       .prot = RW,
				       .flags = MAP_PRIVATE,
				       .backing = file(FILE_TEXT),
				       .is_heap = true };

	assert_int_equal(env_map(mm, &request, &heap), 0);
	heap += PG(npages);
	mm->heap_start = mm->heap_end = heap - PG(1) + BREAK;
}

static void test_growing(void **state)
{
	(void)state;
	begin(A, 2);
	assert_true(page_free_behind(heap) >= 4);
	assert_int_equal(sbrk_by(A, 0), 0);
	assert_int_equal(sbrk_by(A, 50), 0);
	for (uint32_t i = 0; i < 50; i++) /* zero, although the file has bytes there */
		assert_int_equal(byte_at(heap - PG(1) + BREAK + i), 0);
	assert_int_equal(byte_at(heap - PG(1) + BREAK - 1),
			 file_byte(FILE_TEXT, PG(1) + BREAK - 1));
	memset(addr_ptr(heap - 500), 0x44, 500); /* past the break, in its page */
	assert_int_equal(sbrk_by(A, (intptr_t)PG(3)), 0);
	for (addr_t at = heap - 500; at < A->heap_end; at++)
		assert_int_equal(byte_at(at), 0);
	assert_maps(A, heap, "-2-3 rw-p");
}

static void test_shrinking(void **state)
{
	(void)state;
	begin(A, 1);
	assert_int_equal(sbrk_by(A, (intptr_t)PG(3)), 0);
	memset(addr_ptr(A->heap_start), 0x55, A->heap_end - A->heap_start);
	assert_int_equal(sbrk_by(A, -(intptr_t)PG(2) - 10), 0);
	assert_int_equal(page_count(heap + PG(1)), 0);
	assert_int_equal(sbrk_by(A, (intptr_t)PG(2) + 10), 0);
	assert_int_equal(byte_at(A->heap_end - PG(2) - 10 - 1), 0x55);
	for (addr_t at = A->heap_end - PG(2) - 10; at < A->heap_end; at++)
		assert_int_equal(byte_at(at), 0);
	assert_int_equal(sbrk_by(A, -5), 0); /* within a page */
	assert_int_equal(sbrk_by(A, 5), 0);
	assert_int_equal(sbrk_by(A, -(intptr_t)PG(3)), 0); /* to its start */
	assert_unchanged(sbrk_by(A, -1), -EINVAL);
	assert_unchanged(sbrk_by(A, -0x7fffffff), -EINVAL);
}

static void test_no_room(void **state)
{
	addr_t at;

	(void)state;
	assert_unchanged(sbrk_by(A, 10), -ENOMEM); /* there is no heap */
	begin(A, 1);
	assert_unchanged(sbrk_by(A, 0x7fffffff), -ENOMEM);
	assert_unchanged(sbrk_by(A, (intptr_t)(0xffffff00u - A->heap_end)),
			 -ENOMEM); /* the last page */
	assert_unchanged(sbrk_by(A, (intptr_t)(0xffffffffu - heap + PG(3))), -ENOMEM); /* wraps */
	at = map_anon(B, heap + PG(1), 1, RW, MAP_FIXED, 0);
	assert_unchanged(sbrk_by(A, (intptr_t)PG(2)), -ENOMEM);
	assert_int_equal(sbrk_by(A, (intptr_t)PG(1)), 0);
	assert_int_equal(mm_unmap(B, at, PG(1)), 0);
	A->max_pages = A->npages;
	assert_unchanged(sbrk_by(A, (intptr_t)PG(1)), -ENOMEM);
	A->max_pages = 1; /* lowered below what is there */
	assert_unchanged(sbrk_by(A, (intptr_t)PG(1)), -ENOMEM);
	A->max_pages = UINT32_MAX;
	/* what the program did to its own heap */
	assert_int_equal(mm_protect(A, heap, PG(1), RO), 0);
	assert_unchanged(sbrk_by(A, 10), -ENOMEM);
	assert_int_equal(mm_protect(A, heap, PG(1), RW), 0);
	assert_int_equal(sbrk_by(A, 10), 0);
	assert_int_equal(mm_unmap(A, heap, PG(1)), 0);
	assert_unchanged(sbrk_by(A, (intptr_t)PG(1)), -ENOMEM);
	assert_int_equal(sbrk_by(A, -(intptr_t)PG(1)), 0);
	/* a mapping of another kind in its place is no heap */
	map_anon(A, heap, 2, RW, MAP_FIXED, 0);
	A->heap_end = heap + PG(1);
	assert_unchanged(sbrk_by(A, 5), -ENOMEM);
}

/* Shrinking may cut a hole, where the program has put something longer there. */
static void test_no_record_for_the_hole(void **state)
{
	(void)state;
	begin(A, 1);
	assert_int_equal(sbrk_by(A, (intptr_t)PG(2)), 0);
	assert_int_equal(mm_unmap(A, heap, PG(2)), 0);
	map_anon(A, heap, 5, RW, MAP_FIXED, 0);
	A->max_vmas = 2;
	assert_unchanged(sbrk_by(A, -(intptr_t)PG(1)), -ENOMEM);
	A->max_vmas = 3;
	assert_int_equal(sbrk_by(A, -(intptr_t)PG(1)), 0);
}

/* Part of the last page of the heap was mapped anew by the program: nothing else is taken. */
static void test_cut_heap(void **state)
{
	(void)state;
	begin(A, 1);
	assert_int_equal(sbrk_by(A, (intptr_t)PG(4)), 0);
	assert_int_equal(mm_unmap(A, heap + PG(1), PG(1)), 0);
	assert_maps(A, heap, "-1-1 rw-p, 2-4 rw-p");
	assert_int_equal(sbrk_by(A, (intptr_t)PG(1)), 0);
	assert_int_equal(sbrk_by(A, -(intptr_t)PG(5)), 0);
	assert_maps(A, heap, "-1-0 rw-p");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_growing),  TEST(test_shrinking),
		TEST(test_no_room),  TEST(test_no_record_for_the_hole),
		TEST(test_cut_heap),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
