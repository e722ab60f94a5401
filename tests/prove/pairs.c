/* SPDX-License-Identifier: MIT */
/*
 * Two mappings that may coincide: every pair of ranges of a small file, with every pair of
 * rights, through the very files of mm/.
 *
 * The process maps one range, then the other, then faults at all pages in several orders.  At
 * every moment the MPU, by its rules, grants of each page the union of what the mappings grant,
 * or nothing; and after a fault at a page, the union.  Then the second mapping goes, and at once
 * what only it granted.
 */
#include "prove.h"

#include <errno.h>
#include <host_mpu.h>
#include <mm_env.h>

#define NPAGES (is_quick ? 8u : 16u)
#define SKEW   3u /* pages of the file before the first: blocks do not start where ranges do */
#define ORDERS 3u
#define SP     0u /* no stack */

static const unsigned int prots[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
				      PROT_READ | PROT_EXEC };
static struct mm *const mm = &procs[0];
static addr_t base;
static uint64_t npairs, nfaults;

struct view {
	uint32_t first, last; /* pages of the file */
	unsigned int prot;
};

static unsigned int view_rights(const struct view *view, uint32_t page)
{
	return view->first <= page && page <= view->last ? view->prot : 0;
}

static bool coincide(const struct view *a, const struct view *b)
{
	return a->first <= b->last && b->first <= a->last;
}

static int map(const struct view *view)
{
	struct map_request request = { .len = PG(view->last - view->first + 1),
				       .prot = (int)view->prot,
				       .flags = MAP_SHARED,
				       .backing = file(FILE_RAM),
				       .offset = PG(view->first),
				       .can_write = true };
	struct mm_job job = { 0 };
	addr_t at;
	int err = mm_map_judge(&request);

	if (!err)
		err = mm_map(mm, &request, &at, &job);
	if (!err && (at != base + PG(view->first) || !mm_job_is_done(&job)))
		wrong("pages %u-%u are mapped at %08x", view->first, view->last, at);
	return err;
}

static void unmap(const struct view *view)
{
	if (mm_unmap(mm, base + PG(view->first), PG(view->last - view->first + 1)))
		wrong("munmap of pages %u-%u fails", view->first, view->last);
}

/* No page has other rights than all it may have, or none; @from and @to: see fault(). */
static void check_pages(const unsigned int *want)
{
	for (uint32_t page = SKEW - 1; page <= SKEW + NPAGES; page++) {
		unsigned int lo = mpu_grants(base + PG(page));

		if (lo && lo != want[page])
			wrong("page %u: the MPU grants %x of %x", page, lo, want[page]);
		if (lo != mpu_grants(base + PG(page) + PAGE_MASK))
			wrong("page %u: the MPU grants a part of it", page);
	}
}

static void fault(uint32_t page, const unsigned int *want)
{
	addr_t at = base + PG(page) + pick(PAGE_SIZE);
	bool was_granted = mpu_grants(at) != 0;
	enum mm_verdict verdict = mm_fault(mm, at, ACCESS_DATA, SP);

	if ((verdict == VERDICT_REFILLED) != (want[page] && !was_granted))
		wrong("page %u: the verdict is %d", page, verdict);
	if (mpu_grants(at) != want[page])
		wrong("page %u: the MPU grants %x, not %x", page, mpu_grants(at), want[page]);
	check_pages(want);
	nfaults++;
}

/* Faults at all pages, upwards, downwards, and from some page on with a stride. */
static void fault_all(const unsigned int *want)
{
	static const uint32_t strides[] = { 1, 5, 7 }; /* prime to 8 and to 16 */

	for (unsigned int order = 0; order < ORDERS; order++) {
		uint32_t page = pick(NPAGES);

		mm_flush(mm, base, base + PG(SKEW + NPAGES + 1));
		for (uint32_t i = 0; i < NPAGES; i++) {
			fault(SKEW + page, want);
			page = (page + (pick(2) ? strides[order] : 1)) % NPAGES;
		}
		for (page = 0; page < NPAGES; page++)
			fault(SKEW + (order & 1 ? page : NPAGES - 1 - page), want);
	}
}

static void prove_pair(const struct view *a, const struct view *b)
{
	bool is_opposed = ((a->prot | b->prot) & (PROT_WRITE | PROT_EXEC)) ==
				  (PROT_WRITE | PROT_EXEC) &&
			  coincide(a, b);
	unsigned int want[SKEW + 16 + 1] = { 0 };
	int err;

	if (map(a))
		wrong("pages %u-%u prot %x cannot be mapped", a->first, a->last, a->prot);
	err = map(b);
	if (err != (is_opposed ? -ENOTSUP : 0))
		wrong("pages %u-%u prot %x beside %u-%u prot %x: %d", b->first, b->last, b->prot,
		      a->first, a->last, a->prot, err);
	for (uint32_t page = SKEW; page < SKEW + NPAGES; page++)
		want[page] = view_rights(a, page) | (err ? 0 : view_rights(b, page));
	fault_all(want);
	if (!err) {
		unmap(b);
		for (uint32_t page = SKEW; page < SKEW + NPAGES; page++)
			want[page] = view_rights(a, page);
		check_pages(want);
		fault_all(want);
	}
	unmap(a);
	for (uint32_t page = SKEW; page < SKEW + NPAGES; page++)
		want[page] = 0;
	check_pages(want);
	npairs++;
}

static void prove_rights_of(struct view a, struct view b)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(prots); i++)
		for (unsigned int k = 0; k < ARRAY_SIZE(prots); k++) {
			a.prot = prots[i];
			b.prot = prots[k];
			prove_pair(&a, &b);
		}
}

void prove_pairs(void)
{
	env_begin(NULL);
	if (env_store_grow(file(FILE_RAM), SKEW + NPAGES + 1))
		wrong("no room for a file");
	file(FILE_RAM)->size = PG(SKEW + NPAGES + 1);
	base = file(FILE_RAM)->store.start;

	for (uint32_t a = SKEW; a < SKEW + NPAGES; a++)
		for (uint32_t b = a; b < SKEW + NPAGES; b++)
			for (uint32_t c = SKEW; c < SKEW + NPAGES; c++)
				for (uint32_t d = c; d < SKEW + NPAGES; d++)
					prove_rights_of((struct view){ a, b, 0 },
							(struct view){ c, d, 0 });
	env_end(NULL);
	proven("pairs of mappings in %u pages: %llu, %llu faults", NPAGES,
	       (unsigned long long)npairs, (unsigned long long)nfaults);
}
