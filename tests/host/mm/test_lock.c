/* SPDX-License-Identifier: MIT */
/* mm/lock.c and mm/advice.c: mlock keeps entries loaded; msync; madvise. */
#include <mm_test.h>

static int sync(addr_t start, size_t len, int flags)
{
	struct mm_job job = { 0 };
	int err = mm_sync(A, start, len, flags, &job);

	return env_look(&job, err);
}

static int advise(addr_t start, size_t len, int advice, struct mm_job *job)
{
	int err = mm_advise(A, start, len, advice, job);

	return env_look(job, err);
}

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
		assert_unchanged(sync(rows[i].start, rows[i].len, MS_SYNC), rows[i].err);
		assert_unchanged(advise(rows[i].start, rows[i].len, MADV_NORMAL, &job),
				 rows[i].err);
		if (rows[i].err == -EINVAL) /* only the others ask for whole pages */
			continue;
		assert_unchanged(env_unlock(A, rows[i].start, rows[i].len), rows[i].err);
		if (rows[i].err)
			assert_unchanged(env_lock(A, rows[i].start, rows[i].len), rows[i].err);
		else
			assert_int_equal(env_lock(A, rows[i].start, rows[i].len), 0);
	}
	assert_int_equal(sync(PLACE, 1, 8), -EINVAL);
	assert_int_equal(sync(PLACE, 1, MS_SYNC | MS_ASYNC), -EINVAL);
	assert_int_equal(sync(PLACE, 1, MS_SYNC | MS_INVALIDATE), 0);
	assert_int_equal(advise(PLACE, 1, -1, &job), -EINVAL);
	assert_int_equal(advise(PLACE, 1, 5, &job), -EINVAL);
	assert_int_equal(env_lock_all(A, 0), -EINVAL);
	assert_int_equal(env_lock_all(A, 4), -EINVAL);
	assert_int_equal(env_lock_all(A, 5), -EINVAL);
}

/* Bytes are locked with the pages that they lie in. */
static void test_within_pages(void **state)
{
	(void)state;
	map_anon(A, PLACE, 1, RW, MAP_FIXED, 0);
	map_anon(A, PLACE + PG(1), 1, RO, MAP_FIXED, 0);
	assert_int_equal(env_lock(A, PLACE + 4, 4), 0);
	assert_int_equal(A->nlocked, 1);
	assert_int_equal(env_lock(A, PLACE + PG(1) - 1, 2), 0);
	assert_int_equal(A->nlocked, 2);
	assert_int_equal(env_unlock(A, PLACE + PG(2) - 1, 1), 0);
	assert_int_equal(A->nlocked, 1);
	assert_unchanged(env_lock(A, PLACE + PG(1) + 1, PG(1)), -ENOMEM);
	assert_unchanged(env_lock(A, PLACE + 2, UINT32_MAX), -ENOMEM);
	assert_unchanged(env_unlock(A, PLACE + 2, UINT32_MAX - 1), -ENOMEM);
	env_unlock_all(A);
}

static void test_dontneed(void **state)
{
	struct mm_job job;
	addr_t copy;

	(void)state;
	map_anon(A, PLACE, 3, RW, MAP_FIXED, 0);
	memset(addr_ptr(PLACE), 0x66, PG(3));
	assert_int_equal(advise(PLACE + PG(1), PG(1) - 5, MADV_DONTNEED, &job), 0);
	assert_int_equal(env_finish(&job), 0);
	for (uint32_t i = 0; i < PG(3); i++)
		assert_int_equal(byte_at(PLACE + i), i / PG(1) == 1 ? 0 : 0x66);
	/* not what is no anonymous memory */
	copy = map_file(A, PLACE + PG(3), 1, RW, MAP_PRIVATE, FILE_TEXT, 0, false, 0);
	assert_int_equal(advise(PLACE + PG(2), PG(2), MADV_DONTNEED, &job), 0);
	assert_int_equal(env_finish(&job), 0);
	assert_int_equal(byte_at(PLACE + PG(2)), 0); /* but what lies beside it */
	assert_int_equal(byte_at(copy + 1), file_byte(FILE_TEXT, 1));
	map_file(A, 0, 1, RW, MAP_SHARED, FILE_RAM, 0, true, 0);
	assert_int_equal(advise(file(FILE_RAM)->store.start, PG(1), MADV_DONTNEED, &job), 0);
	assert_int_equal(env_finish(&job), 0);
	assert_int_equal(byte_at(file(FILE_RAM)->store.start + 1), file_byte(FILE_RAM, 1));
}

/* Lock so many of the last that of the rest as many are left as of seven slots. */
static void lock_most(const addr_t *page)
{
	for (uint32_t i = 8; i < 8 + MM_SLOTS - 7; i++)
		assert_int_equal(env_lock(A, page[i], 8), 0);
}

/* What is locked never faults for a refill, whatever else is touched. */
static void test_residence(void **state)
{
	addr_t page[SPREAD];

	(void)state;
	for (uint32_t i = 0; i < SPREAD; i++)
		page[i] = spread(A, i, i == 5 ? RX : RW);
	lock_most(page);
	assert_int_equal(env_lock(A, page[0], 8), 0);
	assert_int_equal(env_lock(A, page[2], 8), 0);
	env_pin(A);
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
	assert_int_equal(env_lock(A, page[4], 8), 0);
	assert_unchanged(env_lock(A, page[6], 8), -EAGAIN);
	assert_unchanged(env_lock_all(A, MCL_CURRENT), -EAGAIN);
	assert_int_equal(A->nlocked, MM_SLOTS - 7 + 3);
	assert_int_equal(env_lock(A, page[4], 8), 0); /* once more is no more */
	assert_int_equal(env_unlock(A, page[0], 8), 0);
	assert_int_equal(env_lock(A, page[6], 8), 0);
	env_pin(A);
	/* a change drops entries; they are pinned again */
	assert_int_equal(mm_protect(A, page[2], PG(1), RO), 0);
	env_pin(A);
	assert_int_equal(mpu_grants(page[2]), RO);
	assert_int_equal(mm_unmap(A, page[2], PG(1)), 0);
	env_pin(A);
	assert_int_equal(A->nlocked, MM_SLOTS - 7 + 2);
	env_unlock_all(A);
	assert_int_equal(A->nlocked | A->locked, 0);
	env_pin(A);
}

/* Slots that stay free, found by looking at every mapping. */
static unsigned int left_free(void)
{
	bool data = false, fetch = false;
	struct vma *vma;

	MM_FOREACH(vma, A)
	if (!(vma->flags & VMA_LOCKED)) {
		data = true;
		fetch |= (vma->prot & PROT_EXEC) != 0;
	}
	return (data ? MM_DATA_SLOTS : 0) + (fetch ? MM_FETCH_SLOTS : 0);
}

static unsigned int npinned(void)
{
	return (unsigned int)__builtin_popcount(A->locked);
}

static bool is_pinned(addr_t at)
{
	for (unsigned int slot = 0; slot < MM_SLOTS; slot++)
		if ((A->locked & (1u << slot)) && A->spans[slot].start <= at &&
		    at <= A->spans[slot].last)
			return true;
	return false;
}

/* Is all that is locked pinned?  If not, no slot is left for more; and only what is locked is. */
static bool check_pins(void)
{
	bool all = true;
	struct vma *vma;

	assert_true(npinned() + left_free() <= MM_SLOTS);
	MM_FOREACH(vma, A)
	for (addr_t at = vma->start; at < vma->end; at += PAGE_SIZE)
		if (vma->flags & VMA_LOCKED)
			all &= !vma->prot || is_pinned(at);
		else if (vma_is_alone(vma))
			assert_false(is_pinned(at));
	assert_true(all || npinned() + (A->overflows ? MM_SLOTS_FREE : left_free()) == MM_SLOTS);
	env_check();
	return all;
}

/* A hole in what is locked may take more entries than may be locked; then as many are as may be. */
static void test_hole_in_locked(void **state)
{
	(void)state;
	map_anon(A, RAM_B + PG(8), MM_SLOTS + 1, RW, MAP_FIXED, 0);
	map_anon(A, RAM_B + PG(2), 1, RX, MAP_FIXED, 0);
	assert_int_equal(env_lock(A, RAM_B + PG(8), PG(MM_SLOTS + 1)), 0);
	for (uint32_t i = 0; i < MM_SLOTS + 1; i += 2)
		assert_int_equal(mm_protect(A, RAM_B + PG(8 + i), PG(1), RO), 0);
	env_pin(A);
	assert_false(check_pins());
	assert_int_equal(env_unlock(A, RAM_B + PG(8), PG(5)), 0); /* makes way for the others */
	env_pin(A);
	assert_int_equal(env_unlock(A, RAM_B + PG(13), PG(1)), 0);
	env_pin(A);
	assert_true(check_pins());
}

/* All is locked, and is more than there are slots: an instruction that needs any four pages gets them. */
static void test_progress(void **state)
{
	addr_t at = RAM_A + PG(8);
	uint32_t npages = MM_SLOTS + 6;

	(void)state;
	map_anon(A, at, npages, RW, MAP_FIXED, 0);
	assert_int_equal(env_lock_all(A, MCL_CURRENT), 0);
	for (uint32_t i = 0; i < npages; i += 2)
		assert_int_equal(mm_protect(A, at + PG(i), PG(1), RO), 0);
	env_pin(A);
	for (uint32_t first = 0; first < npages; first++) {
		unsigned int ngranted = 0;

		for (unsigned int i = 0; i < 64 && ngranted < 4; i++) {
			addr_t page = at + PG((first + i % 4 * 3) % npages);

			ngranted = mpu_grants(page) ? ngranted + 1 : 0;
			if (!ngranted)
				mm_fault(A, page, ACCESS_DATA, 0);
		}
		assert_int_equal(ngranted, 4);
	}
}

/* What is not locked comes: slots are left for it, and pinned again when it goes. */
static void test_all_locked(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < MM_SLOTS; i++)
		spread(A, i, RW);
	assert_int_equal(env_lock_all(A, MCL_CURRENT), 0);
	env_pin(A);
	assert_int_equal(npinned(), MM_SLOTS);
	assert_true(check_pins());
	map_anon(A, RAM_A + PG(20), 1, RX, MAP_FIXED, 0);
	assert_in_range(env_pin(A), MM_SLOTS - 4, MM_SLOTS - 3);
	assert_false(check_pins());
	assert_int_equal(env_pin(A), 0); /* and nothing is looked at meanwhile */
	assert_int_equal(mm_unmap(A, RAM_A + PG(20), PG(1)), 0);
	env_pin(A);
	assert_int_equal(npinned(), MM_SLOTS);
	assert_true(check_pins());
}

/* A change is followed by steps for what it has touched, however many others are mapped or locked. */
static void test_few_steps(void **state)
{
	addr_t page[SPREAD];
	unsigned int nsteps;

	(void)state;
	for (uint32_t i = 0; i < SPREAD; i++)
		page[i] = spread(A, i, RW);
	assert_int_equal(env_lock(A, page[1], 1), 0);
	assert_int_equal(env_lock(A, page[6], 1), 0);
	assert_int_equal(mm_protect(A, page[6], 1, RO), 0);
	nsteps = env_pin(A);
	assert_in_range(nsteps, 1, 2);
	assert_int_equal(mm_unmap(A, page[3], 1), 0);
	assert_int_equal(env_pin(A), 0);
	assert_int_equal(mm_unmap(A, page[6], 1), 0);
	assert_in_range(env_pin(A), 0, 1);
	assert_true(check_pins());
}

/* The heap grows: what was pinned of it takes no second slot. */
static void test_locked_grows(void **state)
{
	(void)state;
	map_anon(A, RAM_B + PG(8), 1, RW, MAP_FIXED, 0);
	assert_int_equal(env_lock(A, RAM_B + PG(8), 1), 0);
	for (uint32_t n = 2; n <= 8; n++) {
		struct mm_job job;
		addr_t at;

		assert_int_equal(mm_remap(A, RAM_B + PG(8), PG(n - 1), PG(n), 0, 0, &at, &job), 0);
		assert_int_equal(env_finish(&job), 0);
		env_pin(A);
		assert_true(check_pins());
		assert_int_equal(npinned(), 1);
	}
	assert_int_equal(mm_unmap(A, RAM_B + PG(8), PG(8)), 0);
	assert_int_equal(A->locked | A->nlocked, 0);
}

/* Another layer over the same goes, and what is not locked keeps no slot. */
static void test_locked_layer(void **state)
{
	addr_t at = map_file(A, 0, 3, RO, MAP_SHARED, FILE_RAM, 0, true, 0);

	(void)state;
	assert_int_equal(env_lock(A, at, 1), 0);
	map_file(A, 0, 3, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	map_anon(A, PLACE, 1, RW, MAP_FIXED, 0);
	assert_int_equal(env_lock(A, PLACE, 1), 0);
	assert_int_equal(mm_unmap(A, at, PG(3)), 0);
	env_pin(A);
	assert_true(is_pinned(at)); /* the older one is locked */
	map_file(A, 0, 3, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	assert_int_equal(env_unlock(A, at, 1), 0);
	assert_int_equal(env_lock(A, at + PG(2), 1), 0); /* both */
	assert_int_equal(mm_unmap(A, at, PG(3)), 0);
	env_pin(A);
	assert_true(is_pinned(at));
	assert_int_equal(mm_unmap(A, at, PG(3)), 0);
	env_pin(A);
	assert_true(check_pins());
	assert_int_equal(npinned(), 1);
}

/* What one page of a file is cut off by another process between two steps; never: at -1. */
static int in_steps(addr_t start, size_t len, enum mm_job_kind kind, int cut_at)
{
	struct mm_job job = { 0 };
	long result = mm_look_begin(A, start, len, kind, &job);
	int nsteps = 0;

	for (; !mm_job_is_done(&job); nsteps++) {
		if (nsteps == cut_at) {
			assert_int_equal(store_shrink(file(FILE_RAM), PG(1)), 0);
			file(FILE_RAM)->size = PG(1);
			env_check();
		}
		job.result = &result;
		mm_job_step(&job);
		env_check();
	}
	env_pin(A);
	check_pins();
	return cut_at < nsteps ? (int)result : 1; /* 1: it was done before */
}

static unsigned int nlocked(addr_t start, addr_t end)
{
	unsigned int n = 0;
	struct vma *vma;

	for (vma = mm_first(A, start, end); vma; vma = mm_next(vma, start, end))
		n += (vma->flags & VMA_LOCKED) != 0;
	return n;
}

/* A step looks at one mapping; what another process does between two is met, or comes behind it. */
static void test_steps(void **state)
{
	static const enum mm_job_kind kinds[] = { JOB_LOOK, JOB_LOCK, JOB_UNLOCK };
	int err, first_good;

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++) {
		first_good = err = -1;
		for (int cut_at = 0; err != 1; cut_at++) {
			map_anon(A, PLACE, 2, RW, MAP_FIXED, 0);
			map_file(A, PLACE + PG(2), 3, RW, MAP_PRIVATE | MAP_FIXED, FILE_RAM, 0,
				 true, 0);
			map_anon(A, PLACE + PG(5), 2, RO, MAP_FIXED, 0);
			if (kinds[i] == JOB_UNLOCK)
				assert_int_equal(env_lock(A, PLACE, PG(7)), 0);
			err = in_steps(PLACE, PG(7), kinds[i], cut_at);
			if (err == 0 && first_good < 0)
				first_good = cut_at;
			assert_true(err == -ENOMEM ? first_good < 0 : err >= 0);
			/* all of them or none */
			if (kinds[i] != JOB_LOOK)
				assert_int_equal(nlocked(PLACE, PLACE + PG(7)),
						 (kinds[i] == JOB_LOCK) == (err >= 0) ? 3 : 0);
			env_unlock_all(A);
			mm_unmap_all(A);
			assert_int_equal(env_store_grow(file(FILE_RAM), 6), 0);
			file(FILE_RAM)->size = PG(6);
		}
		assert_true(first_good > 0 && first_good <= 3);
	}
}

static uint32_t random_state;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % n;
}

/* How many slots all that is locked takes. */
static unsigned int count_locked(void)
{
	unsigned int n = 0;
	struct vma *vma;

	MM_FOREACH(vma, A)
	for (addr_t at = vma->start; (vma->flags & VMA_LOCKED) && at < vma->end;) {
		addr_t start, end;
		int rights = mm_rights(A, at, &start, &end);
		struct cover cover = cover_find(start, end, at);

		n += rights > 0;
		at = MIN(cover_block(&cover).last + 1, end);
	}
	return n;
}

static void map(addr_t at, size_t len, int prot)
{
	struct map_request request = { .addr = at,
				       .len = len,
				       .prot = prot,
				       .flags = MAP_PRIVATE | MAP_ANONYMOUS |
						(random_below(2) ? MAP_FIXED : 0) };

	env_map(A, &request, &at);
}

/* @all: all that is locked is pinned.  Then it is known what the call comes to. */
static void lock(addr_t at, size_t len, bool all)
{
	int err = env_lock(A, at, len);
	struct vma *vma;

	if (!all || err == -ENOMEM)
		return;
	if (!err) {
		assert_true(check_pins());
		return;
	}
	for (vma = mm_first(A, at, at + len); vma; vma = mm_next(vma, at, at + len))
		vma_set_locked(vma, true);
	assert_true(count_locked() + left_free() > MM_SLOTS);
}

/* Any calls in any order: what is locked is pinned, and refused only where it would be too much. */
static void test_any_order(void **state)
{
	static const int prots[] = { PROT_NONE, RO, RW, RX };
	unsigned int nall = 0;
	bool all = true;

	(void)state;
	for (unsigned int i = 0; i < 20000; i++) {
		addr_t at = PLACE + PG(random_below(24));
		size_t len = PG(1 + random_below(6));
		int prot = prots[random_below(4)];

		switch (random_below(8)) {
		case 0:
		case 1:
			map(at, len, prot);
			break;
		case 2:
			mm_unmap(A, at, len);
			break;
		case 3:
			mm_protect(A, at, len, prot);
			break;
		case 4:
			mm_fault(A, at, ACCESS_DATA, 0);
			break;
		case 5:
			env_unlock(A, at, len);
			break;
		case 6:
			if (random_below(40) == 0)
				mm_unmap_all(A);
			else if (random_below(20) == 0)
				map_file(A, 0, 6, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
			break;
		default:
			lock(at, len, all);
			break;
		}
		env_pin(A);
		all = check_pins();
		if (all)
			assert_in_range(npinned(), 0, count_locked());
		nall += all;
	}
	assert_in_range(nall, 10000, 19999); /* both are tried */
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
	assert_int_equal(env_lock_all(A, MCL_CURRENT | MCL_FUTURE), 0);
	assert_int_equal(A->locked, 0);
	assert_true(mm_is_stack(A, at));
	assert_false(mm_is_stack(B, at));
	assert_true(A->lock_future);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_errors),	 TEST(test_within_pages),   TEST(test_dontneed),
		TEST(test_residence),	 TEST(test_hole_in_locked), TEST(test_locked_stack),
		TEST(test_all_locked),	 TEST(test_few_steps),	    TEST(test_locked_grows),
		TEST(test_locked_layer), TEST(test_steps),	    TEST(test_progress),
		TEST(test_any_order),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
