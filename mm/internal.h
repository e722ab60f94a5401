/* SPDX-License-Identifier: MIT */
/*
 * What the files of mm/ share among themselves, and the seam by which a host test builds the
 * very same files: on the host, free records and free pages are poisoned for the sanitizer, and
 * a test may make any allocation fail.
 */
#ifndef MM_INTERNAL_H
#define MM_INTERNAL_H

#include <kernel/assert.h>
#include <kernel/types.h>
#include <mm/space.h>

/*
 * A change of many mappings: job_begin(), then a step for each part of the range that one region holds.
 *
 *	until = job_part_end(mm, at, end);		where the part at @at ends
 *	job_judged(job, until, nspares, err);		in the first round; the last part begins the second
 *	job_end(job, err);				at the end of that
 */
void job_begin(struct mm_job *job, struct mm *mm, enum mm_job_kind kind, addr_t start, addr_t end);
addr_t job_part_end(struct mm *mm, addr_t at, addr_t end);
void job_judged(struct mm_job *job, addr_t until, uint32_t nspares, int err);
void job_end(struct mm_job *job, int err);

/*
 * The same, mapping by mapping: the next of the range that the job has not come to, in the order of the
 * tree; NULL: that was the last.  What others do to them meanwhile, and the job itself, may be anything that
 * makes none of those behind it go before it.
 *
 * Return: 0, or -ENOMEM where the range has a hole before it.  All memory (up to UINT32_MAX) may have holes.
 */
int job_next(struct mm_job *job, struct vma **vma);

/* A VMA that was behind the place of such a job may be before it now, since it has become shorter. */
void job_look_again(struct mm_job *job, const struct vma *vma);

/* All are judged: begin anew, to change them. */
void job_again(struct mm_job *job);

/* Do all of it at once.  @err: what beginning it came to. */
int job_run(struct mm_job *job, int err);

/* Fill a new mapping with what [@from, @from_end) holds, and zero behind; that is unmapped then. */
void mm_job_move(struct mm_job *job, const struct vma *vma, addr_t from, addr_t from_end);

void protect_step(struct mm_job *job);
void unmap_step(struct mm_job *job);
void replace_step(struct mm_job *job);
void look_step(struct mm_job *job);

/* Cut a step's worth out of the range of a job that is judged, from its end on.  true: that was all. */
bool cut_step(struct mm_job *job);

#ifdef MM_HOST_TEST
#include <mm_host.h> /* mm_poison, mm_unpoison, mm_may_fail */
#else
static inline void mm_poison(const void *at, size_t len)
{
	(void)at;
	(void)len;
}

static inline void mm_unpoison(const void *at, size_t len)
{
	(void)at;
	(void)len;
}

/* Should this allocation fail?  Never, on the target. */
static inline bool mm_may_fail(void)
{
	return false;
}
#endif

#endif
