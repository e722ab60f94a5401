/* SPDX-License-Identifier: MIT */
/* Regions.  See include/mm/region.h. */
#include <errno.h>
#include <kernel/tracing.h>
#include <mm/page.h>
#include <mm/space.h>

#include "internal.h"

static LIST_HEAD(, backing) stores = LIST_HEAD_INITIALIZER(stores);
struct region_stats region_stats;

static void tell(const struct region *region)
{
	const struct backing *backing = region->backing;

	tracing(TRACING_region, ptr_addr(region), region->start, region->end, region->top,
		(uint32_t)region_kind(region) | (backing ? (uint32_t)backing->kind << 8 : 0));
}

static void tell_path(const struct region *region)
{
	const struct backing *backing = region->backing;
	char path[32];

	if (!IS_ENABLED(CONFIG_TRACE) || !backing || !backing->ops->path)
		return;
	backing->ops->path(backing, path, sizeof(path));
	tracing_text(TRACING_path, ptr_addr(region), path);
}

static uint32_t pages(addr_t start, addr_t end)
{
	return (end - start) >> CONFIG_PAGE_SHIFT;
}

/* Account for pages that a store gains or, with @sign -1, loses. */
static void account_store(const struct region *region, int sign)
{
	if (region->backing->kind == BACKING_RAM)
		region_stats.store_pages += (uint32_t)sign * pages(region->start, region->end);
}

/* The same for pages of a region's own. */
static inline void account(addr_t start, addr_t end, int sign)
{
	region_stats.private_pages += (uint32_t)sign * pages(start, end);
}

static void account_waste(const struct region *region, int sign)
{
	if (region->end != region->top)
		region_stats.waste_pages += (uint32_t)sign * pages(region->end, region->top);
}

/* The rest of a new region than its addresses. */
static void begin(struct region *region, struct backing *backing, uint32_t offset, bool is_store)
{
	ASSERT(region->start < region->end && region->end <= region->top);
	ASSERT(is_page_aligned(region->start | region->end | region->top));
	region->backing = backing;
	region->offset = offset;
	region->usage = 0;
	region->is_store = is_store;
	region->is_shared = region->is_filling = region->is_going = 0;
	tell(region);
	tell_path(region);
}

void region_open(struct region *region, struct backing *backing, uint32_t offset)
{
	begin(region, backing, offset, false);
	region_stats.private_pages += pages(region->start, region->top);
	account_waste(region, 1);
}

void region_open_store(struct backing *backing, addr_t start, addr_t end)
{
	struct region *region = &backing->store;

	region->start = start;
	region->end = region->top = end;
	begin(region, backing, 0, true);
	account_store(region, 1);
	LIST_INSERT_HEAD(&stores, backing, on_stores);
}

void region_close_store(struct backing *backing)
{
	struct region *region = &backing->store;

	tracing(TRACING_region_gone, ptr_addr(region));
	ASSERT(region->usage == 0);
	account_store(region, -1);
	LIST_REMOVE(backing, on_stores);
	region->start = region->end = region->top = 0;
}

void region_close(struct region *region)
{
	uint32_t npages = pages(region->start, region->top);

	tracing(TRACING_region_gone, ptr_addr(region));
	ASSERT(region_is_owned(region));
	region_stats.private_pages -= npages;
	account_waste(region, -1);
	page_put(region->start, npages);
}

void region_move(struct region *to, struct region *from)
{
	tracing(TRACING_region_gone, ptr_addr(from));
	*to = *from;
	tell(to);
	tell_path(to);
}

void region_split(struct region *region, addr_t at, struct region *tail)
{
	ASSERT(region_is_owned(region) && is_page_aligned(at));
	ASSERT(region->start < at && at < region->end);
	*tail = *region;
	tail->start = at;
	tail->offset += at - region->start;
	region->end = region->top = at;
	tell(region);
	tell(tail);
	tell_path(tail);
}

void region_shrink(struct region *region, addr_t start, addr_t end)
{
	addr_t old_start = region->start, old_top = region->top;
	addr_t top = end < region->end ? end : region->top;

	ASSERT(region_is_owned(region));
	ASSERT(old_start <= start && start < end && end <= region->end);
	account(old_start, start, -1);
	account(top, old_top, -1);
	account_waste(region, -1);
	region->offset += start - old_start;
	region->start = start;
	region->end = end;
	region->top = top;
	account_waste(region, 1);
	tell(region);
	if (old_start < start)
		page_put(old_start, pages(old_start, start));
	if (top < old_top)
		page_put(top, pages(top, old_top));
}

void region_fill(struct region *region)
{
	account_waste(region, -1);
	region->end = region->top;
	tell(region);
}

int region_grow(struct region *region, addr_t end)
{
	addr_t old_top = region->top;
	int err;

	ASSERT(region_is_owned(region) && end > region->end);
	if (end > old_top) {
		err = page_take(old_top, pages(old_top, end));
		if (err)
			return err;
	}
	account_waste(region, -1);
	region->end = end;
	region->top = MAX(end, old_top);
	account(old_top, region->top, 1);
	account_waste(region, 1);
	tell(region);
	return 0;
}

void region_resize_store(struct region *region, addr_t end)
{
	ASSERT(region->is_store && end > region->start);
	account_store(region, -1);
	region->end = region->top = end;
	account_store(region, 1);
	tell(region);
}

void region_move_store(struct region *region, addr_t start)
{
	ASSERT(region->is_store && region->usage == 0);
	region->end = region->top = start + (region->end - region->start);
	region->start = start;
	tell(region);
}

void region_merge(struct region *region, struct region *tail)
{
	ASSERT(region_is_owned(region) && region_is_owned(tail));
	ASSERT(region->top == tail->start && region->end == region->top);
	region->end = tail->end;
	region->top = tail->top;
	tracing(TRACING_region_gone, ptr_addr(tail));
	tell(region);
}

/* Of two regions the first that ends behind an address; NULL is none. */
static struct region *nearer(struct region *a, struct region *b, addr_t at)
{
	if (!b || b->top <= at)
		return a;
	return !a || b->start < a->start ? b : a;
}

struct region *region_find_from(addr_t at)
{
	struct region *found = NULL;
	struct backing *backing;
	struct mm *mm;

	LIST_FOREACH(mm, &spaces, link)
		found = nearer(found, mm_region_from(mm, at), at);
	LIST_FOREACH(backing, &stores, on_stores)
		found = nearer(found, &backing->store, at);
	return found;
}

struct region *region_find(addr_t at)
{
	struct region *region = region_find_from(at);

	return region && region->start <= at ? region : NULL;
}

struct region *region_next(const struct region *region)
{
	return region_find_from(region->top);
}
