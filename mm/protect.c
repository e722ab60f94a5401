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

/* May every VMA of the range be given these rights?  Counts the splits that it takes. */
static int judge(struct mm *mm, addr_t start, addr_t end, unsigned int prot, uint32_t *nsplits)
{
	struct vma *vma;

	*nsplits = 0;
	if (!mm_is_mapped(mm, start, end))
		return -ENOMEM;
	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end))
		if (prot & ~(unsigned int)vma->max_prot)
			return -EACCES;
	if ((prot & PROT_WRITE) && (prot & PROT_EXEC))
		return -ENOTSUP;
	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end)) {
		if (vma->region->is_store &&
		    !views_allow(vma->region->backing, mm, MAX(vma->start, start),
				 MIN(vma->end, end), prot))
			return -ENOTSUP;
		if (vma->prot != prot)
			*nsplits += (uint32_t)(vma->start < start) + (uint32_t)(vma->end > end);
	}
	return 0;
}

/* The next VMA that is to change and still reaches over an end of the range. */
static struct vma *next_to_split(struct mm *mm, addr_t start, addr_t end, unsigned int prot)
{
	struct vma *vma;

	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end))
		if (vma->prot != prot && (vma->start < start || vma->end > end))
			return vma;
	return NULL;
}

/* The piece that begins where @vma ends, before @to, and may be joined to it, or NULL. */
static struct vma *next_piece(struct vma *vma, addr_t to)
{
	struct vma *tail = vma;

	while (vma->end < to && (tail = vma_behind(tail)) != NULL && tail->start <= vma->end)
		if (vma_can_merge(vma, tail))
			return tail;
	return NULL;
}

/* Join what meets at @start or behind, and before @to. */
static void merge_range(struct mm *mm, addr_t start, addr_t to)
{
	addr_t from = start ? start - 1 : 0;
	struct vma *vma = mm_first(mm, from, to), *tail;

	while (vma) {
		tail = next_piece(vma, to);
		if (tail) {
			vma_merge(vma, tail);
			vma = mm_first(mm, from, to); /* it may lie behind others now */
		} else {
			vma = mm_next(vma, from, to);
		}
	}
}

/* Change what was judged.  Nothing here can fail.  @is_last: what lies behind is not to come. */
static void change(struct mm *mm, addr_t start, addr_t end, unsigned int prot,
		   struct vma_list *spares, bool is_last)
{
	struct vma *vma;

	while ((vma = next_to_split(mm, start, end, prot)) != NULL)
		vma_split(vma, vma->start < start ? start : end, spares_take(spares));
	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end))
		vma_set_prot(vma, prot);
	merge_range(mm, start, end + (is_last && end < UINT32_MAX));
	mm_flush(mm, start, end);
}

/* A part that is changed is judged again: another process may have cut its file, or mapped it. */
void protect_step(struct mm_job *job)
{
	addr_t until = job_part_end(job->mm, job->at, job->end);
	uint32_t nsplits;
	int err = judge(job->mm, job->at, until, job->prot, &nsplits);

	if (!job->is_judged) {
		job_judged(job, until, nsplits, err);
		return;
	}
	if (!err) {
		change(job->mm, job->at, until, job->prot, &job->spares, until == job->end);
		job->at = until;
	}
	if (err || mm_job_is_done(job))
		job_end(job, err);
}

int mm_protect_begin(struct mm *mm, addr_t start, size_t len, int requested, struct mm_job *job)
{
	unsigned int prot = mm_prot_implied(requested);
	struct vma_list spares;
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
	if (job_part_end(mm, start, end) < end) {
		job_begin(job, mm, JOB_PROTECT, start, end);
		job->prot = (uint8_t)prot;
		return 0;
	}
	err = judge(mm, start, end, prot, &nsplits);
	if (!err)
		err = spares_reserve(mm, nsplits, &spares);
	if (!err)
		change(mm, start, end, prot, &spares, true);
	return err;
}

int mm_protect(struct mm *mm, addr_t start, size_t len, int requested)
{
	struct mm_job job;
	int err = mm_protect_begin(mm, start, len, requested, &job);

	return job_run(&job, err);
}
