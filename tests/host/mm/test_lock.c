/* SPDX-License-Identifier: MIT */
/* mm/lock.c and mm/advice.c: mlock keeps entries loaded; msync; madvise. */
#include <mm_test.h>

static void test_errors(void **state)
{
	static const struct {
		addr_t start;
		size_t len;
		int err;
	} rows[] = {
		{ PLACE, PG(3), -ENOMEM },
		{ PLACE - PG(1), PG(2), -ENOMEM },
		{ PLACE, 0xfffffff0, -ENOMEM },
		{ PLACE + 4, PG(1), -EINVAL },
		{ PLACE, 0, 0 },
		{ PLACE + PG(9), 0, 0 },
		{ PLACE, PG(2), 0 },
	};
	struct mm_job job;

	(void)state;
	map_anon(A, PLACE, 2, RW, MAP_FIXED, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_unchanged(mm_sync(A, rows[i].start, rows[i].len, MS_SYNC), rows[i].err);
		assert_unchanged(mm_advise(A, rows[i].start, rows[i].len, MADV_NORMAL, &job),
				 rows[i].err);
		if (rows[i].err == -EINVAL) /* only the others ask for whole pages */
			continue;
		assert_unchanged(mm_unlock(A, rows[i].start, rows[i].len), rows[i].err);
		if (rows[i].err)
			assert_unchanged(mm_lock(A, rows[i].start, rows[i].len), rows[i].err);
		else
			assert_int_equal(mm_lock(A, rows[i].start, rows[i].len), 0);
	}
	assert_int_equal(mm_sync(A, PLACE, 1, 8), -EINVAL);
	assert_int_equal(mm_sync(A, PLACE, 1, MS_SYNC | MS_ASYNC), -EINVAL);
	assert_int_equal(mm_sync(A, PLACE, 1, MS_SYNC | MS_INVALIDATE), 0);
	assert_int_equal(mm_advise(A, PLACE, 1, -1, &job), -EINVAL);
	assert_int_equal(mm_advise(A, PLACE, 1, 5, &job), -EINVAL);
	assert_int_equal(mm_lock_all(A, 0), -EINVAL);
	assert_int_equal(mm_lock_all(A, 4), -EINVAL);
	assert_int_equal(mm_lock_all(A, 5), -EINVAL);
}

/* Bytes are locked with the pages that they lie in. */
static void test_within_pages(void **state)
{
	(void)state;
	map_anon(A, PLACE, 1, RW, MAP_FIXED, 0);
	map_anon(A, PLACE + PG(1), 1, RO, MAP_FIXED, 0);
	assert_int_equal(mm_lock(A, PLACE + 4, 4), 0);
	assert_int_equal(A->nlocked, 1);
	assert_int_equal(mm_lock(A, PLACE + PG(1) - 1, 2), 0);
	assert_int_equal(A->nlocked, 2);
	assert_int_equal(mm_unlock(A, PLACE + PG(2) - 1, 1), 0);
	assert_int_equal(A->nlocked, 1);
	assert_unchanged(mm_lock(A, PLACE + PG(1) + 1, PG(1)), -ENOMEM);
	assert_unchanged(mm_lock(A, PLACE + 2, UINT32_MAX), -ENOMEM);
	assert_unchanged(mm_unlock(A, PLACE + 2, UINT32_MAX - 1), -ENOMEM);
	assert_int_equal(mm_unlock_all(A), 0);
}

static void test_dontneed(void **state)
{
	struct mm_job job;
	addr_t copy;

	(void)state;
	map_anon(A, PLACE, 3, RW, MAP_FIXED, 0);
	memset(addr_ptr(PLACE), 0x66, PG(3));
	assert_int_equal(mm_advise(A, PLACE + PG(1), PG(1) - 5, MADV_DONTNEED, &job), 0);
	env_finish(&job);
	for (uint32_t i = 0; i < PG(3); i++)
		assert_int_equal(byte_at(PLACE + i), i / PG(1) == 1 ? 0 : 0x66);
	/* not what is no anonymous memory */
	copy = map_file(A, PLACE + PG(3), 1, RW, MAP_PRIVATE, FILE_TEXT, 0, false, 0);
	assert_int_equal(mm_advise(A, PLACE + PG(2), PG(2), MADV_DONTNEED, &job), 0);
	env_finish(&job);
	assert_int_equal(byte_at(PLACE + PG(2)), 0); /* but what lies beside it */
	assert_int_equal(byte_at(copy + 1), file_byte(FILE_TEXT, 1));
	map_file(A, 0, 1, RW, MAP_SHARED, FILE_RAM, 0, true, 0);
	assert_int_equal(mm_advise(A, file(FILE_RAM)->store.start, PG(1), MADV_DONTNEED, &job), 0);
	env_finish(&job);
	assert_int_equal(byte_at(file(FILE_RAM)->store.start + 1), file_byte(FILE_RAM, 1));
}

/* Lock so many of the last that of the rest as many are left as of seven slots. */
static void lock_most(const addr_t *page)
{
	for (uint32_t i = 8; i < 8 + MM_SLOTS - 7; i++)
		assert_int_equal(mm_lock(A, page[i], 8), 0);
}

/* What is locked never faults for a refill, whatever else is touched. */
static void test_residence(void **state)
{
	addr_t page[SPREAD];

	(void)state;
	for (uint32_t i = 0; i < SPREAD; i++)
		page[i] = spread(A, i, i == 5 ? RX : RW);
	lock_most(page);
	assert_int_equal(mm_lock(A, page[0], 8), 0);
	assert_int_equal(mm_lock(A, page[2], 8), 0);
	mm_pin_locked(A);
	assert_int_equal(A->nlocked, MM_SLOTS - 7 + 2);
	for (unsigned int round = 0; round < 3; round++)
		for (uint32_t i = 0; i < SPREAD; i++) {
			if (!mpu_grants(page[i]))
				mm_fault(A, page[i], ACCESS_DATA, 0);
			assert_int_equal(mpu_grants(page[0]), RW);
			assert_int_equal(mpu_grants(page[2]), RW);
			env_check();
		}
	/* four entries stay for an instruction and its data */
	assert_int_equal(mm_lock(A, page[4], 8), 0);
	assert_unchanged(mm_lock(A, page[6], 8), -EAGAIN);
	assert_unchanged(mm_lock_all(A, MCL_CURRENT), -EAGAIN);
	assert_int_equal(A->nlocked, MM_SLOTS - 7 + 3);
	assert_int_equal(mm_lock(A, page[4], 8), 0); /* once more is no more */
	assert_int_equal(mm_unlock(A, page[0], 8), 0);
	assert_int_equal(mm_lock(A, page[6], 8), 0);
	mm_pin_locked(A);
	/* a change drops entries; they are pinned again */
	assert_int_equal(mm_protect(A, page[2], PG(1), RO), 0);
	mm_pin_locked(A);
	assert_int_equal(mpu_grants(page[2]), RO);
	assert_int_equal(mm_unmap(A, page[2], PG(1)), 0);
	mm_pin_locked(A);
	assert_int_equal(A->nlocked, MM_SLOTS - 7 + 2);
	assert_int_equal(mm_unlock_all(A), 0);
	assert_int_equal(A->nlocked | A->locked, 0);
	mm_pin_locked(A);
}

/* A hole in what is locked may take more entries than may be locked; then none is. */
static void test_hole_in_locked(void **state)
{
	(void)state;
	map_anon(A, RAM_B + PG(8), MM_SLOTS + 1, RW, MAP_FIXED, 0);
	map_anon(A, RAM_B + PG(2), 1, RX, MAP_FIXED, 0);
	assert_int_equal(mm_lock(A, RAM_B + PG(8), PG(MM_SLOTS + 1)), 0);
	for (uint32_t i = 0; i < MM_SLOTS + 1; i += 2)
		assert_int_equal(mm_protect(A, RAM_B + PG(8 + i), PG(1), RO), 0);
	mm_pin_locked(A);
	assert_int_equal(A->locked, 0);
	env_check();
}

/* The stack that runs is loaded anyway, and takes no slot. */
static void test_locked_stack(void **state)
{
	addr_t at = map_anon(A, 0, 2, RW, MAP_STACK, 0);
	struct mm_stack stack;

	(void)state;
	assert_int_equal(mm_stack_find(A, at + PG(1), &stack), 0);
	mm_activate(A, &stack);
	map_anon(A, PLACE, 1, PROT_NONE, MAP_FIXED, 0);
	assert_int_equal(mm_lock_all(A, MCL_CURRENT | MCL_FUTURE), 0);
	assert_int_equal(A->locked, 0);
	assert_true(mm_is_stack(A, at));
	assert_false(mm_is_stack(B, at));
	assert_true(A->lock_future);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_errors),    TEST(test_within_pages),	 TEST(test_dontneed),
		TEST(test_residence), TEST(test_hole_in_locked), TEST(test_locked_stack),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
