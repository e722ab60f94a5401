/* SPDX-License-Identifier: MIT */
/*
 * Entries that are loaded never overlap: each way in which one that is wanted would meet another.
 *
 * The stand-in for the hardware (mpu.c here) panics at the first two that do.
 */
#include <mm_test.h>

static const struct pmsa_answer *look(addr_t at)
{
	static struct pmsa_answer answer;

	answer = mpu_look(at);
	return &answer;
}

static unsigned int slots_that_grant(addr_t at)
{
	unsigned int n = 0;

	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++)
		n += mpu_slot_grants(slot, at) > 0;
	return n;
}

/* A mapping that has grown while its entry was loaded. */
static void test_growth(void **state)
{
	addr_t at = map_anon(A, RAM_B + PG(1), 2, RW, MAP_FIXED, 0), moved;
	struct mm_job job = { 0 };

	(void)state;
	assert_int_equal(mm_fault(A, at, ACCESS_DATA, 0), VERDICT_REFILLED);
	assert_int_equal(mm_remap(A, at, PG(2), PG(4), 0, 0, &moved, &job), 0);
	env_finish(&job);
	assert_int_equal(moved, at);
	assert_int_equal(mm_fault(A, at + PG(3), ACCESS_DATA, 0), VERDICT_REFILLED);
	for (uint32_t page = 0; page < 4; page++) {
		assert_int_equal(mpu_grants(at + PG(page)), RW);
		assert_int_equal(slots_that_grant(at + PG(page)), 1);
	}
	assert_int_equal(mpu_grants(at + PG(4)), 0);
	env_check();
}

/* Pieces of a mapping, each with its entry, that become one again. */
static void test_merge(void **state)
{
	addr_t at = map_anon(A, PLACE, 4, RW, MAP_FIXED, 0);

	(void)state;
	assert_int_equal(mm_protect(A, at + PG(2), PG(2), RO), 0);
	assert_int_equal(mm_fault(A, at, ACCESS_DATA, 0), VERDICT_REFILLED);
	assert_int_equal(mm_fault(A, at + PG(3), ACCESS_DATA, 0), VERDICT_REFILLED);
	assert_int_equal(mm_protect(A, at + PG(2), PG(2), RW), 0);
	assert_int_equal(mm_fault(A, at + PG(2), ACCESS_DATA, 0), VERDICT_REFILLED);
	assert_int_equal(slots_that_grant(at), 1);
	assert_int_equal(slots_that_grant(at + PG(3)), 1);
	env_check();
}

/* One thread touches the stack of another, which then runs; and the other way round. */
static void test_stacks(void **state)
{
	addr_t a = map_anon(A, PLACE, 4, RW, MAP_FIXED | MAP_STACK, 0);
	addr_t b = map_anon(A, PLACE + PG(4), 4, RW, MAP_FIXED | MAP_STACK, 0);
	struct mm_stack of_a, of_b;

	(void)state;
	assert_int_equal(mm_stack_find(A, a + PG(4), &of_a), 0);
	assert_int_equal(mm_stack_find(A, b + PG(4), &of_b), 0);
	mm_activate(A, &of_a);
	assert_int_equal(mm_fault(A, b, ACCESS_DATA, a + PG(4)), VERDICT_REFILLED);
	assert_int_equal(mpu_grants(b), RW);
	mm_activate(A, &of_b);
	assert_int_equal(mpu_grants(b), RW);
	assert_int_equal(mpu_grants(a), 0);
	assert_int_equal(mm_fault(A, a, ACCESS_DATA, b + PG(4)), VERDICT_REFILLED);
	/* the same after another process has run */
	mm_activate(B, NULL);
	mm_activate(A, &of_a);
	assert_int_equal(mpu_grants(a), RW);
	assert_int_equal(mpu_grants(b), 0);
	assert_int_equal(mm_fault(A, a, ACCESS_DATA, a + PG(4)), VERDICT_ACCERR);
	env_check();
}

/* A stack that runs on a piece of a mapping that is whole again: its own entry stays as it is. */
static void test_beside_the_stack(void **state)
{
	addr_t at = map_anon(A, PLACE, 6, RW, MAP_FIXED | MAP_STACK, 0);
	struct mm_stack stack;

	(void)state;
	assert_int_equal(mm_protect(A, at, PG(2), RO), 0);
	assert_int_equal(mm_protect(A, at + PG(4), PG(2), RO), 0);
	assert_int_equal(mm_stack_find(A, at + PG(4), &stack), 0);
	assert_int_equal(stack.start, at + PG(2));
	assert_int_equal(mm_protect(A, at, PG(6), RW), 0);
	/* learnt as a whole while another stack is in use */
	mm_activate(A, NULL);
	assert_int_equal(mm_fault(A, at, ACCESS_DATA, 0), VERDICT_REFILLED);
	assert_true(mm_stack_holds(A, &stack));
	mm_activate(A, &stack);
	assert_int_equal(mpu_grants(at + PG(3)), RW);
	for (unsigned int round = 0; round < 2; round++) {
		enum mm_verdict want = round ? VERDICT_ACCERR : VERDICT_REFILLED;

		assert_int_equal(mm_fault(A, at + PG(5), ACCESS_DATA, at + PG(4)), want);
		assert_int_equal(mm_fault(A, at + PG(1), ACCESS_DATA, at + PG(4)), want);
		assert_int_equal(mm_fault(A, at + PG(3), ACCESS_DATA, at + PG(4)), VERDICT_ACCERR);
		for (uint32_t page = 0; page < 6; page++)
			assert_int_equal(slots_that_grant(at + PG(page)), 1);
		env_check();
	}
}

/* What mlock has pinned and a stack has taken away comes back pinned. */
static void test_pinned_again(void **state)
{
	addr_t a = map_anon(A, PLACE, 2, RW, MAP_FIXED | MAP_STACK, 0);
	addr_t b = map_anon(A, PLACE + PG(2), 2, RW, MAP_FIXED | MAP_STACK, 0);
	struct mm_stack of_a, of_b;

	(void)state;
	assert_int_equal(mm_stack_find(A, a + PG(2), &of_a), 0);
	assert_int_equal(mm_stack_find(A, b + PG(2), &of_b), 0);
	mm_activate(A, &of_a);
	assert_int_equal(env_lock(A, b, PG(2)), 0);
	env_pin(A);
	assert_int_equal(__builtin_popcount(A->locked), 1);
	mm_activate(A, &of_b);
	assert_int_equal(A->locked, 0);
	mm_activate(A, &of_a);
	assert_int_equal(mm_fault(A, b, ACCESS_DATA, a + PG(2)), VERDICT_REFILLED);
	assert_int_equal(__builtin_popcount(A->locked), 1);
	assert_int_equal(env_unlock(A, b, PG(2)), 0);
	assert_int_equal(A->locked, 0);
}

/* But never so many that an instruction lacks the slots it needs. */
static void test_pins_leave_room(void **state)
{
	addr_t at = map_anon(A, PLACE, MPU_SLOTS + 2, RW, MAP_FIXED, 0);

	(void)state;
	assert_int_equal(env_lock(A, at, PG(MPU_SLOTS + 2)), 0);
	for (uint32_t page = 0; page < MPU_SLOTS + 2; page += 2) /* more pieces than slots */
		assert_int_equal(mm_protect(A, at + PG(page), PG(1), RO), 0);
	for (unsigned int round = 0; round < 3; round++)
		for (uint32_t page = 0; page < MPU_SLOTS + 2; page++) {
			mm_fault(A, at + PG(page), ACCESS_DATA, 0);
			assert_true(mpu_grants(at + PG(page)) != 0);
			if (round > 0)
				assert_in_range(__builtin_popcount(A->locked), 0, MM_SLOTS - 4);
			env_check();
		}
}

/* The kernel may not write to what programs only read, until the entry has given way. */
static void test_give_way(void **state)
{
	addr_t ro = map_file(A, 0, 2, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	addr_t a = map_anon(A, PLACE, 2, RW, MAP_FIXED | MAP_STACK, 0);
	struct mm_stack stack;

	(void)state;
	assert_int_equal(mm_stack_find(A, a + PG(2), &stack), 0);
	mm_activate(A, &stack);
	assert_true(look(ro)->kernel & MAY_WRITE);
	assert_int_equal(mm_fault(A, ro, ACCESS_DATA, a + PG(2)), VERDICT_REFILLED);
	assert_int_equal(look(ro)->kernel, MAY_READ);
	assert_true(mm_give_way(ro + PG(1)));
	assert_true(look(ro)->kernel & MAY_WRITE);
	assert_int_equal(mpu_grants(ro), 0);
	assert_false(mm_give_way(ro)); /* nothing is in the way */
	assert_false(mm_give_way(a));  /* the stack that runs stays */
	assert_int_equal(mm_fault(A, ro, ACCESS_DATA, a + PG(2)), VERDICT_REFILLED);
	assert_int_equal(mpu_grants(ro), RO);
	mm_activate(B, NULL);
	assert_false(mm_give_way(ro)); /* not in the hardware */
	env_check();
}

/* The kernel's own entries: nothing for programs, code is not written, data not executed. */
static void test_kernel(void **state)
{
	(void)state;
	assert_int_equal(look(FLASH_AT - 1)->program, 0);
	assert_int_equal(look(FLASH_AT - 1)->kernel, MAY_READ | MAY_EXEC);
	assert_int_equal(look(RAM_A - 1)->program, 0);
	assert_int_equal(look(RAM_A - 1)->kernel, MAY_READ | MAY_WRITE);
	assert_int_equal(look(RAM_A)->region, -1);
	assert_int_equal(look(FLASH_AT)->region, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_growth),	     TEST(test_merge),	      TEST(test_stacks),
		TEST(test_beside_the_stack), TEST(test_pinned_again), TEST(test_pins_leave_room),
		TEST(test_give_way),	     TEST(test_kernel),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
