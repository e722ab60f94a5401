/* SPDX-License-Identifier: MIT */
/* mm/protect.c: page-exact, on all layers, merging only what was one; its errors change nothing. */
#include <mm_test.h>
#include <stdio.h>

/* Of six pages, read and written: one call after another. */
static void test_ranges(void **state)
{
	static const struct {
		int from, to, prot;
		const char *maps;
	} rows[] = {
		{ 0, 6, RO, "0-6 r--p" },
		{ 2, 4, RW, "0-2 r--p, 2-4 rw-p, 4-6 r--p" },
		{ 2, 4, RO, "0-6 r--p" },
		{ 0, 1, PROT_NONE, "0-1 ---p, 1-6 r--p" },
		{ 5, 6, PROT_EXEC, "0-1 ---p, 1-5 r--p, 5-6 r-xp" },
		{ 1, 5, PROT_NONE, "0-5 ---p, 5-6 r-xp" },
		{ 3, 3, RW, "0-5 ---p, 5-6 r-xp" }, /* no length: nothing */
		{ 4, 6, PROT_WRITE, "0-4 ---p, 4-6 rw-p" },
		{ 0, 6, RW, "0-6 rw-p" },
		{ 1, 2, RO, "0-1 rw-p, 1-2 r--p, 2-6 rw-p" },
		{ 4, 5, RO, "0-1 rw-p, 1-2 r--p, 2-4 rw-p, 4-5 r--p, 5-6 rw-p" },
		{ 1, 5, RX, "0-1 rw-p, 1-5 r-xp, 5-6 rw-p" },
		{ 0, 6, RW, "0-6 rw-p" },
	};

	(void)state;
	map_anon(A, PLACE, 6, RW, MAP_FIXED, 0);
	memset(addr_ptr(PLACE), 0x42, PG(6));
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		addr_t from = PLACE + PG(rows[i].from), to = PLACE + PG(rows[i].to);

		for (addr_t at = PLACE; at < PLACE + PG(6); at += PAGE_SIZE)
			mm_fault(A, at, ACCESS_DATA, 0);
		assert_int_equal(mm_protect(A, from, to - from - (to > from), rows[i].prot), 0);
		assert_maps(A, PLACE, rows[i].maps);
		env_check(); /* with the hardware */
	}
	assert_int_equal(A->nvmas, 1);
	assert_int_equal(byte_at(PLACE + PG(3)), 0x42);
}

/* Neighbours that are no pieces of one mapping stay two. */
static void test_no_merge_of_strangers(void **state)
{
	(void)state;
	map_anon(A, PLACE, 2, RW, MAP_FIXED, 0);
	map_anon(A, PLACE + PG(2), 2, RO, MAP_FIXED, 0);
	assert_int_equal(mm_protect(A, PLACE, PG(4), RO), 0);
	assert_maps(A, PLACE, "0-2 r--p, 2-4 r--p");
}

static void test_errors(void **state)
{
	addr_t text = map_file(A, 0, 2, RX, MAP_PRIVATE, FILE_TEXT, 0, false, 0);
	addr_t copy = map_file(A, 0, 2, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0);
	addr_t readonly = map_file(A, 0, 1, RO, MAP_SHARED, FILE_RAM, 0, false, 0);
	addr_t mmio = map_file(A, 0, 1, RW, MAP_SHARED, FILE_MMIO, 0, true, 0);
	addr_t own = map_file(A, 0, 1, RW, MAP_PRIVATE, FILE_TEXT, 0, false, 0);
	const struct {
		addr_t at;
		size_t len;
		int prot, err;
	} rows[] = {
		{ PLACE + 4, 1, RO, -EINVAL },
		{ PLACE, 1, 8, -EINVAL },
		{ PLACE, PG(3), RO, -ENOMEM }, /* a hole behind */
		{ PLACE - PG(1), PG(2), RO, -ENOMEM },
		{ PLACE + PG(20), PG(1), RO, -ENOMEM },
		{ PLACE, 0xfffffff0, RO, -ENOMEM },
		{ PLACE, (size_t)0x100000000 - PLACE, RO, -ENOMEM },
		{ PLACE, PG(1), RW | PROT_EXEC, -ENOTSUP },
		{ PLACE, PG(1), PROT_WRITE | PROT_EXEC, -ENOTSUP },
		{ text, PG(2), RW, -EACCES },
		{ text, PG(2), RW | PROT_EXEC, -EACCES },
		{ copy, PG(1), RW, -EACCES },
		{ readonly, PG(1), RW, -EACCES },
		{ mmio, PG(1), RX, -EACCES },
		{ readonly, PG(1), RX, 0 },
		{ own, PG(1), RX, 0 },
		{ own, PG(1), RW, 0 },
		{ text, PG(1), PROT_NONE, 0 },
		{ PLACE + PG(100), 0, RW, 0 },
	};

	(void)state;
	map_anon(A, PLACE, 2, RW, MAP_FIXED, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		char *before = strdup(env_snapshot());
		int err = mm_protect(A, rows[i].at, rows[i].len, rows[i].prot);

		if (err != rows[i].err || (err && strcmp(before, env_snapshot()) != 0))
			fail_msg("row %u: %d, not %d", i, err, rows[i].err);
		free(before);
		env_check();
	}
}

/* All layers of the caller change, and one that may not keeps all as they were. */
static void test_layers(void **state)
{
	addr_t at = map_file(A, 0, 4, RO, MAP_SHARED, FILE_RAM, 0, true, 0);

	(void)state;
	map_file(A, 0, 2, RO, MAP_SHARED, FILE_RAM, 1, true, 0);
	assert_int_equal(mm_protect(A, at + PG(1), PG(1), RW), 0);
	assert_maps(A, at, "0-1 r--s, 1-2 rw-s, 1-2 rw-s, 2-3 r--s, 2-4 r--s");
	assert_int_equal(mm_protect(A, at + PG(1), PG(1), RO), 0);
	env_check();
	assert_int_equal(A->nvmas, 2);
	map_file(A, 0, 1, RO, MAP_SHARED, FILE_RAM, 1, false, 0);
	assert_unchanged(mm_protect(A, at, PG(4), RW), -EACCES);
}

/* Both start where the other does, and both are put together again. */
static void test_merge_of_layers(void **state)
{
	addr_t at = map_file(A, 0, 4, RO, MAP_SHARED, FILE_RAM, 0, true, 0);

	(void)state;
	map_file(A, 0, 3, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	for (uint32_t from = 0; from < 4; from++)
		for (uint32_t to = from + 1; to <= 4; to++) {
			assert_int_equal(mm_protect(A, at + PG(from), PG(to - from), RW), 0);
			env_check();
			assert_int_equal(mm_protect(A, at + PG(from), PG(to - from), RO), 0);
			env_check();
			if (A->nvmas != 2)
				fail_msg("%u-%u: %s", from, to, env_maps(A, at));
		}
}

/* I7: another's view stands against it, one's own changes with it. */
static void test_write_xor_execute(void **state)
{
	addr_t at = map_file(A, 0, 2, RW, MAP_SHARED, FILE_RAM, 0, true, 0);

	(void)state;
	map_file(A, 0, 2, RW, MAP_SHARED, FILE_RAM, 0, true, 0);
	map_file(B, 0, 1, RO, MAP_SHARED, FILE_RAM, 1, true, 0);
	assert_unchanged(mm_protect(B, at + PG(1), PG(1), RX), -ENOTSUP);
	assert_int_equal(mm_protect(A, at, PG(2), RX), 0); /* both layers */
	env_check();
	assert_int_equal(mm_protect(B, at + PG(1), PG(1), RX), 0);
	assert_unchanged(mm_protect(A, at, PG(2), RW), -ENOTSUP);
	assert_int_equal(mm_protect(A, at, PG(1), RW), 0);
	env_check();
}

/* A part of a stack, also within what it was rounded up by. */
static void test_stacks(void **state)
{
	uint32_t npages = mpu_stack_pages(17);
	char whole[32];

	(void)state;
	snprintf(whole, sizeof(whole), "0-%u rw-p", npages);
	for (uint32_t from = 0; from < npages; from++)
		for (uint32_t to = from + 1; to <= npages; to++) {
			addr_t at = map_anon(A, 0, 17, RW, MAP_STACK, 0);

			assert_int_equal(mm_protect(A, at + PG(from), PG(to - from), PROT_NONE), 0);
			env_check();
			assert_int_equal(mm_protect(A, at + PG(from), PG(to - from), RW), 0);
			assert_maps(A, at, whole);
			env_check();
			mm_unmap_all(A);
		}
}

/* In force when the call returns (C.21), and a violation is none that a refill could cure. */
static void test_hardware(void **state)
{
	(void)state;
	map_anon(A, PLACE, 4, RW, MAP_FIXED, 0);
	assert_int_equal(mm_fault(A, PLACE + PG(1), ACCESS_DATA, 0), VERDICT_REFILLED);
	assert_int_equal(mpu_grants(PLACE + PG(1)), RW);
	assert_int_equal(mm_protect(A, PLACE + PG(1), PG(1), RO), 0);
	assert_int_equal(mpu_grants(PLACE + PG(1)), 0);
	assert_int_equal(mm_fault(A, PLACE + PG(1), ACCESS_DATA, 0), VERDICT_REFILLED);
	assert_int_equal(mpu_grants(PLACE + PG(1)), RO);
	assert_int_equal(mpu_grants(PLACE), 0);
	assert_int_equal(mm_fault(A, PLACE + PG(1), ACCESS_DATA, 0), VERDICT_ACCERR);
	assert_int_equal(mm_fault(A, PLACE + PG(1), ACCESS_FETCH, 0), VERDICT_ACCERR);
	assert_int_equal(mm_protect(A, PLACE, PG(4), PROT_NONE), 0);
	assert_int_equal(mm_fault(A, PLACE, ACCESS_DATA, 0), VERDICT_ACCERR);
}

/* What it came to; each step leaves everything in order. */
static unsigned int nsteps;

static int protect_in_steps(addr_t start, size_t len, int prot, unsigned int stop,
			    void (*then)(void))
{
	struct mm_job *job = &A->job;
	long result = mm_protect_begin(A, start, len, prot, job);

	job->result = &result;
	for (nsteps = 0; !mm_job_is_done(job); nsteps++) {
		if (nsteps == stop && then)
			then();
		mm_job_step(job);
		env_check();
	}
	job->result = NULL;
	return (int)result;
}

static void cut_the_file(void)
{
	assert_int_equal(store_shrink(file(FILE_RAM), PG(1)), 0);
	file(FILE_RAM)->size = PG(1);
}

/* Many mappings: a step for each to judge it, and one to change it; nothing changes before all are judged. */
static void test_steps(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 6; i++)
		map_anon(A, PLACE + PG(2 * i), 2, i % 2 ? RO : RW, MAP_FIXED, 0);
	assert_unchanged(protect_in_steps(PLACE, PG(14), RO, 0, NULL), -ENOMEM);
	A->max_vmas = 7;
	assert_unchanged(protect_in_steps(PLACE + PG(1), PG(10), PROT_NONE, 0, NULL), -ENOMEM);
	A->max_vmas = 100;
	assert_int_equal(protect_in_steps(PLACE + PG(1), PG(10), PROT_NONE, 0, NULL), 0);
	assert_int_equal(nsteps,
			 15); /* what is cut off is looked at, too, and that there is no more */
	assert_maps(A, PLACE,
		    "0-1 rw-p, 1-2 ---p, 2-4 ---p, 4-6 ---p, 6-8 ---p, 8-10 ---p, "
		    "10-11 ---p, 11-12 r--p");
	mm_unmap_all(A);
}

/* Another process cuts the file of a mapping between two steps: what was judged holds no more. */
static void test_steps_and_others(void **state)
{
	static const int cut[] = { -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, -ENOMEM, 0, 0 };

	(void)state;
	for (unsigned int stop = 0; stop < ARRAY_SIZE(cut); stop++) {
		map_anon(A, PLACE, 2, RW, MAP_FIXED, 0);
		map_file(A, PLACE + PG(2), 3, RW, MAP_PRIVATE | MAP_FIXED, FILE_RAM, 0, true, 0);
		map_anon(A, PLACE + PG(5), 2, RW, MAP_FIXED, 0);
		assert_int_equal(protect_in_steps(PLACE, PG(7), RO, stop, cut_the_file), cut[stop]);
		assert_int_equal(A->npages, 5);
		mm_unmap_all(A);
		assert_int_equal(env_store_grow(file(FILE_RAM), 6), 0);
		file(FILE_RAM)->size = PG(6);
	}
}

/* The same of two layers, which are one range then: neither is passed over. */
static void test_layers_and_others(void **state)
{
	struct vma *vma;
	addr_t at;

	(void)state;
	for (unsigned int stop = 0; stop < 8; stop++) {
		at = map_file(A, 0, 3, RO, MAP_PRIVATE, FILE_RAM, 0, true, 0);
		assert_int_equal(map_file(A, 0, 5, RO, MAP_PRIVATE, FILE_RAM, 0, true, 0), at);
		assert_int_equal(protect_in_steps(at, PG(1), PROT_NONE, stop, cut_the_file), 0);
		for (vma = mm_first(A, at, at + PG(1)); vma; vma = mm_next(vma, at, at + PG(1)))
			assert_int_equal(vma->prot, PROT_NONE);
		mm_unmap_all(A);
		assert_int_equal(env_store_grow(file(FILE_RAM), 6), 0);
		file(FILE_RAM)->size = PG(6);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_ranges),
		TEST(test_no_merge_of_strangers),
		TEST(test_errors),
		TEST(test_layers),
		TEST(test_merge_of_layers),
		TEST(test_write_xor_execute),
		TEST(test_stacks),
		TEST(test_hardware),
		TEST(test_steps),
		TEST(test_steps_and_others),
		TEST(test_layers_and_others),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
