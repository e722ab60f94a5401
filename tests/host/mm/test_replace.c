/* SPDX-License-Identifier: MIT */
/*
 * mm/replace.c: MAP_FIXED step by step, against what it must come to at once; and all that other processes
 * may do between two steps.
 */
#include <mm_test.h>

#include <mm/fill.h>
#include <mm/grant.h>

#define WINDOW 6u /* pages */
#define ANON   (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

static unsigned int nsteps, at_step;
static void (*between)(void);

/* Pages that the job alone holds: its, not a mapping's. */
static void count_held(const struct mm_job *job, addr_t from, addr_t to)
{
	bool replaces = !mm_job_is_done(job) && job->kind == JOB_REPLACE;
	addr_t held_from = job->err ? job->at : from, held_to = job->is_judged ? to : job->at;

	if (job->err)
		held_to = job->end;
	env_pinned = 0;
	for (addr_t at = from; at < to; at += PAGE_SIZE) {
		bool held = replaces && at >= held_from && at < held_to;
		const struct region *region = region_find(at);

		env_pinned += held && !region;
		if (page_count(at) != held + (region != NULL) && (held || region))
			panic("page %08x is held %d times", at, page_count(at));
	}
}

/* Each step leaves all in order and takes or gives back few pages. */
static int map_in_steps(struct mm *mm, const struct map_request *request)
{
	struct mm_job job = { 0 };
	uint32_t nfree = page_nfree(), gained;
	long result = 0;
	addr_t at;

	env_pinned = 0;
	result = mm_map(mm, request, &at, &job);
	for (nsteps = 0; !mm_job_is_done(&job); nsteps++) {
		if (between && nsteps == at_step) {
			between();
			count_held(&job, request->addr, request->addr + request->len);
			env_check();
			nfree = page_nfree();
		}
		job.result = job.kind == JOB_REPLACE ? &result : NULL;
		mm_job_step(&job);
		gained = page_nfree() > nfree ? page_nfree() - nfree : nfree - page_nfree();
		assert_true(gained <= MM_STEP_PAGES + 2);
		nfree = page_nfree();
		count_held(&job, request->addr, request->addr + request->len);
		env_check();
	}
	env_pinned = 0;
	env_check();
	return (int)result;
}

static int map_at(struct mm *mm, addr_t at, uint32_t npages, int prot, int flags)
{
	struct map_request request = { .addr = at, .len = PG(npages), .prot = prot, .flags = flags };

	return map_in_steps(mm, &request);
}

/* What lies in a window: for each page one digit of @layout. */
enum content { FREE, OWN, OWN_RO, JOINED, OTHER, CONTENTS };

static enum content digit(unsigned int layout, unsigned int page)
{
	while (page--)
		layout /= CONTENTS;
	return layout % CONTENTS;
}

static void lay_out(unsigned int layout)
{
	for (unsigned int i = 0, n; i < WINDOW; i += n) {
		enum content what = digit(layout, i);
		struct mm *mm = what == OTHER ? B : A;

		n = 1;
		while (what == JOINED && i + n < WINDOW && digit(layout, i + n) == JOINED)
			n++;
		if (what != FREE)
			map_anon(mm, PLACE + PG(i), n, what == OWN_RO ? RO : RW, MAP_FIXED, 0);
	}
	for (unsigned int i = 0; i < WINDOW; i++)
		if (page_count(PLACE + PG(i)))
			memset(addr_ptr(PLACE + PG(i)), 0x50 + (int)i, PAGE_SIZE);
}

/* After it: the range is one new mapping, zero; the rest is what it was. */
static void check_replaced(unsigned int layout, unsigned int from, unsigned int to)
{
	for (unsigned int i = 0; i < WINDOW; i++) {
		addr_t at = PLACE + PG(i);
		enum content what = digit(layout, i);
		const struct vma *vma = mm_find(A, at);

		if (i >= from && i < to) {
			assert_non_null(vma);
			assert_true(vma->start == PLACE + PG(from) && vma->end == PLACE + PG(to));
			assert_int_equal(vma->prot, RX);
			assert_int_equal(byte_at(at), 0);
		} else if (what == FREE || what == OTHER) {
			assert_null(vma);
		} else {
			assert_int_equal(vma->prot, what == OWN_RO ? RO : RW);
			assert_int_equal(byte_at(at), 0x50 + (int)i);
		}
	}
}

/* Every layout of a window and every range of it. */
static void test_all(void **state)
{
	unsigned int layouts = 1;

	(void)state;
	for (unsigned int i = 0; i < WINDOW; i++)
		layouts *= CONTENTS;
	for (unsigned int layout = 0; layout < layouts; layout += 7) {
		for (unsigned int from = layout % 2; from < WINDOW; from += 2) {
			unsigned int to = from + 1 + layout % (WINDOW - from);
			bool can = true;

			lay_out(layout);
			for (unsigned int i = from; i < to; i++)
				can &= digit(layout, i) != OTHER;
			if (can) {
				assert_int_equal(map_at(A, PLACE + PG(from), to - from, RX, ANON),
						 0);
				check_replaced(layout, from, to);
			} else {
				assert_unchanged(map_at(A, PLACE + PG(from), to - from, RX, ANON),
						 -ENOMEM);
			}
			mm_unmap_all(A);
			mm_unmap_all(B);
		}
	}
}

/* Limits count what is replaced as gone, but not the pieces that it leaves. */
static void test_limits(void **state)
{
	(void)state;
	lay_out(OWN + OWN * 5 + OWN * 25 + OWN * 125);
	A->max_vmas = 4;
	A->max_pages = 4;
	assert_int_equal(map_at(A, PLACE, 4, RW, ANON), 0);
	assert_unchanged(map_at(A, PLACE, 5, RW, ANON), -ENOMEM);
	A->max_vmas = 1;
	assert_unchanged(map_at(A, PLACE + PG(1), 2, RW, ANON), -ENOMEM);
	A->max_vmas = 2;
	A->max_pages = 100;
	assert_unchanged(map_at(A, PLACE + PG(1), 2, RW, ANON), -ENOMEM);
	assert_int_equal(map_at(A, PLACE + PG(2), 2, RW, ANON), 0);
	assert_unchanged(map_at(A, PLACE + PG(4), 1, RW, ANON), -ENOMEM);
	A->max_vmas = 100;
}

/* ---- What others do meanwhile ------------------------------------------------------------------ */

static addr_t copy_at;

/* Until at_step is behind the last step.  @expected: what it comes to; 1: either. */
static void at_each_step(void (*ready)(void), void (*other)(void),
			 const struct map_request *request, int expected)
{
	unsigned int nfailed = 0;

	between = other;
	for (at_step = 0; at_step == 0 || at_step <= nsteps; at_step++) {
		int err;

		ready();
		err = map_in_steps(A, request);
		if (expected <= 0)
			assert_int_equal(err, expected);
		nfailed += err != 0;
		if (!err)
			for (addr_t at = request->addr; at < request->addr + request->len; at++)
				assert_int_equal(byte_at(at), 0);
		for (unsigned int i = 0; i < NPROCS; i++)
			mm_unmap_all(&procs[i]);
		env_check();
	}
	between = NULL;
	if (expected == 1)
		assert_true(nfailed > 0 && nfailed < at_step);
}

static void ready_mixed(void)
{
	map_anon(A, PLACE, 1, RW, MAP_FIXED, 0);
	map_anon(A, PLACE + PG(3), 1, RO, MAP_FIXED, 0);
}

static void take_last_hole(void)
{
	struct map_request request = { .addr = PLACE + PG(4), .len = PG(1), .flags = ANON };
	addr_t at;

	env_pinned = 0;
	if (page_count(PLACE + PG(4)) == 0) {
		struct mm_job job;

		assert_int_equal(mm_map(B, &request, &at, &job), 0);
		assert_int_equal(env_finish(&job), 0);
	}
}

/* Free pages are the job's once it has come to them; before, another may have them. */
static void test_holes(void **state)
{
	struct map_request request = { .addr = PLACE, .len = PG(5), .prot = RW, .flags = ANON };

	(void)state;
	at_each_step(ready_mixed, take_last_hole, &request, 1);
}

static void ready_file(void)
{
	env_store_grow(file(FILE_RAM), 6);
	file(FILE_RAM)->size = PG(6);
	map_anon(A, PLACE, 1, RW, MAP_FIXED, 0);
	map_file(A, PLACE + PG(1), 4, RW, MAP_PRIVATE | MAP_FIXED, FILE_RAM, 0, true, 0);
	map_anon(A, PLACE + PG(5), 1, RW, MAP_FIXED, 0);
}

static void cut_file(void)
{
	assert_int_equal(store_shrink(file(FILE_RAM), PG(2)), 0);
	file(FILE_RAM)->size = PG(2);
}

/* Another process cuts the file that a mapping is a private copy of. */
static void test_file_is_cut(void **state)
{
	struct map_request request = { .addr = PLACE, .len = PG(6), .prot = RW, .flags = ANON };

	(void)state;
	at_each_step(ready_file, cut_file, &request, 0);
	request.addr += PG(2); /* a part of it is kept */
	request.len = PG(2);
	at_each_step(ready_file, cut_file, &request, 0);
}

static void ready_copy(void)
{
	copy_at = map_file(A, 0, 3, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0);
	assert_int_equal(map_file(A, 0, 2, RO, MAP_PRIVATE, FILE_COPY, 1, false, 0),
			 copy_at + PG(1));
}

static void share_copy(void)
{
	struct map_request request = {
		.len = PG(3), .prot = RO, .flags = MAP_PRIVATE, .backing = file(FILE_COPY)
	};
	struct mm_job job;
	addr_t at;

	assert_int_equal(mm_map(B, &request, &at, &job), 0);
	assert_int_equal(env_finish(&job), 0);
	for (uint32_t i = 0; i < PG(3); i++)
		assert_int_equal(byte_at(at + i), file_byte(FILE_COPY, i));
}

/* Another comes to share a copy: before it is held, and then it stays; or it gets one of its own. */
static void test_copy_is_shared(void **state)
{
	struct map_request request = { .len = PG(3), .prot = RW, .flags = ANON };

	(void)state;
	ready_copy();
	request.addr = copy_at;
	mm_unmap_all(A);
	at_each_step(ready_copy, share_copy, &request, 1);
	/* what is left of one, or is not replaced after all, is shared again */
	for (int fails = 0; fails < 2; fails++) {
		copy_at = map_file(A, 0, 3, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0);
		if (fails)
			assert_int_equal(map_at(A, copy_at, RAM_A_PAGES, RW, ANON), -ENOMEM);
		else
			assert_int_equal(map_at(A, copy_at + PG(2), 1, RW, ANON), 0);
		assert_int_equal(map_file(B, 0, 2, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0),
				 copy_at);
		mm_unmap_all(A);
		mm_unmap_all(B);
	}
}

static void ready_grant(void)
{
	ready_mixed();
	map_anon(B, PLACE + PG(8), 2, RW, MAP_FIXED, 0);
}

static void grant(void)
{
	assert_int_equal(mm_grant(B, PLACE + PG(8), PG(2), A), 0);
}

/* Another hands a mapping over: it is younger than what is made, or older, and both are there. */
static void test_granted(void **state)
{
	struct map_request request = { .addr = PLACE, .len = PG(4), .prot = RW, .flags = ANON };

	(void)state;
	at_each_step(ready_grant, grant, &request, 0);
	at_step = 1;
	between = grant;
	ready_grant();
	request.len = PG(5);
	map_anon(C, PLACE + PG(4), 1, RW, MAP_FIXED, 0);
	assert_int_equal(map_in_steps(A, &request), -ENOMEM);
	assert_maps(A, PLACE, "0-1 rw-p, 3-4 r--p, 8-10 rw-p");
	between = NULL;
	assert_int_equal(map_at(A, PLACE, 1, RW, ANON), 0);
}

/* A server's copy that cannot be had goes while it is replaced. */
static void fail_to_fill(void)
{
	mm_fill_fail(A, 1, PLACE);
}

static void ready_fill(void)
{
	A->serial = 0;
	ready_mixed();
}

static void test_fill_fails(void **state)
{
	struct map_request request = { .addr = PLACE, .len = PG(4), .prot = RW, .flags = ANON };

	(void)state;
	at_each_step(ready_fill, fail_to_fill, &request, 0);
}

/* mremap() to a place: the same, and what is moved comes along. */
static void test_moved(void **state)
{
	struct mm_job job = { 0 };
	addr_t at;

	(void)state;
	for (int prot = 0; prot < 2; prot++) {
		addr_t old = map_anon(A, RAM_A + PG(20), 3, RW, MAP_FIXED, 0);

		memset(addr_ptr(old), 0x77, PG(3));
		assert_int_equal(mm_protect(A, old, PG(3), prot ? RO : PROT_NONE), 0);
		ready_mixed();
		assert_int_equal(mm_remap(A, old, PG(3), PG(4), MREMAP_MAYMOVE | MREMAP_FIXED,
					  PLACE, &at, &job),
				 0);
		assert_int_equal(env_finish(&job), 0);
		env_check();
		assert_maps(A, PLACE, prot ? "0-4 r--p" : "0-4 ---p");
		assert_int_equal(byte_at(PLACE + PG(3) - 1), 0x77);
		assert_int_equal(byte_at(PLACE + PG(3)), 0);
		mm_unmap_all(A);
	}
}

/* Steps are short where memory is large, and do not grow in number with what is free. */
static void test_large(void **state)
{
	static struct zone large = { .name = "large",
				     .start = 0x38000000,
				     .end = 0x38000000 + ((addr_t)400 << CONFIG_PAGE_SHIFT) };
	addr_t at = large.start + PG(20);

	(void)state;
	env_add_zone(&large);
	assert_int_equal(map_at(A, at, 300, RW, ANON), 0); /* free */
	assert_true(nsteps >= 300 / MM_STEP_PAGES);
	memset(addr_ptr(at), 0x77, PG(300));
	assert_int_equal(map_at(A, at + PG(10), 280, RO, ANON), 0); /* the middle of one */
	assert_maps(A, at, "0-10 rw-p, 10-290 r--p, 290-300 rw-p");
	assert_int_equal(byte_at(at + PG(10)), 0);
	assert_int_equal(byte_at(at + PG(290) - 1), 0);
	assert_int_equal(byte_at(at + PG(290)), 0x77);
	assert_int_equal(map_at(A, at - PG(5), 200, RW, ANON), 0); /* its end is kept */
	assert_int_equal(map_at(A, at + PG(150), 200, RW, ANON), 0);
	assert_maps(A, at, "-5-150 rw-p, 150-350 rw-p");
	map_anon(B, at + PG(350), 1, RW, MAP_FIXED, 0);
	assert_unchanged(map_at(A, at - PG(5), 356, RW, ANON), -ENOMEM);
	A->max_vmas = 2;
	assert_unchanged(map_at(A, at + PG(10), 100, RW, ANON), -ENOMEM);
	A->max_vmas = 100;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_all),
		TEST(test_limits),
		TEST(test_holes),
		TEST(test_file_is_cut),
		TEST(test_granted),
		TEST(test_fill_fails),
		TEST(test_copy_is_shared),
		TEST(test_moved),
		TEST(test_large), /* last: it adds memory */
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
