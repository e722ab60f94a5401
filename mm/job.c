/* SPDX-License-Identifier: MIT */
/*
 * Long work step by step; here is what fills memory.  See struct mm_job in include/mm/space.h.
 *
 * Anything may run between two steps: another thread may unmap what is being filled, another
 * process may cut the file that it is a copy of.  So each step looks its memory up anew.
 */
#include <arch/memory.h>
#include <errno.h>
#include <mm/mmap.h>
#include <string.h>

#include "cut.h"
#include "internal.h"

/* The VMA that the next step writes to; NULL: it is gone, or not the job's. */
static struct vma *target(const struct mm_job *job)
{
	struct vma *vma = mm_find(job->mm, job->at);

	if (!vma || !region_is_owned(vma->region))
		return NULL;
	if (job->kind == JOB_ADVISE)
		return !vma->region->backing ? vma : NULL;
	return vma->serial == job->serial ? vma : NULL;
}

static addr_t copy_memory(struct mm_job *job, addr_t len)
{
	const struct vma *source = mm_find(job->mm, job->from);

	len = MIN(len, job->from_end - job->from);
	if (!source)
		return 0;
	len = MIN(len, source->end - job->from);
	memcpy(addr_ptr(job->at), addr_ptr(job->from), len);
	job->from += len;
	return len;
}

/* @len becomes less where there is more to come from where the bytes are. */
static addr_t copy_file(struct mm_job *job, addr_t *len)
{
	struct backing *backing = job->backing;
	ssize_t got = 0;

	if (backing && job->offset < backing->size)
		got = backing->ops->read(backing, job->offset, addr_ptr(job->at), *len);
	if (got == -EINPROGRESS)
		*len = 0;
	else if (got > 0 && job->offset + (uint32_t)got < backing->size)
		*len = (addr_t)got;
	job->offset += *len;
	return got > 0 ? (addr_t)got : 0;
}

/* Copy what the source has of the next @len bytes.  Returns how many it had. */
static addr_t copy_step(struct mm_job *job, addr_t *len)
{
	return job->from ? copy_memory(job, *len) : copy_file(job, len);
}

/* A copy that is whole may be shared from now on. */
static void finish(struct mm_job *job)
{
	struct vma *vma = job->backing ? mm_find(job->mm, job->end - 1) : NULL;

	if (vma && vma->serial == job->serial)
		vma->region->is_filling = 0;
	if (job->done_end) /* a whole VMA: it takes no record, so it cannot fail */
		mm_unmap_begin(job->mm, job->done_start, job->done_end - job->done_start, job);
}

/* Clearing takes a tenth as long as copying may, and what a step costs beside it is not little. */
#define CLEAR_BYTES ((addr_t)CONFIG_STEP_BYTES * 16)

static addr_t step_bytes(const struct mm_job *job)
{
	return job->backing || job->from ? CONFIG_STEP_BYTES : CLEAR_BYTES;
}

void mm_job_fill(struct mm_job *job, const struct vma *vma, addr_t at, struct backing *backing)
{
	const struct region *region = vma->region;

	if (backing && !backing->ops->read)
		backing = NULL;
	if (!backing && vma->end - at <= CLEAR_BYTES / 4) {
		arch_clear(addr_ptr(at), vma->end - at);
		return;
	}
	*job = (struct mm_job){ .mm = vma->mm,
				.at = at,
				.end = vma->end,
				.serial = vma->serial,
				.backing = backing,
				.offset = region->offset + (at - region->start) };
}

void mm_job_move(struct mm_job *job, const struct vma *vma, addr_t from, addr_t from_end)
{
	*job = (struct mm_job){ .mm = vma->mm,
				.at = vma->start,
				.end = vma->end,
				.serial = vma->serial,
				.from = from,
				.from_end = MIN(from_end, from + (vma->end - vma->start)),
				.done_start = from,
				.done_end = from_end };
}

static void fill_step(struct mm_job *job)
{
	addr_t len = MIN(job->end - job->at, step_bytes(job));
	struct vma *vma = target(job);
	addr_t got;

	if (vma) {
		len = MIN(len, vma->end - job->at);
		got = copy_step(job, &len);
		arch_clear(addr_ptr(job->at + got), len - got);
	} else {
		/* Its backing may be gone with it. */
		len = MIN(len, page_floor(job->at) + PAGE_SIZE - job->at);
		job->offset += len;
	}
	job->at += len;
	if (mm_job_is_done(job))
		finish(job);
}

void mm_job_step(struct mm_job *job)
{
	ASSERT(!mm_job_is_done(job));
	if (job->kind == JOB_PROTECT)
		protect_step(job);
	else if (job->kind == JOB_UNMAP)
		unmap_step(job);
	else if (job->kind == JOB_REPLACE)
		replace_step(job);
	else if (job->kind >= JOB_LOCK)
		look_step(job);
	else
		fill_step(job);
}

void job_begin(struct mm_job *job, struct mm *mm, enum mm_job_kind kind, addr_t start, addr_t end)
{
	long *result = job->result;

	*job = (struct mm_job){ .mm = mm, .at = start, .end = end, .result = result };
	job->kind = (uint8_t)kind;
	job->start = start;
	job->reached = start;
}

int job_next(struct mm_job *job, struct vma **vma)
{
	struct vma *next;
	addr_t from;

	if (job->seen_end)
		next = mm_behind(job->mm, job->seen_start, job->seen_end, job->seen_serial);
	else
		next = mm_first(job->mm, job->start, job->end);
	while (next && next->end <= job->start)
		next = vma_behind(next);
	if (next && next->start >= job->end)
		next = NULL;
	*vma = next;
	from = job->reached;
	if (next) {
		job->seen_start = next->start;
		job->seen_end = next->end;
		job->seen_serial = next->serial;
		job->reached = MAX(from, next->end);
	}
	return from < (next ? next->start : job->end) && job->end < UINT32_MAX ? -ENOMEM : 0;
}

void job_again(struct mm_job *job)
{
	job->at = job->reached = job->start;
	job->seen_end = 0;
	job->is_judged = true;
}

void job_look_again(struct mm_job *job, const struct vma *vma)
{
	bool goes_on = job->kind == JOB_PROTECT || job->kind >= JOB_LOCK;

	if (goes_on && job->seen_start == vma->start && job->seen_end > vma->end)
		job->seen_end = vma->end - 1; /* before all that begin there and end as it does */
}

addr_t job_part_end(struct mm *mm, addr_t at, addr_t end)
{
	const struct vma *vma = mm_first(mm, at, end);

	return vma ? MIN(vma->region->top, end) : end;
}

void job_judged(struct mm_job *job, addr_t until, uint32_t nspares, int err)
{
	job->nspares = (uint16_t)(job->nspares + nspares);
	/* ENOMEM before EACCES before ENOTSUP, wherever in the range they are. */
	if (err && (!job->err || err > job->err))
		job->err = (int16_t)err;
	job->at = until;
	if (until < job->end)
		return;
	err = job->err;
	if (!err)
		err = spares_reserve(job->mm, job->nspares, &job->spares);
	if (err) {
		job_end(job, err);
		return;
	}
	job_again(job);
}

void job_end(struct mm_job *job, int err)
{
	if (err)
		*job->result = err;
	spares_drop(&job->spares);
	job->at = job->end;
}

int job_run(struct mm_job *job, int err)
{
	long result = err;

	job->result = &result;
	while (!mm_job_is_done(job))
		mm_job_step(job);
	job->result = NULL;
	return (int)result;
}
