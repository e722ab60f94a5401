/* SPDX-License-Identifier: MIT */
/* Filling memory step by step.  See struct mm_job in include/mm/mmap.h. */
#include <mm/mmap.h>
#include <string.h>

#include "internal.h"

/* Copy what the source has of the next @len bytes.  Returns how many it had. */
static addr_t copy_step(struct mm_job *job, addr_t len)
{
	ssize_t got = 0;

	if (job->from) {
		len = MIN(len, job->from_end - job->from);
		memcpy(addr_ptr(job->at), addr_ptr(job->from), len);
		job->from += len;
		return len;
	}
	if (job->backing && job->offset < job->backing->size)
		got = job->backing->ops->read(job->backing, job->offset, addr_ptr(job->at), len);
	job->offset += len;
	return got > 0 ? (addr_t)got : 0;
}

void mm_job_step(struct mm_job *job)
{
	addr_t len = MIN(job->end - job->at, (addr_t)CONFIG_STEP_BYTES);
	addr_t got;

	ASSERT(!mm_job_is_done(job));
	got = copy_step(job, len);
	memset(addr_ptr(job->at + got), 0, len - got);
	job->at += len;
	if (mm_job_is_done(job) && job->done_end) {
		/* A whole VMA: it takes no record, so it cannot fail. */
		mm_unmap(job->mm, job->done_start, job->done_end - job->done_start);
		job->done_end = 0;
	}
}
