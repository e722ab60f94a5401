/* SPDX-License-Identifier: MIT */
/* Stores of RAM.  See include/mm/store.h. */
#include <errno.h>
#include <mm/page.h>
#include <mm/space.h>
#include <mm/store.h>
#include <string.h>

#include "internal.h"

static uint32_t pages(addr_t len)
{
	return len >> CONFIG_PAGE_SHIFT;
}

static int create(struct backing *backing, uint32_t npages)
{
	addr_t start, len = npages << CONFIG_PAGE_SHIFT;

	if (page_alloc(npages, PLACE_ANY, &start))
		return -ENOMEM;
	region_open_store(backing, start, start + len);
	return 0;
}

int store_grow(struct backing *backing, uint32_t npages)
{
	struct region *region = &backing->store;
	uint32_t had;

	ASSERT(backing->kind == BACKING_RAM);
	if (npages == 0 || npages >= page_total())
		return npages ? -ENOMEM : 0;
	if (!region->end)
		return create(backing, npages);
	had = pages(region->end - region->start);
	if (npages <= had)
		return 0;
	if (page_take(region->end, npages - had))
		return -ENOMEM;
	region_resize_store(region, region->start + (npages << CONFIG_PAGE_SHIFT));
	return 0;
}

/* What grows once will grow again, so it gets room to do so in place, as heaps do. */
static int move_begin(const struct region *region, uint32_t npages, struct store_move *move)
{
	if (region->usage > 0 || npages > page_total() || page_alloc(npages, PLACE_HEAP, &move->to))
		return -ENOMEM;
	move->npages = npages;
	move->done = 0;
	return 0;
}

int store_move(struct backing *backing, uint32_t npages, struct store_move *move)
{
	struct region *region = &backing->store;
	addr_t from = region->start, len = region->end - from, step;

	if (!move->to && move_begin(region, npages, move))
		return -ENOMEM;
	ASSERT(region->usage == 0);
	step = MIN(len - move->done, (addr_t)CONFIG_STEP_BYTES);
	memcpy(addr_ptr(move->to + move->done), addr_ptr(from + move->done), step);
	move->done += step;
	if (move->done < len)
		return 1;
	region_move_store(region, move->to);
	region_resize_store(region, move->to + (move->npages << CONFIG_PAGE_SHIFT));
	move->to = 0;
	page_put(from, pages(len));
	return 0;
}

void store_stay(struct store_move *move)
{
	if (move->to)
		page_put(move->to, move->npages);
	move->to = 0;
}

/* Where in the store, or in what it was copied from, a VMA ends: bytes. */
static uint32_t end_offset(const struct vma *vma)
{
	return vma->region->offset + (vma->end - vma->region->start);
}

static bool is_shown_behind(const struct backing *backing, uint32_t size)
{
	const struct vma *vma;

	LIST_FOREACH(vma, &backing->vmas, on_backing)
		if ((vma->flags & VMA_SHARED) && end_offset(vma) > size)
			return true;
	return false;
}

/* Let a private mapping end where its file now does. */
static void cut_behind(struct vma *vma, uint32_t size)
{
	addr_t end = vma->end - (end_offset(vma) - page_ceil(size));

	if (end_offset(vma) - page_ceil(size) >= vma->end - vma->start) {
		mm_flush_vma(vma, vma->start, vma->end);
		vma_remove(vma);
	} else {
		mm_flush_vma(vma, end, vma->end);
		vma_shrink(vma, vma->start, end);
		job_look_again(&vma->mm->job, vma);
	}
}

int store_shrink(struct backing *backing, uint32_t size)
{
	struct region *region = &backing->store;
	addr_t end, old_end;
	struct vma *vma, *next;

	if (is_shown_behind(backing, size))
		return -ETXTBSY;
	for (vma = LIST_FIRST(&backing->vmas); vma; vma = next) {
		next = LIST_NEXT(vma, on_backing);
		if (end_offset(vma) > page_ceil(size))
			cut_behind(vma, size);
	}
	if (!region->end)
		return 0;
	if (size == 0) {
		store_destroy(backing);
		return 0;
	}
	end = region->start + page_ceil(size);
	old_end = region->end;
	if (end < old_end) {
		region_resize_store(region, end);
		page_put(end, pages(old_end - end));
	}
	return 0;
}

uint32_t store_capacity(const struct backing *backing)
{
	return backing->store.end - backing->store.start;
}

int store_extent(const struct backing *backing, uint32_t size, struct extent *extent)
{
	if (!backing->store.end || size == 0)
		return -ENODEV;
	extent->start = backing->store.start;
	extent->end = extent->start + page_ceil(size);
	return 0;
}

void store_destroy(struct backing *backing)
{
	struct region *region = &backing->store;
	addr_t start = region->start, end = region->end;

	if (!end)
		return;
	region_close_store(backing);
	page_put(start, pages(end - start));
}
