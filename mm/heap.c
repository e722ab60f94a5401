/* SPDX-License-Identifier: MIT */
/*
 * The heap: from the end of a program's data to the break, in the VMA of the data itself.
 *
 *	| data | bss | heap ......|pad|
 *		     ^ heap_start ^ heap_end
 *
 * See include/mm/mmap.h.
 */
#include <croft/mman.h>
#include <errno.h>
#include <mm/mmap.h>
#include <string.h>

#include "cut.h"
#include "internal.h"

/* The VMA of the heap that reaches up to @end, or NULL where the program has cut it. */
static struct vma *heap_vma(struct mm *mm, addr_t end)
{
	struct vma *vma = mm_find(mm, end - 1);

	return vma && (vma->flags & VMA_HEAP) && (vma->prot & PROT_WRITE) ? vma : NULL;
}

static int heap_grow(struct mm *mm, addr_t to, struct mm_job *job)
{
	addr_t old_end = page_ceil(mm->heap_end), end = page_ceil(to);
	struct vma *vma = heap_vma(mm, old_end);
	int err;

	if (!vma || end < to)
		return -ENOMEM;
	if (end > old_end) {
		if (vma->end != old_end || !region_is_owned(vma->region) ||
		    !mm_has_room(mm, (end - old_end) >> CONFIG_PAGE_SHIFT))
			return -ENOMEM;
		err = region_grow(vma->region, end);
		if (err)
			return err;
		vma_extend(vma, end);
		mm_job_fill(job, vma, old_end, NULL);
	}
	/* What the program wrote past the break, in the break's own page. */
	memset(addr_ptr(mm->heap_end), 0, MIN(to, old_end) - mm->heap_end);
	return 0;
}

static int heap_shrink(struct mm *mm, addr_t to)
{
	addr_t old_end = page_ceil(mm->heap_end), end = page_ceil(to);
	struct cut cut;
	int err;

	if (end == old_end)
		return 0;
	err = cut_reserve(&cut, mm, end, old_end);
	if (!err)
		cut_commit(&cut);
	return err;
}

int mm_sbrk(struct mm *mm, intptr_t increment, addr_t *old, struct mm_job *job)
{
	addr_t to = mm->heap_end + (addr_t)increment;
	int err = 0;

	mm_job_clear(job);
	*old = mm->heap_end;
	if (mm->heap_end == 0)
		return -ENOMEM;
	if (increment > 0)
		err = to < mm->heap_end ? -ENOMEM : heap_grow(mm, to, job);
	else if (increment < 0)
		err = to > mm->heap_end || to < mm->heap_start ? -EINVAL : heap_shrink(mm, to);
	if (!err)
		mm->heap_end = to;
	return err;
}
