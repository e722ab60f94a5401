/* SPDX-License-Identifier: MIT */
/* The small calls: msync and madvise.  See include/mm/mmap.h. */
#include <croft/mman.h>
#include <errno.h>
#include <mm/mmap.h>

#include "internal.h"

int mm_judge_range(struct mm *mm, addr_t start, size_t len, addr_t *end)
{
	*end = start + page_ceil((addr_t)len);
	if (!is_page_aligned(start))
		return -EINVAL;
	if (len == 0)
		return 0;
	if (*end <= start || !mm_is_mapped(mm, start, *end))
		return -ENOMEM;
	return 0;
}

int mm_sync(struct mm *mm, addr_t start, size_t len, int flags)
{
	addr_t end;

	if ((flags & ~(MS_ASYNC | MS_SYNC | MS_INVALIDATE)) ||
	    ((flags & MS_ASYNC) && (flags & MS_SYNC)))
		return -EINVAL;
	return mm_judge_range(mm, start, len, &end); /* a shared mapping is the store itself */
}

int mm_advise(struct mm *mm, addr_t start, size_t len, int advice, struct mm_job *job)
{
	addr_t end;
	int err;

	mm_job_clear(job);
	if (advice < MADV_NORMAL || advice > MADV_DONTNEED)
		return -EINVAL;
	err = mm_judge_range(mm, start, len, &end);
	if (!err && advice == MADV_DONTNEED)
		*job = (struct mm_job){ .mm = mm, .at = start, .end = end, .kind = JOB_ADVISE };
	return err;
}
