/* SPDX-License-Identifier: MIT */
/* Handing mappings over.  See include/mm/grant.h. */
#include <errno.h>
#include <mm/grant.h>
#include <mm/mmap.h>

#include "internal.h"

/* The youngest VMA that is exactly the range, or NULL. */
static struct vma *find_whole(struct mm *mm, addr_t start, addr_t end)
{
	struct vma *vma, *found = NULL;

	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end))
		if (vma->start == start && vma->end == end) /* of one range, the youngest is last */
			found = vma;
	return found;
}

static bool can_move(const struct mm *mm, const struct vma *vma)
{
	return !vma->region->backing && !(vma->flags & (VMA_STACK | VMA_HEAP | VMA_LOCKED)) &&
	       mm_job_is_done(&mm->job);
}

int mm_grant(struct mm *from, addr_t start, addr_t len, struct mm *to)
{
	struct vma *vma = find_whole(from, start, start + len), *copy;
	struct backing *backing;

	if (!vma)
		return -EINVAL;
	if (to == from)
		return -EEXIST;
	if (!(vma->flags & VMA_SHARED) && !can_move(from, vma))
		return -EPERM;
	if (to->nvmas >= to->max_vmas || !mm_has_room(to, len >> CONFIG_PAGE_SHIFT))
		return -ENOMEM;
	if (!(vma->flags & VMA_SHARED)) {
		mm_flush_vma(vma, vma->start, vma->end);
		vma_move(vma, to);
		return 0;
	}
	copy = vma_reserve();
	if (!copy)
		return -ENOMEM;

	/* Nothing below can fail. */
	copy->mm = to;
	copy->region = vma->region;
	copy->start = vma->start;
	copy->end = vma->end;
	copy->serial = ++to->serial;
	copy->prot = vma->prot;
	copy->max_prot = vma->max_prot;
	copy->flags = VMA_SHARED;
	vma_insert(copy);
	backing = copy->region->backing;
	if (backing->ops->attached)
		backing->ops->attached(backing, to);
	mm_flush_new(copy);
	return 0;
}
