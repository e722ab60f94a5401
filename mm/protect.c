/* SPDX-License-Identifier: MIT */
/*
 * mprotect: judge every VMA of the range, split at its ends, change, and join what is one again.
 * See include/mm/mmap.h.
 */
#include <croft/mman.h>
#include <errno.h>
#include <mm/mmap.h>

#include "cut.h"
#include "internal.h"
#include "views.h"

/* May the VMA be given the rights of the job, in its range?  Counts the splits that it takes. */
static int judge(const struct mm_job *job, const struct vma *vma, uint32_t *nsplits)
{
	*nsplits = 0;
	if (job->prot & ~(unsigned int)vma->max_prot)
		return -EACCES;
	if ((job->prot & PROT_WRITE) && (job->prot & PROT_EXEC))
		return -ENOTSUP;
	if (vma->region->is_store &&
	    !views_allow(vma->region->backing, job->mm, MAX(vma->start, job->start),
			 MIN(vma->end, job->end), job->prot))
		return -ENOTSUP;
	if (vma->prot != job->prot)
		*nsplits = (uint32_t)(vma->start < job->start) + (uint32_t)(vma->end > job->end);
	return 0;
}

/* The piece of the same mapping that ends where @vma begins, or begins where it ends, and may be joined to it. */
static struct vma *piece_before(struct vma *vma)
{
	struct vma *head = mm_last(vma->mm, vma->start - 1, vma->start);

	while (head && head->region->top >= vma->start && !vma_can_merge(head, vma))
		head = vma_before(head);
	return head && head->end == vma->start ? head : NULL;
}

static struct vma *piece_behind(struct vma *vma)
{
	struct vma *tail = mm_behind(vma->mm, vma->end, 0, 0);

	while (tail && tail->start == vma->end && !vma_can_merge(vma, tail))
		tail = vma_behind(tail);
	return tail && tail->start == vma->end ? tail : NULL;
}

/* Change what was judged.  Nothing here can fail. */
static void change(struct mm_job *job, struct vma *vma)
{
	struct vma *beside;

	if (vma->prot == job->prot)
		return;
	if (vma->start < job->start) {
		beside = spares_take(&job->spares);
		vma_split(vma, job->start, beside);
		vma = beside;
	}
	if (vma->end > job->end)
		vma_split(vma, job->end, spares_take(&job->spares));
	vma_set_prot(vma, job->prot);
	if (vma->flags & VMA_CACHED)
		mm_flush(job->mm, vma->start, vma->end);
	beside = piece_before(vma);
	if (beside) {
		vma_merge(beside, vma);
		vma = beside;
	}
	beside = piece_behind(vma);
	if (beside)
		vma_merge(vma, beside);
	job->reached = MAX(job->reached, vma->end); /* what was joined lies before others now */
}

/* What is changed is judged again: another process may have cut its file, or mapped it. */
void protect_step(struct mm_job *job)
{
	struct vma *vma;
	uint32_t nsplits = 0;
	int err = job_next(job, &vma);

	if (!err && vma)
		err = judge(job, vma, &nsplits);
	if (!job->is_judged)
		job_judged(job, vma ? job->at : job->end, nsplits, err);
	else if (vma && !err)
		change(job, vma);
	else
		job_end(job, err);
}

int mm_protect_begin(struct mm *mm, addr_t start, size_t len, int requested, struct mm_job *job)
{
	struct vma *vma;
	uint32_t nsplits;
	addr_t end;
	int err;

	mm_job_clear(job);
	if (!is_page_aligned(start) || (requested & ~(PROT_READ | PROT_WRITE | PROT_EXEC)))
		return -EINVAL;
	if (len == 0)
		return 0;
	end = start + page_ceil((addr_t)len);
	if (end <= start)
		return -ENOMEM;
	job_begin(job, mm, JOB_PROTECT, start, end);
	job->prot = (uint8_t)mm_prot_implied(requested);
	vma = mm_first(mm, start, end);
	if (!vma || !vma_is_alone(vma) || vma->start > start || vma->end < end)
		return 0;
	err = judge(job, vma, &nsplits);
	if (!err)
		err = spares_reserve(mm, nsplits, &job->spares);
	if (!err)
		change(job, vma);
	mm_job_clear(job);
	return err;
}

int mm_protect(struct mm *mm, addr_t start, size_t len, int requested)
{
	struct mm_job job;
	int err = mm_protect_begin(mm, start, len, requested, &job);

	return job_run(&job, err);
}
