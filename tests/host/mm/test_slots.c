/* SPDX-License-Identifier: MIT */
/*
 * mm/slots.c and mm/fault.c: the MPU as a cache of an address space, judged by the rules of the
 * architecture (host_mpu.h).
 */
#include <mm_test.h>

#include "../../../mm/refill.h"

static const struct {
	int prot;
	bool read, fetch;
	unsigned int granted;
} kinds[] = {
	{ PROT_NONE, false, false, 0 },	 { RO, true, false, RO },
	{ RW, true, false, RW },	 { RX, true, true, RX },
	{ PROT_WRITE, true, false, RW }, { PROT_EXEC, true, true, RX },
};

/* A refill grants what is mapped, byte for byte, and nothing on either side. */
static void test_refill(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
		for (uint32_t n = 1; n <= 9; n++)
			for (uint32_t at = 0; at < n; at++) {
				addr_t page = PLACE + PG(at);
				enum mm_verdict want = kinds[i].read ? VERDICT_REFILLED
								     : VERDICT_ACCERR;

				map_anon(A, PLACE, n, kinds[i].prot, MAP_FIXED, 0);
				assert_int_equal(mm_fault(A, page + 8, ACCESS_DATA, 0), want);
				env_check();
				assert_int_equal(mpu_grants(page), kinds[i].granted);
				assert_int_equal(mpu_grants(page + PAGE_MASK), kinds[i].granted);
				assert_int_equal(mpu_grants(PLACE - 1), 0);
				assert_int_equal(mpu_grants(PLACE + PG(n)), 0);
				/* C.22: what is loaded and yet refused is a violation */
				assert_int_equal(mm_fault(A, page, ACCESS_DATA, 0), VERDICT_ACCERR);
				mm_unmap_all(A);
				map_anon(A, PLACE, n, kinds[i].prot, MAP_FIXED, 0);
				want = kinds[i].fetch ? VERDICT_REFILLED : VERDICT_ACCERR;
				assert_int_equal(mm_fault(A, page, ACCESS_FETCH, 0), want);
				mm_unmap_all(A);
			}
	assert_int_equal(mm_fault(A, PLACE, ACCESS_DATA, 0), VERDICT_MAPERR);
	assert_int_equal(mm_fault(A, 0xe000e000, ACCESS_DATA, 0), VERDICT_MAPERR);
	assert_int_equal(mm_fault(A, 0, ACCESS_FETCH, 0), VERDICT_MAPERR);
}

/* C.23: an instruction whose second half lies in another mapping. */
static void test_fetch_over_an_edge(void **state)
{
	addr_t edge = PLACE + PG(2);

	(void)state;
	map_anon(A, PLACE, 2, RX, MAP_FIXED, 0);
	map_anon(A, edge, 2, RX, MAP_FIXED, 0);
	assert_int_equal(mm_fault(A, edge - 2, ACCESS_FETCH, 0), VERDICT_REFILLED);
	assert_int_equal(mpu_grants(edge), 0);
	assert_int_equal(mm_fault(A, edge - 2, ACCESS_FETCH, 0), VERDICT_REFILLED);
	assert_int_equal(mpu_grants(edge), RX);
	assert_int_equal(mm_fault(A, edge - 2, ACCESS_FETCH, 0), VERDICT_ACCERR);
	assert_int_equal(mm_unmap(A, edge, PG(2)), 0);
	assert_int_equal(mm_fault(A, edge - 2, ACCESS_FETCH, 0), VERDICT_MAPERR);
}

/* Where mappings coincide their union is granted, also when another comes or goes. */
static void test_union(void **state)
{
	addr_t at = map_file(A, 0, 2, RO, MAP_SHARED, FILE_RAM, 0, true, 0);

	(void)state;
	assert_int_equal(mm_fault(A, at, ACCESS_DATA, 0), VERDICT_REFILLED);
	map_file(A, 0, 1, RW, MAP_SHARED, FILE_RAM, 1, true, 0);
	assert_int_equal(mm_fault(A, at + PG(1), ACCESS_DATA, 0), VERDICT_REFILLED);
	assert_int_equal(mpu_grants(at + PG(1)), RW);
	assert_int_equal(mm_unmap(A, at + PG(1), PG(1)), 0);
	assert_int_equal(mpu_grants(at + PG(1)), 0);
	assert_int_equal(mm_fault(A, at + PG(1), ACCESS_DATA, 0), VERDICT_REFILLED);
	assert_int_equal(mpu_grants(at + PG(1)), RO);
}

/* What was loaded for one mapping stays where another grants it too, and goes with that. */
static void test_rests_on_another(void **state)
{
	addr_t at = map_file(A, 0, 2, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	struct vma *first = mm_find(A, at);

	(void)state;
	assert_int_equal(mm_fault(A, at, ACCESS_DATA, 0), VERDICT_REFILLED);
	map_file(A, 0, 2, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	mm_unmap_mapping(first);
	assert_int_equal(mpu_grants(at), RO);
	env_check();
	assert_true(vma_is_alone(mm_find(A, at)));
	assert_int_equal(mm_unmap(A, at, PG(2)), 0);
	assert_int_equal(mpu_grants(at), 0);
}

/* C.26: registers are Device memory, and never executable. */
static void test_device(void **state)
{
	addr_t at = map_file(A, 0, 1, RW, MAP_SHARED, FILE_MMIO, 1, true, 0);

	(void)state;
	assert_int_equal(at, DEVICE_AT + PG(1));
	assert_int_equal(mm_fault(A, at, ACCESS_FETCH, 0), VERDICT_ACCERR);
	assert_int_equal(mm_fault(A, at, ACCESS_DATA, 0), VERDICT_REFILLED);
	assert_int_equal(mpu_grants(at), RW);
	assert_int_equal(mpu_grants(at - 1), 0);
	assert_int_equal(mpu_look(at).memory, MEMORY_DEVICE);
	assert_false(mpu_look(at).kernel & MAY_EXEC);
}

/* In turn, with the entry of the stack pointer and the stack's own slot left alone. */
static void test_replacement(void **state)
{
	addr_t top = map_anon(A, 0, 2, RW, MAP_STACK, 0) + PG(2);
	struct mm_stack stack;
	addr_t touched[SPREAD];
	uint32_t evictions;

	(void)state;
	for (uint32_t i = 0; i < SPREAD; i++)
		touched[i] = spread(A, i, RW);
	assert_int_equal(mm_stack_find(A, top, &stack), 0);
	mm_activate(A, &stack);
	evictions = mm_evictions(A);
	for (unsigned int round = 0; round < 3; round++)
		for (uint32_t i = 0; i < SPREAD; i++) {
			addr_t at = touched[i], before = touched[i ? i - 1 : SPREAD - 1];

			assert_int_equal(mm_fault(A, at, ACCESS_DATA, top), VERDICT_REFILLED);
			assert_int_equal(mpu_grants(at), RW);
			if (round || i)
				assert_int_equal(mpu_grants(before), RW); /* progress */
			assert_int_equal(mpu_grants(top - 4), RW);
			env_check();
		}
	assert_int_equal(A->refills, 3 * SPREAD);
	assert_int_equal(mm_evictions(A) - evictions, 3 * SPREAD - MM_SLOTS);
	/* a stack pointer into another mapping: that one's entry stays */
	for (uint32_t i = 0; i < 30; i++) {
		addr_t kept = touched[0];

		if (!mpu_grants(kept))
			mm_fault(A, kept, ACCESS_DATA, 0);
		for (uint32_t k = 1; k < SPREAD; k++)
			if (!mpu_grants(touched[k]))
				mm_fault(A, touched[k], ACCESS_DATA, kept);
		assert_int_equal(mpu_grants(kept), RW);
	}
}

/* C.20: each process has its own image; what is loaded is that of who runs. */
static void test_switch(void **state)
{
	struct pmsa_span spans[8];

	(void)state;
	map_anon(A, PLACE, 1, RW, MAP_FIXED, 0);
	map_anon(B, PLACE + PG(1), 1, RO, MAP_FIXED, 0);
	mm_fault(A, PLACE, ACCESS_DATA, 0);
	mm_activate(B, NULL);
	assert_true(mm_is_active(B) && !mm_is_active(A));
	assert_int_equal(mpu_grants(PLACE), 0);
	mm_fault(B, PLACE + PG(1), ACCESS_DATA, 0);
	mm_activate(A, NULL);
	assert_int_equal(mpu_grants(PLACE), RW);
	assert_int_equal(mpu_grants(PLACE + PG(1)), 0);
	/* a change in a space that does not run */
	assert_int_equal(mm_protect(B, PLACE + PG(1), PG(1), RW), 0);
	env_check();
	mm_activate(B, NULL);
	assert_int_equal(mpu_grants(PLACE + PG(1)), 0);
	mm_activate(B, NULL);
	mm_unmap_all(B);
	mm_destroy(B);
	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++)
		assert_int_equal(mpu_slot_spans(slot, spans), 0);
	mm_init(B);
}

static void test_stack(void **state)
{
	addr_t at = map_anon(A, PLACE, 4, RW, MAP_STACK | MAP_FIXED, 0);
	addr_t plain = map_anon(A, PLACE + PG(8), 2, RW, MAP_FIXED, 0);
	struct mm_stack stack;

	(void)state;
	assert_int_equal(mm_stack_find(A, at + PG(4), &stack), 0); /* empty: one past its end */
	assert_int_equal(stack.start, at);
	assert_int_equal(stack.end, at + PG(4));
	assert_int_equal(mm_stack_find(A, at, &stack), -EFAULT); /* full */
	assert_int_equal(mm_stack_find(A, plain + 8, &stack), -EFAULT);
	assert_int_equal(mm_stack_find(A, 0, &stack), -EFAULT);
	assert_int_equal(stack.end, 0);
	mm_activate(A, &stack); /* lost: nothing */
	assert_int_equal(mpu_grants(at), 0);
	assert_int_equal(mm_stack_find(A, at + 8, &stack), 0);
	assert_true(mm_stack_holds(A, &stack));
	/* changes elsewhere leave it, changes of it do not (A.9) */
	assert_int_equal(mm_unmap(A, plain, PG(1)), 0);
	assert_true(mm_stack_holds(A, &stack));
	assert_int_equal(mm_protect(A, at, PG(1), RO), 0);
	assert_false(mm_stack_holds(A, &stack));
	assert_false(mm_stack_holds(A, &stack));
	assert_int_equal(mm_protect(A, at, PG(4), RO), 0);
	assert_int_equal(mm_stack_find(A, at + 8, &stack), -EFAULT);
	assert_int_equal(mm_protect(A, at, PG(4), RW), 0);
	assert_int_equal(mm_stack_find(A, at + 8, &stack), 0);
	/* another mapping in its place */
	map_anon(A, at, 4, RW, MAP_FIXED, 0);
	assert_false(mm_stack_holds(A, &stack));
	assert_int_equal(mm_unmap(A, at, PG(4)), 0);
	stack.changes = A->changes - 1;
	stack.end = at + PG(4);
	stack.start = at;
	assert_false(mm_stack_holds(A, &stack));
	/* another stack in its place, which goes in turn: nothing is left of it */
	map_anon(A, at, 4, RW, MAP_STACK | MAP_FIXED, 0);
	assert_int_equal(mm_stack_find(A, at + 8, &stack), 0);
	assert_int_equal(mm_unmap(A, at, PG(4)), 0);
	map_anon(A, at, 4, RW, MAP_STACK | MAP_FIXED, 0);
	assert_true(mm_stack_holds(A, &stack));
	mm_activate(A, &stack);
	assert_int_equal(mpu_grants(at), RW);
	assert_int_equal(mm_unmap(A, at, PG(4)), 0);
	assert_int_equal(mpu_grants(at), 0);
}

/* The short way: what it knows it grants as the long way does, and what is not plain it leaves alone. */
static void test_known(void **state)
{
	addr_t top = map_anon(A, 0, 2, RW, MAP_STACK, 0) + PG(2), touched[SPREAD], at, last;
	struct mm_stack stack;

	(void)state;
	for (uint32_t i = 0; i < SPREAD; i++)
		touched[i] = spread(A, i, i < SPREAD - 1 ? RW : RX);
	at = touched[0];
	last = touched[SPREAD - 1];
	assert_int_equal(mm_stack_find(A, top, &stack), 0);
	mm_activate(A, &stack);
	top -= 32;					   /* a frame is on it */
	assert_false(env_refill(at, ACCESS_DATA, top, 0)); /* nobody has told */
	for (uint32_t i = 0; i < SPREAD; i++)
		mm_fault(A, touched[i], ACCESS_DATA, top);
	assert_false(env_refill(at + PG(1), ACCESS_DATA, top, 0)); /* nothing is mapped there */
	assert_true(env_refill(at, ACCESS_DATA, top, 0));
	assert_int_equal(mpu_grants(at), RW);
	assert_int_equal(mpu_grants(at + PG(1) - 1), RW);
	assert_int_equal(mpu_grants(at + PG(1)), 0);
	assert_int_equal(mpu_grants(at - 1), 0);
	env_check();
	assert_false(env_refill(at, ACCESS_DATA, top, 0)); /* a violation */
	assert_false(env_refill(touched[1], ACCESS_FETCH, top, touched[1]));
	assert_true(env_refill(touched[1], ACCESS_DATA, top, 0));

	/* the pointer of a stack elsewhere, which must stay; a slot that is locked */
	assert_false(env_refill(touched[2], ACCESS_DATA, at, 0));
	for (uint32_t i = 2; i < SPREAD - 1; i++)
		mm_fault(A, touched[i], ACCESS_DATA, top);
	assert_true(env_refill(last, ACCESS_FETCH, top, last));
	assert_int_equal(mpu_grants(last), RX);
	env_check();

	/* another space, rights that have changed, a mapping that is gone */
	at = touched[2];
	assert_int_equal(mpu_grants(at), 0);
	mm_activate(B, NULL);
	mm_hardware.stack_end = PG(1);
	assert_false(env_refill(at, ACCESS_DATA, 0, 0));
	mm_activate(A, &stack);
	assert_true(env_refill(at, ACCESS_DATA, top, 0));
	for (uint32_t i = 3; i < SPREAD - 1; i++)
		mm_fault(A, touched[i], ACCESS_DATA, top);
	mm_fault(A, touched[0], ACCESS_DATA, top);
	mm_fault(A, touched[1], ACCESS_DATA, top);
	assert_int_equal(mm_protect(A, at, PG(1), RO), 0);
	assert_false(env_refill(at, ACCESS_DATA, top, 0));
	assert_int_equal(mm_unmap(A, last, PG(1)), 0);
	assert_false(env_refill(last, ACCESS_FETCH, top, last));
	env_check();
}

/* Push all that is loaded out of the slots. */
static void push_out(const addr_t touched[SPREAD], addr_t sp)
{
	for (uint32_t i = 0; i < SPREAD; i++)
		if (!env_refill(touched[i], ACCESS_DATA, sp, 0))
			mm_fault(A, touched[i], ACCESS_DATA, sp);
}

/* Run on a stack with a frame, beside mappings that are spread.  Returns the stack pointer. */
static addr_t run_beside(addr_t touched[SPREAD], struct mm_stack *stack)
{
	addr_t top = map_anon(A, 0, 2, RW, MAP_STACK, 0) + PG(2);

	for (uint32_t i = 0; i < SPREAD; i++)
		touched[i] = spread(A, i, RW);
	assert_int_equal(mm_stack_find(A, top, stack), 0);
	mm_activate(A, stack);
	return top - 32;
}

/* A mapping that takes several entries, and an instruction over the edge of two mappings. */
static void test_known_pieces(void **state)
{
	addr_t top, touched[SPREAD];
	addr_t text = map_anon(A, RAM_A + PG(13), 7, RX, MAP_FIXED, 0), edge = text + PG(7);
	struct mm_stack stack;
	unsigned int nknown = 0;

	(void)state;
	map_anon(A, edge, 1, RX, MAP_FIXED, 0);
	top = run_beside(touched, &stack);
	for (addr_t at = text; at <= edge; at += PAGE_SIZE) {
		mm_fault(A, at, ACCESS_FETCH, top);
		push_out(touched, top);
	}
	for (addr_t at = text; at < edge; at += PAGE_SIZE) {
		assert_int_equal(mpu_grants(at), 0);
		if (env_refill(at, ACCESS_FETCH, top, at))
			nknown++;
		else /* others had both of its places */
			mm_fault(A, at, ACCESS_FETCH, top);
		for (addr_t page = text; page < edge; page += PAGE_SIZE)
			assert_in_set(mpu_grants(page), ((LargestIntegralType[]){ 0, RX }), 2);
		assert_int_equal(mpu_grants(at), RX);
		assert_int_equal(mpu_grants(text - 1), 0);
		env_check();
		assert_false(env_refill(at, ACCESS_DATA, top, 0)); /* a violation */
		push_out(touched, top);
	}
	assert_in_range(nknown, 4, 7);
	mm_fault(A, edge, ACCESS_FETCH, top);
	push_out(touched, top);
	mm_fault(A, edge - 2, ACCESS_FETCH, top);
	assert_int_equal(mpu_grants(edge), 0);
	assert_true(env_refill(edge - 2, ACCESS_FETCH, top, edge - 2));
	assert_int_equal(mpu_grants(edge), RX);
	assert_false(env_refill(edge - 2, ACCESS_FETCH, top, edge - 2));
	env_check();
}

/* Where something is locked, all goes the long way. */
static void test_known_and_locked(void **state)
{
	addr_t top, touched[SPREAD];
	struct mm_stack stack;

	(void)state;
	top = run_beside(touched, &stack);
	push_out(touched, top);
	assert_true(env_refill(touched[0], ACCESS_DATA, top, 0));
	assert_int_equal(env_lock(A, touched[1], 1), 0);
	env_pin(A);
	push_out(touched, top);
	assert_false(env_refill(touched[0], ACCESS_DATA, top, 0));
	assert_int_equal(mpu_grants(touched[1]), RW);
	assert_int_equal(env_unlock(A, touched[1], 1), 0);
	push_out(touched, top);
	assert_true(env_refill(touched[0], ACCESS_DATA, top, 0));
}

/* The numbers of changes are used up: what was known by one is not known by the next of that name. */
static void test_numbers_begin_anew(void **state)
{
	addr_t top, touched[SPREAD];
	struct mm_stack stack;

	(void)state;
	top = run_beside(touched, &stack);
	mm_last_change = 0;
	do
		mm_change(A);
	while (A->changes < ARRAY_SIZE(procs)); /* a number that it may get again */
	push_out(touched, top);
	mm_last_change = UINT32_MAX - 1;
	mm_change(B);
	assert_int_equal(B->changes, UINT32_MAX);
	assert_true(env_refill(touched[0], ACCESS_DATA, top, 0));
	assert_false(mm_numbers_are_new);
	mm_change(B);
	assert_true(mm_numbers_are_new);
	for (unsigned int i = 0; i < ARRAY_SIZE(procs); i++)
		for (unsigned int k = 0; k < i; k++)
			assert_true(procs[i].changes && procs[i].changes != procs[k].changes);
	for (uint32_t i = 0; i < SPREAD; i++)
		assert_false(env_refill(touched[i], ACCESS_DATA, top, 0));
}

/* What a program walks over does not push out what it runs. */
static void test_what_runs_stays(void **state)
{
	addr_t text = map_anon(A, PLACE, 1, RX, MAP_FIXED, 0), touched[SPREAD];
	addr_t top = map_anon(A, 0, 2, RW, MAP_STACK, 0) + PG(2);
	struct mm_stack stack;

	(void)state;
	for (uint32_t i = 0; i < SPREAD; i++)
		touched[i] = spread(A, i, RW);
	assert_int_equal(mm_stack_find(A, top, &stack), 0);
	mm_activate(A, &stack);
	top -= 32;
	push_out(touched, top);
	mm_fault(A, text, ACCESS_FETCH, top);
	for (uint32_t i = 0; i < 3 * SPREAD; i++) {
		uint32_t refills = A->refills;

		if (!env_refill(touched[i % SPREAD], ACCESS_DATA, top, text + 8))
			mm_fault(A, touched[i % SPREAD], ACCESS_DATA, top);
		assert_int_equal(A->refills, refills + 1);
		assert_int_equal(mpu_grants(touched[i % SPREAD]), RW);
		if (i >= SPREAD) /* all is known by now */
			assert_int_equal(mpu_grants(text), RX);
		else if (!mpu_grants(text))
			mm_fault(A, text, ACCESS_FETCH, top);
		env_check();
	}
}

/* Refills until an instruction over the edge of two mappings can load words from over another. */
static unsigned int run_instruction(addr_t edge, addr_t data, addr_t sp, bool is_reversed)
{
	unsigned int nfaults = 0;

	for (; nfaults <= MM_SLOTS_FREE; nfaults++) {
		addr_t at = edge - 2, first = is_reversed ? data : data - 4;
		enum mm_access access = ACCESS_DATA;

		if (!(mpu_grants(edge - 2) & PROT_EXEC) || !(mpu_grants(edge) & PROT_EXEC))
			access = ACCESS_FETCH;
		else if (!mpu_grants(first))
			at = first;
		else if (!mpu_grants(2 * data - 4 - first))
			at = 2 * data - 4 - first;
		else
			return nfaults;
		if (!env_refill(at, access, sp, edge - 2))
			assert_int_equal(mm_fault(A, at, access, sp), VERDICT_REFILLED);
	}
	return nfaults;
}

/* C.24: whatever is loaded before, and whatever is locked, four refills are enough for any instruction. */
static void test_progress(void **state)
{
	addr_t edge = RAM_A + PG(14), data = edge + PG(2), top, touched[SPREAD];
	uint32_t random = 1;
	struct mm_stack stack;

	(void)state;
	map_anon(A, edge - PG(1), 1, RX, MAP_FIXED, 0);
	map_anon(A, edge, 1, RX, MAP_FIXED, 0);
	map_anon(A, data - PG(1), 1, RW, MAP_FIXED, 0);
	map_anon(A, data, 1, RO, MAP_FIXED, 0);
	top = map_anon(A, 0, 2, RW, MAP_STACK, 0) + PG(2);
	for (uint32_t i = 0; i < SPREAD; i++)
		touched[i] = spread(A, i, RW);
	assert_int_equal(mm_stack_find(A, top, &stack), 0);
	mm_activate(A, &stack);
	top -= 32;
	for (unsigned int i = 0; i < 5000; i++) {
		if (i == 2500)
			for (unsigned int k = 0; k < MM_SLOTS - MM_SLOTS_FREE; k++)
				assert_int_equal(env_lock(A, touched[k], 1), 0);
		for (unsigned int n = random >> 28; n > 0; n--) {
			addr_t at = random % 3 ? touched[random / 3 % SPREAD]
					       : edge - PG(1) + PG(random / 3 % 4);

			if (!mpu_grants(at) && !env_refill(at, ACCESS_DATA, top, edge - 2))
				mm_fault(A, at, ACCESS_DATA, top);
			random = random * 1664525 + 1013904223;
		}
		assert_in_range(run_instruction(edge, data, top, random >> 31), 0, MM_SLOTS_FREE);
		random = random * 1664525 + 1013904223;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refill),
		TEST(test_fetch_over_an_edge),
		TEST(test_union),
		TEST(test_rests_on_another),
		TEST(test_device),
		TEST(test_replacement),
		TEST(test_switch),
		TEST(test_stack),
		TEST(test_known),
		TEST(test_known_pieces),
		TEST(test_known_and_locked),
		TEST(test_numbers_begin_anew),
		TEST(test_what_runs_stays),
		TEST(test_progress),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
