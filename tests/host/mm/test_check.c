/* SPDX-License-Identifier: MIT */
/* mm/check.c finds each thing that can be wrong: one record is damaged, the check must panic. */
#include <mm_test.h>

#include "../../../mm/refill.h"

/* Damage a word, expect a panic with @text in it, and repair. */
#define damage(word, value, text)                                                                  \
	do {                                                                                       \
		__typeof__((word) + 0) was_ = (word);                                              \
		(word) = (value);                                                                  \
		expect_panic(mm_check(), text);                                                    \
		(word) = was_;                                                                     \
		mm_check();                                                                        \
	} while (0)

static void test_vma(void **state)
{
	struct vma *vma, *view;
	struct region *region;

	(void)state;
	map_anon(A, PLACE, 4, RW, MAP_FIXED, 0);
	map_anon(A, PLACE + PG(6), 2, RW, MAP_FIXED, 0);
	map_file(B, 0, 3, RW, MAP_SHARED, FILE_RAM, 0, true, 0);
	map_file(B, 0, 3, RO, MAP_SHARED, FILE_RAM, 3, true, 0);
	vma = mm_find(A, PLACE);
	region = vma->region;
	view = mm_lowest(B);
	damage(vma->mm, B, "I4");
	damage(vma->start, vma->end, "I4");
	damage(vma->start, vma->start + 4, "I4");
	damage(vma->end, PLACE + PG(5), "I4 vma outside");
	damage(vma->start, PLACE - PG(1), "I4 vma outside");
	damage(vma->start, PLACE + PG(7), "I4");
	damage(vma->max_prot, RO, "I4");
	damage(A->nvmas, 1, "I4");
	damage(A->npages, 1, "I4");
	damage(B->nvmas, 1, "I4");
	damage(region->usage, 2, "I2");
	damage(view->region->usage, 1, "I2");
	damage(file(FILE_RAM)->nwrite, 0, "I4 views");
	damage(file(FILE_RAM)->nexec, 1, "I4 views");
	LIST_REMOVE(view, on_backing);
	expect_panic(mm_check(), "I4");
	LIST_INSERT_HEAD(&file(FILE_RAM2)->vmas, view, on_backing);
	expect_panic(mm_check(), "I4");
	LIST_REMOVE(view, on_backing);
	LIST_INSERT_HEAD(&file(FILE_RAM)->vmas, view, on_backing);
	mm_check();
}

static void test_region(void **state)
{
	struct region *region, *copy;

	(void)state;
	map_anon(A, PLACE, 4, RW, MAP_FIXED, 0);
	map_anon(A, PLACE + PG(4), 2, RW, MAP_FIXED, 0);
	map_file(B, 0, 2, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0);
	map_file(C, 0, 2, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0);
	region = mm_find(A, PLACE)->region;
	copy = mm_lowest(B)->region;
	damage(region->top, PLACE + PG(5), "I1 overlap");
	damage(region->end, region->top + PG(1), "I1");
	damage(region->end, region->start, "I1");
	memset(&mm_find(A, PLACE)->on_backing, 0,
	       sizeof(mm_find(A, PLACE)->on_backing)); /* it is on no list */
	damage(region->backing, file(FILE_COPY), "I4 not on");
	/* held by nobody, in the part that no mapping shows */
	mm_nr_trim_pages = 0;
	addr_t at = map_anon(A, 0, 5, RW, 0, 0);

	page_put(at + PG(6), 1);
	expect_panic(mm_check(), "I2 page not held");
	assert_int_equal(page_take(at + PG(6), 1), 0);
	damage(region->start, region->start + 4, "I4 vma outside");
	damage(region->top, region->top + 4, "I1");
	damage(copy->is_shared, 0, "I2 private copy");
	damage(copy->is_store, 1, "I1 not its store's");
	/* a region that nobody finds any more */
	damage(mm_find(A, PLACE)->region, mm_find(A, PLACE + PG(4))->region, "I4 vma outside");
	/* what another mapping lies in is freed */
	page_put(PLACE, 1);
	expect_panic(mm_check(), "I3 granted page is free");
	assert_int_equal(page_take(PLACE, 1), 0);
	mm_check();
}

/* I7: in one mapping, and through two views. */
static void test_write_xor_execute(void **state)
{
	struct vma *vma, *view;

	(void)state;
	map_anon(A, PLACE, 1, RW, MAP_FIXED, 0);
	vma = mm_find(A, PLACE);
	damage(vma->prot, RW | PROT_EXEC, "I7");
	map_file(A, 0, 2, RW, MAP_SHARED, FILE_RAM, 0, true, 0);
	map_file(B, 0, 2, RO, MAP_SHARED, FILE_RAM, 1, true, 0);
	view = mm_lowest(B);
	view->prot = RX;
	file(FILE_RAM)->nexec++;
	B->nexec++;
	expect_panic(mm_check(), "I7");
	view->prot = RO;
	file(FILE_RAM)->nexec--;
	B->nexec--;
	mm_check();
}

/* An entry for six pages at @at instead of that of slot 0. */
static void damage_entry(struct mm *mm, addr_t at, unsigned int prot)
{
	struct cover cover = cover_find(at, at + PG(6), at);
	struct mpu_entry was = mm->image[0];

	mm->image[0] = arch_mpu_encode(0, &cover, prot, MPU_NORMAL);
	expect_panic(mm_check(), "I5");
	mm->image[0] = was;
	mm_check();
}

/* I5: an entry that outlived its mapping, or grants more. */
static void test_image(void **state)
{
	struct vma *vma;

	(void)state;
	map_anon(A, PLACE, 6, RW, MAP_FIXED, 0);
	map_file(A, PLACE, 1, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	mm_fault(A, PLACE + PG(1), ACCESS_DATA, 0);
	vma = mm_find(A, PLACE);
	damage(vma->prot, RO, "I5");
	damage_entry(A, PLACE, PROT_READ | PROT_WRITE | PROT_EXEC);
	damage_entry(A, PLACE + PG(8), PROT_READ | PROT_WRITE);
	damage(A->spans[0].last, A->spans[0].last + PG(1), "I5");
	damage(A->spans[0].start, A->spans[0].start + PG(1), "I5");
	damage(vma->flags, vma->flags & (uint8_t)~VMA_CACHED, "I5");
}

/* I5: what the table of refills knows is not what was loaded, or is no longer granted. */
static void test_known(void **state)
{
	struct known *known = mm_known;
	struct mpu_entry was;
	struct mm copy;

	(void)state;
	map_anon(A, PLACE, 6, RW, MAP_FIXED, 0);
	mm_fault(A, PLACE + PG(1), ACCESS_DATA, 0);
	while (known->changes != A->changes)
		known++;
	mm_check();
	damage(known->page, known->page + 8, "I5");
	damage(known->span.start, known->span.start + PG(1), "I5");
	damage(known->span.last, known->span.last - PG(1), "I5");
	was = known->entry;
	known->entry = arch_mpu_empty(0);
	expect_panic(mm_check(), "I5");
	known->entry = was;
	copy = *A; /* known, and not loaded */
	A->spans[0] = SPAN_NONE;
	A->image[0] = arch_mpu_empty(0);
	mm_check();
	damage(mm_find(A, PLACE)->flags, 0, "I5: what is known");
	*A = copy;
}

/* A list whose links do not lead back. */
static void test_list(void **state)
{
	struct vma *head, *next;

	(void)state;
	map_file(A, 0, 3, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	map_file(A, 0, 3, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	head = LIST_FIRST(&file(FILE_RAM)->vmas);
	next = LIST_NEXT(head, on_backing);
	damage(next->on_backing.le_prev, NULL, "I4 not on");
	damage(next->on_backing.le_prev, &next->on_backing.le_next, "I4 not on");
	damage(head->on_backing.le_next, NULL, "I4 not on");
}

/* Two neighbours in the wrong order, or of two regions at one place. */
static void test_order(void **state)
{
	struct vma *a, *b;

	(void)state;
	map_file(A, 0, 3, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	map_file(A, 0, 3, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	a = mm_lowest(A);
	b = vma_of(tree_end(&A->vmas, 1));
	damage(a->serial, b->serial, "I4 order");
	damage(a->serial, b->serial + 1, "I4 order");
}

/* Two over one region, of which one is not marked. */
static void test_layers(void **state)
{
	struct vma *a, *b;

	(void)state;
	map_file(A, 0, 3, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	map_file(A, 0, 3, RO, MAP_SHARED, FILE_RAM, 3, true, 0);
	a = mm_lowest(A);
	b = vma_behind(a);
	damage(a->flags, a->flags & (uint8_t)~VMA_LAYERED, "I4 not alone");
	damage(b->flags, b->flags & (uint8_t)~VMA_LAYERED, "I4 not alone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_vma),	  TEST(test_region), TEST(test_write_xor_execute),
		TEST(test_image), TEST(test_list),   TEST(test_order),
		TEST(test_known), TEST(test_layers),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
