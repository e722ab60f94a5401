/* SPDX-License-Identifier: MIT */
/* Taking mappings away.  See include/mm/mmap.h. */
#include <errno.h>
#include <mm/mmap.h>

#include "cut.h"
#include "internal.h"

int mm_unmap(struct mm *mm, addr_t start, size_t len)
{
	struct cut cut;
	int err;

	if (len == 0 || !is_page_aligned(start) || len > (size_t)(0 - PAGE_SIZE) - start)
		return -EINVAL;
	err = cut_reserve(&cut, mm, start, start + page_ceil((addr_t)len), CUT_YOUNGEST);
	if (!err)
		cut_commit(&cut);
	return err;
}

#define STEP_BYTES ((addr_t)MM_STEP_PAGES << CONFIG_PAGE_SHIFT)

/*
 * Where the last step's worth of [@start, @end) begins.
 *
 * Only memory of the mapping's own makes work, and only where there is nothing else may the range
 * be cut from its end: the first cut is then the only one that takes records, so that no later
 * step can fail.
 */
static addr_t step_start(struct mm *mm, addr_t start, addr_t end)
{
	struct vma *vma;

	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end))
		if (!region_is_owned(vma->region))
			return start;
	vma = mm_find(mm, end - 1);
	return vma ? MAX(MAX(start, vma->start), end - STEP_BYTES) : start;
}

int mm_unmap_step(struct mm *mm, addr_t start, size_t *len)
{
	addr_t end, from;
	int err;

	if (*len <= STEP_BYTES || !is_page_aligned(start) ||
	    *len > (size_t)(0 - PAGE_SIZE) - start) {
		err = mm_unmap(mm, start, *len);
		*len = 0;
		return err;
	}
	end = start + page_ceil((addr_t)*len);
	from = step_start(mm, start, end);
	err = mm_unmap(mm, from, end - from);
	*len = err ? 0 : from - start;
	return err;
}

void mm_unmap_serial(struct mm *mm, struct region *region, uint32_t serial)
{
	struct vma *vma, *next;

	mm_flush(mm, region->start, region->top);
	for (vma = mm_first(mm, region->start, region->end); vma; vma = next) {
		next = mm_next(vma, region->start, region->end);
		if (vma->serial == serial)
			vma_remove(vma);
	}
}

bool mm_unmap_all_step(struct mm *mm)
{
	struct vma *vma = RB_MIN(vma_tree, &mm->vmas);

	if (!vma)
		return true;
	mm->heap_start = mm->heap_end = 0;
	mm_flush(mm, 0, UINT32_MAX);
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

bool mm_is_mapped(struct mm *mm, addr_t start, addr_t end)
{
	addr_t at = start;
	struct vma *vma;

	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end)) {
		if (vma->start > at)
			return false;
		at = MAX(at, vma->end);
	}
	return at >= end;
}
