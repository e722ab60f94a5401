/* SPDX-License-Identifier: MIT */
/* Mappings.  See include/mm/vma.h. */
#include <croft/mman.h>
#include <kernel/tracing.h>
#include <mm/pool.h>
#include <mm/space.h>
#include <mm/vma.h>

#include "internal.h"

static struct pool vma_pool = POOL_INIT(struct vma);

int vma_compare(const struct vma *a, const struct vma *b)
{
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if (a->end != b->end)
		return a->end < b->end ? -1 : 1;
	if (a->serial != b->serial)
		return vma_is_younger(a, b) ? 1 : -1;
	return 0;
}

/* Count what the VMA grants of a store, or with @sign -1 no longer. */
static void count_rights(const struct vma *vma, int sign)
{
	struct backing *backing = vma->region->backing;

	if (vma->prot & PROT_WRITE)
		backing->nwrite += (uint32_t)sign;
	if (vma->prot & PROT_EXEC)
		backing->nexec += (uint32_t)sign;
}

/* For mlock(); what is locked is to be pinned anew wherever it changes. */
static __attribute__((noinline)) void count_unlike(const struct vma *vma, int sign)
{
	struct mm *mm = vma->mm;

	if (vma->flags & VMA_LOCKED) {
		mm->nlocked = (uint16_t)(mm->nlocked + sign);
		mm_unpin(mm, vma->start, vma->end);
	} else {
		mm->nexec = (mm->nexec + (unsigned int)sign) & INT16_MAX;
	}
}

static inline void count_locked(const struct vma *vma, int sign)
{
	if ((vma->flags & VMA_LOCKED) || (vma->prot & PROT_EXEC))
		count_unlike(vma, sign);
}

struct vma *vma_reserve(void)
{
	return pool_take(&vma_pool);
}

void vma_unreserve(struct vma *vma)
{
	pool_free(&vma_pool, vma);
}

static uint32_t pages(const struct vma *vma)
{
	return (vma->end - vma->start) >> CONFIG_PAGE_SHIFT;
}

static bool is_same(const struct vma *vma, const struct vma *beside)
{
	return beside && beside->region == vma->region;
}

/* Where another of the mm lies over the same region, none of them is alone. */
static void note_layers(struct vma *vma)
{
	struct vma *beside[2] = { vma_before(vma), vma_behind(vma) };

	for (unsigned int i = 0; i < ARRAY_SIZE(beside); i++)
		if (is_same(vma, beside[i])) {
			beside[i]->flags |= VMA_LAYERED;
			vma->flags |= VMA_LAYERED;
		}
}

/* Take one that is not alone out of the tree; the last that it leaves is alone. */
static void remove_layer(struct vma *vma)
{
	struct vma *before = vma_before(vma), *behind = vma_behind(vma);
	struct vma *left = is_same(vma, before) ? before : behind;

	tree_remove(&vma->mm->vmas, &vma->node);
	if (is_same(vma, left) && !is_same(left, vma_before(left)) &&
	    !is_same(left, vma_behind(left)))
		left->flags &= (uint8_t)~VMA_LAYERED;
}

static void tree_put(struct vma *vma)
{
	struct tree_node *parent, **link = tree_top(&vma->mm->vmas, &parent);

	while (*link) {
		const struct vma *other = vma_of(*link);

		int side = vma->start > other->start;

		if (vma->start == other->start)
			side = vma_compare(vma, other) > 0;
		link = tree_down(link, &parent, side);
	}
	tree_insert(&vma->mm->vmas, &vma->node, parent, link);
}

static void tell(const struct vma *vma)
{
	tracing(TRACING_vma, ptr_addr(vma), (uint32_t)vma->mm->pid, vma->start, vma->end,
		(uint32_t)vma->prot | (uint32_t)vma->flags << 8);
}

/* Links, but not the region's count: what vma_split() makes of an owned region has it. */
static void link_vma(struct vma *vma)
{
	struct backing *backing = vma->region->backing;
	struct mm *mm = vma->mm;

	tree_put(vma);
	if (vma->region->usage > 1)
		note_layers(vma);
	mm->last = vma;
	mm->nvmas++;
	mm->npages += pages(vma);
	count_locked(vma, 1);
	if (backing) {
		LIST_INSERT_HEAD(&backing->vmas, vma, on_backing);
		backing->ops->get(backing);
	}
	if (vma->region->is_store)
		count_rights(vma, 1);
	tell(vma);
}

static void unlink_vma(struct vma *vma)
{
	struct mm *mm = vma->mm;

	tracing(TRACING_vma_gone, ptr_addr(vma));
	if (vma->region->is_store)
		count_rights(vma, -1);
	if (vma->region->backing)
		LIST_REMOVE(vma, on_backing);
	if (vma_is_alone(vma))
		tree_remove(&mm->vmas, &vma->node);
	else
		remove_layer(vma);
	mm->nvmas--;
	mm->npages -= pages(vma);
	count_locked(vma, -1);
	if (mm->last == vma)
		mm->last = NULL;
}

void vma_insert(struct vma *vma)
{
	ASSERT(vma->start < vma->end && is_page_aligned(vma->start | vma->end));
	ASSERT(vma->region->start <= vma->start && vma->end <= vma->region->top);
	vma->region->usage++;
	link_vma(vma);
}

/* Has a mapping of the region no piece left? */
static bool is_gone(struct mm *mm, const struct region *region, uint32_t serial)
{
	struct vma *vma;

	for (vma = mm_first(mm, region->start, region->end); vma; vma = vma_behind(vma)) {
		if (vma->region != region)
			return true;
		if (vma->serial == serial)
			return false;
	}
	return true;
}

/* Another VMA over a shared copy, in which it can lie from now on. */
static struct region *move_copy(struct region *region)
{
	struct region *to = NULL;
	struct vma *vma;

	LIST_FOREACH(vma, &region->backing->vmas, on_backing)
		if (vma->region == region) {
			if (!to) {
				to = &vma->own;
				region_move(to, region);
			}
			vma->region = to;
		}
	return to;
}

/* One of the VMAs over a shared copy goes: what the last one does not show is nobody's any more. */
static void leave_copy(struct vma *vma)
{
	struct region *region = vma->region;

	if (region == &vma->own)
		region = move_copy(region);
	if (--region->usage == 1) {
		vma = container_of(region, struct vma, own);
		region_shrink(region, vma->start, MIN(vma->end, region->end));
	}
}

/* The region has a user less: @vma, which is unlinked. */
static void leave_region(struct vma *vma)
{
	struct region *region = vma->region;

	if (region_is_owned(region))
		region_close(region);
	else if (!region->is_store)
		leave_copy(vma);
	else if (--region->usage == 0 && region->backing->kind != BACKING_RAM)
		region_close_store(region->backing);
}

void vma_remove(struct vma *vma)
{
	struct backing *backing = vma->region->backing;
	struct mm *mm = vma->mm;

	unlink_vma(vma);
	if (backing && backing->ops->detached &&
	    (vma_is_alone(vma) || is_gone(mm, vma->region, vma->serial)))
		backing->ops->detached(backing, mm);
	leave_region(vma);
	vma_unreserve(vma);
	if (backing) /* last: the store may go with it */
		backing->ops->put(backing);
}

void vma_move(struct vma *vma, struct mm *to)
{
	ASSERT(region_is_owned(vma->region) && !vma->region->backing);
	unlink_vma(vma);
	vma->mm = to;
	vma->serial = ++to->serial;
	vma->flags = 0;
	link_vma(vma);
}

void vma_set_prot(struct vma *vma, unsigned int prot)
{
	bool is_store = vma->region->is_store;

	if (is_store)
		count_rights(vma, -1);
	count_locked(vma, -1);
	vma->prot = (uint8_t)prot;
	count_locked(vma, 1);
	if (is_store)
		count_rights(vma, 1);
	tell(vma);
}

void vma_set_locked(struct vma *vma, bool on)
{
	count_locked(vma, -1);
	vma->flags &= (uint8_t)~VMA_LOCKED;
	if (on)
		vma->flags |= VMA_LOCKED;
	count_locked(vma, 1);
}

/* Change the ends; where others coincide it may have to change its place in the tree. */
static void set_range(struct vma *vma, addr_t start, addr_t end)
{
	bool moves = !vma_is_alone(vma);

	if (moves)
		tree_remove(&vma->mm->vmas, &vma->node);
	vma->mm->npages -= pages(vma);
	if (vma->flags & VMA_LOCKED)
		mm_unpin(vma->mm, MIN(start, vma->start), MAX(end, vma->end));
	vma->start = start;
	vma->end = end;
	vma->mm->npages += pages(vma);
	if (moves)
		tree_put(vma);
	tell(vma);
}

void vma_split(struct vma *vma, addr_t at, struct vma *tail)
{
	ASSERT(vma->start < at && at < vma->end && is_page_aligned(at));
	*tail = *vma;
	tail->start = at;
	set_range(vma, vma->start, at);
	if (region_is_owned(vma->region)) {
		if (at >= vma->region->end) /* in what a stack was rounded up by */
			region_fill(vma->region);
		tail->region = &tail->own;
		region_split(vma->region, at, tail->region);
	} else {
		tail->region->usage++;
	}
	link_vma(tail);
}

void vma_shrink(struct vma *vma, addr_t start, addr_t end)
{
	bool is_rounding = end >= vma->region->end && end < vma->end; /* cut: of a stack */

	ASSERT(vma->start <= start && start < end && end <= vma->end);
	set_range(vma, start, end);
	if (is_rounding && region_is_owned(vma->region))
		region_fill(vma->region);
	if (region_is_owned(vma->region))
		region_shrink(vma->region, start, MIN(end, vma->region->end));
}

void vma_extend(struct vma *vma, addr_t end)
{
	ASSERT(end > vma->end && end <= vma->region->end);
	set_range(vma, vma->start, end);
}

bool vma_can_merge(const struct vma *vma, const struct vma *tail)
{
	return vma->end == tail->start && vma->serial == tail->serial && vma->prot == tail->prot &&
	       vma->max_prot == tail->max_prot &&
	       ((vma->flags ^ tail->flags) & ~(unsigned int)VMA_CACHED) == 0 &&
	       (vma->region == tail->region ||
		(region_is_owned(vma->region) && region_is_owned(tail->region)));
}

void vma_merge(struct vma *vma, struct vma *tail)
{
	struct backing *backing = vma->region->backing;
	addr_t end = tail->end;

	ASSERT(vma_can_merge(vma, tail));
	unlink_vma(tail);
	set_range(vma, vma->start, end);
	vma->flags |= tail->flags & VMA_CACHED;
	if (tail->region == vma->region)
		leave_region(tail);
	else
		region_merge(vma->region, tail->region);
	vma_unreserve(tail);
	if (backing)
		backing->ops->put(backing);
}
