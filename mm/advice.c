/* SPDX-License-Identifier: MIT */
/* The small calls: msync and madvise.  See include/mm/mmap.h. */
#include <croft/mman.h>
#include <errno.h>
#include <mm/mmap.h>

#include "internal.h"

int mm_sync(struct mm *mm, addr_t start, size_t len, int flags, struct mm_job *job)
{
	mm_job_clear(job);
	if ((flags & ~(MS_ASYNC | MS_SYNC | MS_INVALIDATE)) ||
	    ((flags & MS_ASYNC) && (flags & MS_SYNC)))
		return -EINVAL;
	return mm_look_begin(mm, start, len, JOB_LOOK,
			     job); /* a shared mapping is the store itself */
}

int mm_advise(struct mm *mm, addr_t start, size_t len, int advice, struct mm_job *job)
{
	int err;

	mm_job_clear(job);
	if (advice < MADV_NORMAL || advice > MADV_DONTNEED)
		return -EINVAL;
	err = mm_look_begin(mm, start, len, JOB_LOOK, job);
	job->clears = advice == MADV_DONTNEED;
	return err;
}
