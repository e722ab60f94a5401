/* SPDX-License-Identifier: MIT */
/*
 * Looking up in an address space.  See include/mm/space.h.
 *
 * VMAs coincide only over one region, and regions do not overlap.  So the VMAs that hold an
 * address are found by one descent to the last that starts at or before it, and a walk back
 * while the region is the same.  One that is alone over its region (vma_is_alone) needs no walk,
 * and where it was the last that was found no descent either.
 */
#include <mm/space.h>

#include "internal.h"

struct mm_list spaces = LIST_HEAD_INITIALIZER(spaces);

void mm_init(struct mm *mm)
{
	*mm = (struct mm){ .max_vmas = CONFIG_MAX_MAP_COUNT,
			   .max_pages = UINT32_MAX,
			   .top_pages = UINT32_MAX };
	mm_change(mm);
	LIST_INSERT_HEAD(&spaces, mm, link);
	for (unsigned int slot = 0; slot < MM_SLOTS; slot++) {
		mm->image[slot] = arch_mpu_empty(slot);
		mm->spans[slot] = SPAN_NONE;
	}
}

static bool holds(const struct vma *vma, addr_t at)
{
	return vma->start <= at && at < vma->end;
}

/* The last VMA, in the order of the tree, that starts at or before @at. */
static struct vma *last_from(struct mm *mm, addr_t at)
{
	struct vma *vma = mm->last, *found = NULL;

	if (vma && holds(vma, at) && vma_is_alone(vma))
		return vma;
	vma = vma_of(mm->vmas.root);
	while (vma) {
		if (vma->start <= at) {
			found = vma;
			vma = vma_of(vma->node.child[1]);
		} else {
			vma = vma_of(vma->node.child[0]);
		}
	}
	return found;
}

/* The VMA before @vma over the same region, or NULL. */
static struct vma *before_same(struct vma *vma)
{
	struct vma *prev = vma_is_alone(vma) ? NULL : vma_before(vma);

	return prev && prev->region == vma->region ? prev : NULL;
}

struct vma *mm_find(struct mm *mm, addr_t at)
{
	struct vma *vma = mm->last;

	if (vma && holds(vma, at))
		return vma;
	for (vma = last_from(mm, at); vma && !holds(vma, at);)
		vma = before_same(vma);
	if (vma)
		mm->last = vma;
	return vma;
}

struct vma *mm_first(struct mm *mm, addr_t start, addr_t end)
{
	struct vma *last = last_from(mm, start), *first = NULL, *next;

	if (last && last->end > start && vma_is_alone(last))
		return last;
	for (struct vma *vma = last; vma; vma = before_same(vma))
		if (vma->end > start)
			first = vma;
	if (first)
		return first;
	next = last ? vma_behind(last) : mm_lowest(mm);
	return next && next->start < end ? next : NULL;
}

struct vma *mm_next(struct vma *vma, addr_t start, addr_t end)
{
	if (vma->end >= end && vma_is_alone(vma))
		return NULL;
	do
		vma = vma_behind(vma);
	while (vma && vma->end <= start);
	return vma && vma->start < end ? vma : NULL;
}

struct vma *mm_last(struct mm *mm, addr_t start, addr_t end)
{
	struct vma *vma = end > start ? last_from(mm, end - 1) : NULL;

	/* Those that coincide with it may reach further. */
	return vma && (vma_is_alone(vma) ? vma->end : vma->region->top) > start ? vma : NULL;
}

struct region *mm_region_from(struct mm *mm, addr_t at)
{
	struct vma *vma = last_from(mm, at);

	if (vma && vma->region->top <= at)
		vma = vma_behind(vma);
	else if (!vma)
		vma = mm_lowest(mm);
	return vma ? vma->region : NULL;
}

static bool is_behind(const struct vma *vma, addr_t start, addr_t end, uint32_t serial)
{
	if (vma->start != start)
		return vma->start > start;
	if (vma->end != end)
		return vma->end > end;
	return (int32_t)(vma->serial - serial) > 0;
}

struct vma *mm_behind(struct mm *mm, addr_t start, addr_t end, uint32_t serial)
{
	struct vma *vma = vma_of(mm->vmas.root), *found = NULL;

	while (vma) {
		if (is_behind(vma, start, end, serial)) {
			found = vma;
			vma = vma_of(vma->node.child[0]);
		} else {
			vma = vma_of(vma->node.child[1]);
		}
	}
	return found;
}

bool mm_is_device(struct mm *mm, addr_t at)
{
	const struct vma *vma = mm_find(mm, at);

	return vma && vma->region->backing && vma->region->backing->kind == BACKING_DEVICE;
}

void mm_rely_on(struct mm *mm, addr_t at)
{
	for (struct vma *vma = last_from(mm, at); vma; vma = before_same(vma))
		if (holds(vma, at))
			vma->flags |= VMA_CACHED;
}

int mm_rights(struct mm *mm, addr_t at, addr_t *start, addr_t *end)
{
	struct vma *vma = last_from(mm, at);
	struct vma *behind;
	unsigned int rights = 0;
	bool found = false;

	if (!vma)
		return -1;
	if (vma_is_alone(vma)) {
		if (!holds(vma, at))
			return -1;
		mm->last = vma;
		*start = vma->start;
		*end = vma->end;
		return vma->prot;
	}
	*start = vma->region->start;
	*end = vma->region->top;
	behind = vma_behind(vma);
	if (behind && behind->start < *end)
		*end = behind->start;
	for (; vma; vma = before_same(vma)) {
		if (holds(vma, at)) {
			rights |= vma->prot;
			found = true;
			*start = MAX(*start, vma->start);
			*end = MIN(*end, vma->end);
		} else { /* it ends at or before @at */
			*start = MAX(*start, vma->end);
		}
	}
	return found ? (int)rights : -1;
}

bool mm_grants(struct mm *mm, addr_t at, size_t len, unsigned int want)
{
	struct vma *vma = last_from(mm, at);

	if (!vma || at >= vma->end || len > vma->end - at || !vma_is_alone(vma) ||
	    (want & ~(unsigned int)vma->prot) ||
	    (vma->region->backing && vma->region->backing->kind == BACKING_DEVICE))
		return false;
	mm->last = vma;
	return true;
}

struct vma *mm_youngest(struct mm *mm, addr_t at, addr_t end, addr_t *until)
{
	struct vma *vma = last_from(mm, at), *found = NULL, *next;

	if (vma && holds(vma, at) && vma_is_alone(vma)) {
		*until = MIN(vma->end, end);
		return vma;
	}
	next = vma ? vma_behind(vma) : mm_lowest(mm);
	for (; vma; vma = before_same(vma))
		if (holds(vma, at) && (!found || vma_is_younger(vma, found)))
			found = vma;
	*until = found ? MIN(found->end, end) : end;
	for (; next && next->start < *until; next = vma_behind(next))
		if (!found || vma_is_younger(next, found)) {
			*until = next->start;
			break;
		}
	return found;
}
