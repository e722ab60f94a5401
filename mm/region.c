/* SPDX-License-Identifier: MIT */
/* The tree of regions.  See include/mm/region.h. */
#include <errno.h>
#include <kernel/tracing.h>
#include <mm/page.h>
#include <mm/pool.h>
#include <mm/region.h>

#include "internal.h"

RB_HEAD(region_tree, region);

static struct region_tree regions = RB_INITIALIZER(&regions);
static struct pool region_pool = POOL_INIT("region", struct region);
struct region_stats region_stats;

static int region_compare(const struct region *a, const struct region *b)
{
	return a->start < b->start ? -1 : a->start > b->start;
}

RB_GENERATE_STATIC(region_tree, region, node, region_compare)

static void tell(const struct region *region)
{
	const struct backing *backing = region->backing;

	tracing(TRACING_region, ptr_addr(region), region->start, region->end, region->top,
		(uint32_t)region->kind | (backing ? (uint32_t)backing->kind << 8 : 0));
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

/* Account for pages that a region gains or, with @sign -1, loses. */
static void account(const struct region *region, addr_t start, addr_t end, int sign)
{
	uint32_t n = (uint32_t)sign * pages(start, end);

	if (region->kind != REGION_STORE)
		region_stats.private_pages += n;
	else if (region->backing->kind == BACKING_RAM)
		region_stats.store_pages += n;
}

static void account_waste(const struct region *region, int sign)
{
	region_stats.waste_pages += (uint32_t)sign * pages(region->end, region->top);
}

void region_insert(struct region *region, enum region_kind kind, addr_t start, addr_t end,
		   addr_t top, struct backing *backing, uint32_t offset)
{
	ASSERT(start < end && end <= top && is_page_aligned(start | end | top));
	region->kind = kind;
	region->start = start;
	region->end = end;
	region->top = top;
	region->backing = backing;
	region->offset = offset;
	RB_INSERT(region_tree, &regions, region);
	account(region, start, top, 1);
	account_waste(region, 1);
	tell(region);
	tell_path(region);
}

void region_remove(struct region *region)
{
	tracing(TRACING_region_gone, ptr_addr(region));
	ASSERT(region->usage == 0);
	account(region, region->start, region->top, -1);
	account_waste(region, -1);
	RB_REMOVE(region_tree, &regions, region);
	pool_free(&region_pool, region);
}

void region_get(struct region *region)
{
	region->usage++;
}

/* Does the region go with its last user? */
static bool is_transient(const struct region *region)
{
	return region->kind != REGION_STORE || region->backing->kind != BACKING_RAM;
}

void region_put(struct region *region)
{
	addr_t start = region->start, top = region->top;
	bool is_own = region->kind != REGION_STORE;

	ASSERT(region->usage > 0);
	if (--region->usage > 0 || !is_transient(region))
		return;
	if (!is_own)
		region->backing->store = NULL;
	region_remove(region);
	if (is_own)
		page_put(start, pages(start, top));
}

void region_split(struct region *region, addr_t at, struct region *tail)
{
	ASSERT(region_is_owned(region) && is_page_aligned(at));
	ASSERT(region->start < at && at < region->end);
	tail->kind = region->kind;
	tail->is_shared = region->is_shared;
	tail->is_filling = region->is_filling;
	tail->start = at;
	tail->end = region->end;
	tail->top = region->top;
	tail->backing = region->backing;
	tail->offset = region->offset + (at - region->start);
	tail->usage = 1;
	region->end = region->top = at;
	RB_INSERT(region_tree, &regions, tail);
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
	account(region, old_start, start, -1);
	account(region, top, old_top, -1);
	account_waste(region, -1);
	region->offset += start - old_start;
	region->start = start; /* no other region lies between: it keeps its place in the tree */
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
	account(region, old_top, region->top, 1);
	account_waste(region, 1);
	tell(region);
	return 0;
}

void region_resize_store(struct region *region, addr_t end)
{
	ASSERT(region->kind == REGION_STORE && end > region->start);
	account(region, region->start, region->top, -1);
	region->end = region->top = end;
	account(region, region->start, region->top, 1);
	tell(region);
}

void region_move_store(struct region *region, addr_t start)
{
	ASSERT(region->kind == REGION_STORE && region->usage == 0);
	RB_REMOVE(region_tree, &regions, region);
	region->end = region->top = start + (region->end - region->start);
	region->start = start;
	RB_INSERT(region_tree, &regions, region);
	tell(region);
}

void region_merge(struct region *region, struct region *tail)
{
	ASSERT(region_is_owned(region) && region_is_owned(tail));
	ASSERT(region->top == tail->start && region->end == region->top);
	RB_REMOVE(region_tree, &regions, tail);
	region->end = tail->end;
	region->top = tail->top;
	tracing(TRACING_region_gone, ptr_addr(tail));
	tell(region);
	pool_free(&region_pool, tail);
}

struct region *region_reserve(void)
{
	return pool_alloc(&region_pool);
}

void region_unreserve(struct region *region)
{
	pool_free(&region_pool, region);
}

struct region *region_find_from(addr_t at)
{
	struct region *region = RB_ROOT(&regions), *found = NULL;

	while (region) {
		if (at < region->top) {
			found = region;
			region = RB_LEFT(region, node);
		} else {
			region = RB_RIGHT(region, node);
		}
	}
	return found;
}

struct region *region_find(addr_t at)
{
	struct region *region = region_find_from(at);

	return region && region->start <= at ? region : NULL;
}

struct region *region_next(struct region *region)
{
	return RB_NEXT(region_tree, &regions, region);
}
