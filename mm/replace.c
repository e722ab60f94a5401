/* SPDX-License-Identifier: MIT */
/*
 * MAP_FIXED: new memory in the place of what the caller has there, in steps.
 *
 *	hold --> cut --> make --> JOB_FILL
 *	  `----> let go, where a page cannot be had
 *
 * Page by page, each of the range is held once more: free ones are taken, those of the caller's mappings get
 * a second holder.  From there on nobody else gets them, whatever other processes do to the mappings between
 * two steps (cut their file, end).  When the mappings have been cut out the pages have no holder but the job,
 * and become the new mapping's.  A copy that others may share is marked, so that none comes to share it.
 *
 * No thread of the process runs meanwhile, so none sees the hole.
 */
#include <errno.h>
#include <mm/mmap.h>
#include <mm/page.h>

#include "cut.h"
#include "internal.h"
#include "plan.h"

#define STEP_BYTES ((addr_t)MM_STEP_PAGES << CONFIG_PAGE_SHIFT)

static uint32_t pages(addr_t from, addr_t to)
{
	return (to - from) >> CONFIG_PAGE_SHIFT;
}

/* Does the region go with what is to be cut? */
static bool goes(const struct mm_job *job, const struct region *region)
{
	addr_t from = MAX(job->start, region->start), to = MIN(job->end, region->top);
	uint32_t inside = 0;
	struct vma *vma;

	if (region->is_store)
		return false;
	for (vma = mm_first(job->mm, from, to); vma; vma = mm_next(vma, from, to))
		inside += vma->start >= job->start && vma->end <= job->end;
	return inside == region->usage;
}

/* Count the mappings that begin, in the range, in [@at, @until). */
static void count(struct mm_job *job, addr_t at, addr_t until)
{
	struct vma *vma;

	for (vma = mm_first(job->mm, at, until); vma; vma = mm_next(vma, at, until)) {
		addr_t from = MAX(vma->start, job->start), to = MIN(vma->end, job->end);

		if (from < at)
			continue;
		job->gone_pages += pages(from, to);
		if (from == vma->start && to == vma->end)
			job->gone_vmas++;
		if (cut_takes_spare(vma, job->start, job->end))
			job->nspares++;
	}
}

/* Hold a step's worth once more.  0, or -ENOMEM: that cannot be had. */
static int hold(struct mm_job *job)
{
	struct vma *vma = mm_first(job->mm, job->at, job->end);
	addr_t until = MIN(job->end, job->at + MIN(STEP_BYTES, job->end - job->at));
	uint32_t n;

	if (!vma || vma->start > job->at) {
		n = pages(job->at, vma ? MIN(until, vma->start) : until);
		if (page_take(job->at, n))
			return -ENOMEM;
	} else {
		until = MIN(until, vma->end);
		n = pages(job->at, until);
		if (!region_is_owned(vma->region) && !goes(job, vma->region))
			return -ENOMEM;
		if (!page_is_held_once(job->at, n))
			return -ENOMEM;
		count(job, job->at, until);
		vma->region->is_going = 1;
		page_get(job->at, n);
	}
	job->at += n << CONFIG_PAGE_SHIFT;
	return 0;
}

/* All is held: may the process have the mapping, where what it replaces no longer counts, and are there records? */
static int reserve(struct mm_job *job)
{
	const struct mm *mm = job->mm;
	uint32_t n = pages(job->start, job->stop), gone = job->gone_pages;
	struct vma *vma;

	if (mm->nvmas + job->nspares >= mm->max_vmas + job->gone_vmas ||
	    (gone < n && !mm_has_room(mm, n - gone)) ||
	    spares_reserve(mm, job->nspares, &job->spares))
		return -ENOMEM;
	vma = vma_reserve();
	if (!vma) {
		spares_drop(&job->spares);
		return -ENOMEM;
	}
	LIST_INSERT_HEAD(&job->spares, vma, on_backing);
	return 0;
}

/* Pieces that are left on both sides may be shared again. */
static void stay(struct mm *mm, addr_t start, addr_t end)
{
	struct vma *vma;

	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end))
		vma->region->is_going = 0;
}

static void fail(struct mm_job *job)
{
	job->mm->serial -= job->mm->serial == job->new_serial;
	*job->result = job->err;
}

static void let_go(struct mm_job *job)
{
	addr_t until = job->at + MIN(STEP_BYTES, job->end - job->at);

	stay(job->mm, job->at, until);
	page_put(job->at, pages(job->at, until));
	job->at = until;
	if (mm_job_is_done(job))
		fail(job);
}

static void make(struct mm_job *job)
{
	const struct mm_job was = *job;
	struct mm *mm = was.mm;
	struct vma *vma = spares_take(&job->spares), *moved;

	spares_drop(&job->spares);
	mm_job_clear(job);
	stay(mm, was.start - 1, was.stop + 1);
	vma->own.start = was.start;
	vma->own.end = vma->own.top = was.stop;
	region_open(&vma->own, was.source, was.source_offset);
	vma->own.is_shared = vma->own.is_filling = was.is_copy;
	vma->mm = mm;
	vma->region = &vma->own;
	vma->start = was.start;
	vma->end = was.stop;
	vma->serial = was.new_serial;
	vma->prot = was.prot;
	vma->max_prot = was.max_prot;
	vma->flags = was.flags;
	vma_insert(vma);
	mm_flush_new(vma);
	moved = was.moved ? mm_find(mm, was.moved) : NULL;
	if (moved)
		mm_job_move(job, vma, was.moved, moved->end);
	else
		mm_job_fill(job, vma, vma->start, was.source);
	if (was.locks || mm->lock_future)
		mm_lock_new(mm, was.start, was.stop);
}

void replace_step(struct mm_job *job)
{
	if (job->err) {
		let_go(job);
		return;
	}
	if (job->is_judged) {
		if (cut_step(job))
			make(job);
		return;
	}
	job->err = (int16_t)hold(job);
	if (!job->err && !mm_job_is_done(job))
		return;
	if (!job->err)
		job->err = (int16_t)reserve(job);
	job->is_judged = true;
	if (job->err) {
		job->end = job->at;
		if (job->at == job->start)
			fail(job);
	}
	job->at = job->start;
}

void replace_begin(struct mm *mm, const struct plan *plan, struct mm_job *job)
{
	const struct map_request *request = plan->request;

	job_begin(job, mm, JOB_REPLACE, plan->start, plan->end);
	job->prot = plan->prot;
	job->max_prot = plan->max_prot;
	job->flags = plan->flags;
	job->stop = plan->end;
	job->new_serial = ++mm->serial;
	job->source = request->backing;
	job->source_offset = request->offset;
	job->is_copy = plan->is_shared_copy;
	job->locks = request->flags & MAP_LOCKED;
	if (request->moved)
		job->moved = request->moved->start;
}
