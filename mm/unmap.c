/* SPDX-License-Identifier: MIT */
/* Taking mappings away.  See include/mm/mmap.h. */
#include <errno.h>
#include <mm/mmap.h>

#include "cut.h"
#include "internal.h"

#define STEP_BYTES ((addr_t)MM_STEP_PAGES << CONFIG_PAGE_SHIFT)

/* One layer, or what is to be replaced. */
static void cut(struct mm_job *job, addr_t start, addr_t end)
{
	if (job->kind == JOB_REPLACE)
		cut_all(job->mm, start, end, NULL, &job->spares);
	else
		cut_youngest(job->mm, start, end, &job->spares);
}

/*
 * Where that takes no record but the one that was counted: memory of the mapping's own is cut so that what is
 * left of it is one piece, if it can be.
 */
bool cut_step(struct mm_job *job)
{
	const struct vma *vma = mm_last(job->mm, job->at, job->end);
	addr_t from = job->at, to = job->end;

	if (vma && !region_is_owned(vma->region)) {
		from = MAX(from, vma->region->start);
	} else if (vma) {
		from = MAX(from, vma->start);
		to = MIN(to, vma->end);
		if (to - from > STEP_BYTES && from == vma->start && to < vma->end) {
			cut(job, from, from + STEP_BYTES);
			return false;
		}
		if (to - from > STEP_BYTES)
			from = to - STEP_BYTES;
	}
	cut(job, from, to);
	job->end = from;
	return from == job->at;
}

void unmap_step(struct mm_job *job)
{
	addr_t until;

	if (job->is_judged) {
		if (cut_step(job))
			job_end(job, 0);
		return;
	}
	until = job_part_end(job->mm, job->at, job->end);
	job_judged(job, until, cut_youngest_count(job->mm, job->at, until), 0);
}

int mm_unmap_begin(struct mm *mm, addr_t start, size_t len, struct mm_job *job)
{
	struct vma *vma;
	addr_t end, until;

	mm_job_clear(job);
	if (len == 0 || !is_page_aligned(start) || len > (size_t)(0 - PAGE_SIZE) - start)
		return -EINVAL;
	end = start + page_ceil((addr_t)len);
	vma = mm_youngest(mm, start, end, &until);
	if (vma && until == end && end - start <= STEP_BYTES)
		return cut_one(vma, start, end);
	job_begin(job, mm, JOB_UNMAP, start, end);
	return 0;
}

int mm_unmap(struct mm *mm, addr_t start, size_t len)
{
	struct mm_job job;
	int err = mm_unmap_begin(mm, start, len, &job);

	return job_run(&job, err);
}

void mm_unmap_mapping(struct vma *vma)
{
	addr_t start = vma->region->start, top = vma->region->top; /* it may go with the last */
	uint32_t serial = vma->serial;
	struct vma *next;

	if (vma_is_alone(vma)) {
		cut_whole(vma);
		return;
	}
	for (vma = mm_first(vma->mm, start, top); vma; vma = next) {
		next = mm_next(vma, start, top);
		if (vma->serial == serial)
			cut_whole(vma);
	}
}

bool mm_unmap_all_step(struct mm *mm)
{
	struct vma *vma = mm_lowest(mm);

	if (!vma)
		return true;
	mm->heap_start = mm->heap_end = 0;
	if (mm->refills != mm->emptied || (mm_is_active(mm) && mm_hardware.stack_end)) {
		mm_flush(mm, 0, UINT32_MAX);
		mm->emptied = mm->refills;
	} else {
		mm_change(mm);
	}
	if (region_is_owned(vma->region) && vma->end - vma->start > STEP_BYTES)
		vma_shrink(vma, vma->start, vma->end - STEP_BYTES);
	else
		vma_remove(vma);
	return mm_is_empty(mm);
}

void mm_unmap_all(struct mm *mm)
{
	while (!mm_unmap_all_step(mm))
		;
}
