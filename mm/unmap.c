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

void mm_unmap_all(struct mm *mm)
{
	mm_flush(mm, 0, UINT32_MAX);
	while (!mm_is_empty(mm))
		vma_remove(RB_MIN(vma_tree, &mm->vmas));
	mm->heap_start = mm->heap_end = 0;
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
