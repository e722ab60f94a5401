/* SPDX-License-Identifier: MIT */
/*
 * mmap: what is asked for, which memory answers it, and where that lies.
 *
 *	request --plan_object--> which pages: the store's own, a copy that is there, new ones
 *		--place_*------> where new pages lie; from here on they are held
 *		--commit-------> region, VMA, and a job that fills new pages
 *
 * Every row of the table in docs/memory-model.md is one path through plan_object().
 */
#include <croft/mman.h>
#include <errno.h>
#include <limits.h>
#include <mm/mmap.h>
#include <mm/page.h>
#include <string.h>

#include "cut.h"
#include "internal.h"
#include "views.h"

#define OFF_MAX INT32_MAX /* largest off_t */

#define KNOWN_FLAGS                                                                                \
	(MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_DENYWRITE | MAP_EXECUTABLE |   \
	 MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB |      \
	 MAP_FIXED_NOREPLACE | MAP_UNINITIALIZED)

uint32_t mm_nr_trim_pages = CONFIG_NR_TRIM_PAGES;

/* What a request comes to. */
struct plan {
	const struct map_request *request;
	enum region_kind kind;
	addr_t start, end;     /* of the mapping */
	addr_t top;	       /* of the pages held for it */
	struct region *region; /* shared with others; NULL: a new one is needed */
	struct extent extent;  /* of a store whose region is new */
	bool is_shared_copy;
	uint8_t prot, max_prot, flags;
};

static uint32_t pages(addr_t len)
{
	return len >> CONFIG_PAGE_SHIFT;
}

static bool is_fixed(const struct map_request *request)
{
	return request->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
}

int mm_map_judge(const struct map_request *request)
{
	int type = request->flags & MAP_TYPE;
	bool is_anon = request->flags & MAP_ANONYMOUS;

	if (request->len == 0)
		return -EINVAL;
	if (type != MAP_SHARED && type != MAP_PRIVATE && (type != MAP_SHARED_VALIDATE || is_anon))
		return -EINVAL;
	if (!is_anon && ((request->offset & PAGE_MASK) || request->offset > OFF_MAX))
		return -EINVAL;
	if (is_fixed(request) && !is_page_aligned(request->addr))
		return -EINVAL;
	if (type == MAP_SHARED_VALIDATE && (request->flags & ~KNOWN_FLAGS))
		return -EOPNOTSUPP;
	if (page_ceil((addr_t)request->len) < request->len)
		return -ENOMEM;
	return 0;
}

unsigned int mm_prot_implied(int prot)
{
	unsigned int bits = (unsigned int)prot & (PROT_READ | PROT_WRITE | PROT_EXEC);

	return bits & (PROT_WRITE | PROT_EXEC) ? bits | PROT_READ : bits;
}

/* A copy that others share and that covers the request, or NULL. */
static struct region *find_copy(const struct map_request *request, addr_t len)
{
	struct vma *vma;

	LIST_FOREACH(vma, &request->backing->vmas, on_backing) {
		struct region *region = vma->region;

		if (region->kind == REGION_COPY && region->is_shared && !region->is_filling &&
		    region->offset <= request->offset &&
		    request->offset - region->offset <= region->end - region->start &&
		    len <= region->end - region->start - (request->offset - region->offset))
			return region;
	}
	return NULL;
}

/* Which memory answers a request for a file?  0, -ENODEV, -EOVERFLOW. */
static int plan_file(struct plan *plan, addr_t len)
{
	const struct map_request *request = plan->request;
	struct backing *backing = request->backing;
	bool is_private = (request->flags & MAP_TYPE) == MAP_PRIVATE;
	bool is_direct = backing->ops->direct(backing, &plan->extent) == 0;
	addr_t size = is_direct ? plan->extent.end - plan->extent.start : 0;

	if (is_direct && (len > size || request->offset > size - len))
		is_direct = false;
	if (!is_direct && !is_private)
		return -ENODEV;
	if (backing->kind == BACKING_DEVICE && (is_private || (plan->prot & PROT_EXEC)))
		return -ENODEV;
	if (request->len > OFF_MAX - request->offset)
		return -EOVERFLOW;

	plan->max_prot = PROT_READ | PROT_EXEC;
	if (!is_private) {
		plan->flags |= VMA_SHARED;
		if (request->can_write)
			plan->max_prot |= PROT_WRITE;
		if (backing->kind == BACKING_DEVICE)
			plan->max_prot &= (uint8_t)~PROT_EXEC;
	}
	if (is_private && (plan->prot & PROT_WRITE)) {
		plan->kind = REGION_COPY;
		plan->max_prot |= PROT_WRITE;
		return 0;
	}
	if (is_direct) {
		plan->kind = REGION_STORE;
		plan->region = backing->store;
		plan->start = plan->extent.start + request->offset;
		return 0;
	}
	plan->kind = REGION_COPY;
	plan->is_shared_copy = true;
	plan->region = find_copy(request, len);
	if (plan->region && is_fixed(request) &&
	    request->addr != plan->region->start + (request->offset - plan->region->offset))
		plan->region = NULL; /* another copy, where it is wanted */
	if (plan->region)
		plan->start = plan->region->start + (request->offset - plan->region->offset);
	return 0;
}

/* Which memory answers the request?  0, -ENODEV, -EOVERFLOW, -ENOTSUP. */
static int plan_object(struct plan *plan, addr_t len)
{
	const struct map_request *request = plan->request;
	int err;

	plan->prot = (uint8_t)mm_prot_implied(request->prot);
	plan->max_prot = PROT_READ | PROT_WRITE | PROT_EXEC;
	if (request->is_heap)
		plan->flags |= VMA_HEAP;
	if (request->backing) {
		err = plan_file(plan, len);
		if (err)
			return err;
	} else {
		plan->kind = REGION_ANON;
		if (request->flags & MAP_STACK)
			plan->flags |= VMA_STACK;
	}
	if ((plan->prot & PROT_WRITE) && (plan->prot & PROT_EXEC))
		return -ENOTSUP;
	if (plan->kind == REGION_STORE &&
	    !views_allow(request->backing, NULL, plan->start, plan->start + len, plan->prot))
		return -ENOTSUP;
	return 0;
}

/* Would the region go, were the range cut out of the caller's mappings? */
static bool goes_with(struct mm *mm, const struct region *region, addr_t start, addr_t end)
{
	uint32_t inside = 0;
	struct vma *vma;

	if (region->kind == REGION_STORE)
		return false;
	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end))
		inside += vma->region == region && vma->start >= start && vma->end <= end;
	return inside == region->usage;
}

/* May each page of the range be taken: free RAM, or memory of the caller's own and nobody else's? */
static bool can_replace(struct mm *mm, addr_t start, addr_t end)
{
	addr_t at = start; /* up to here it may */
	struct vma *vma = mm_first(mm, start, end);

	for (; vma; vma = mm_next(vma, start, end)) {
		if (vma->start > at && !page_is_free(at, pages(vma->start - at)))
			return false;
		if (!region_is_owned(vma->region) && !goes_with(mm, vma->region, start, end))
			return false;
		for (at = MAX(at, vma->start); at < MIN(vma->end, end); at += PAGE_SIZE)
			if (page_count(at) != 1)
				return false;
	}
	return at == end || page_is_free(at, pages(end - at));
}

/*
 * Hold every page of the range once more: the free ones, and those of the caller's mappings.
 * 0, or -ENOMEM where free pages may not be taken; nothing is held then.
 */
static int hold_range(struct mm *mm, addr_t start, addr_t end)
{
	addr_t at = start; /* up to here they are held */
	struct vma *vma = mm_first(mm, start, end);
	int err = 0;

	for (; vma && !err; vma = mm_next(vma, start, end)) {
		addr_t from = MAX(vma->start, at), to = MIN(vma->end, end);

		if (from > at)
			err = page_take(at, pages(from - at));
		if (!err && to > from) {
			page_get(from, pages(to - from));
			at = to;
		}
	}
	if (!err && at < end)
		err = page_take(at, pages(end - at));
	if (err && at > start)
		page_put(start, pages(at - start));
	return err;
}

/* Pages for a power of two, when trimming is not to give the excess back. */
static int alloc_untrimmed(struct plan *plan, addr_t len)
{
	uint32_t n = pages(len), excess;
	uint32_t block = 1u << (n == 1 ? 0 : 32 - __builtin_clz(n - 1));

	excess = block - n;
	if (excess == 0 || (mm_nr_trim_pages > 0 && excess >= mm_nr_trim_pages) ||
	    page_alloc(block, PLACE_ANY, &plan->start))
		return -ENOMEM;
	plan->top = plan->start + (block << CONFIG_PAGE_SHIFT);
	return 0;
}

/* Find and hold pages for new memory.  0 or -ENOMEM. */
static int place_pages(struct plan *plan, addr_t len)
{
	const struct map_request *request = plan->request;
	addr_t hint = page_floor(request->addr);
	addr_t held = plan->flags & VMA_STACK ? cover_round(len) : len;
	enum page_place place = PLACE_ANY;
	int err;

	plan->end = plan->top = 0;
	if (held < len)
		return -ENOMEM;
	if (plan->flags & VMA_STACK)
		place = PLACE_ENTRY;
	else if (request->is_heap)
		place = PLACE_HEAP;
	if (hint && place == PLACE_ANY && page_take(hint, pages(len)) == 0)
		plan->start = hint;
	else if (place != PLACE_ANY || alloc_untrimmed(plan, len)) {
		err = page_alloc(pages(held), place, &plan->start);
		if (err)
			return err;
	}
	plan->end = plan->start + held;
	plan->top = MAX(plan->top, plan->end);
	return 0;
}

/* The records of a plan, and the mappings that it replaces. */
struct records {
	struct vma *vma;
	struct region *region;
	struct cut cut;
};

static int reserve_records(struct records *records, struct mm *mm, const struct plan *plan,
			   bool replaces)
{
	int err = 0;

	*records = (struct records){ 0 };
	if (mm->nvmas >= mm->max_vmas || !mm_has_room(mm, pages(plan->end - plan->start)))
		return -ENOMEM;
	records->vma = vma_reserve();
	if (!plan->region)
		records->region = region_reserve();
	if (!records->vma || (!plan->region && !records->region))
		err = -ENOMEM;
	else if (replaces)
		err = cut_reserve(&records->cut, mm, plan->start, plan->end, CUT_ALL);
	if (err) {
		vma_unreserve(records->vma);
		region_unreserve(records->region);
	}
	return err;
}

/* Make the planned mapping.  Nothing here can fail. */
static void commit(struct mm *mm, const struct plan *plan, struct records *records)
{
	const struct map_request *request = plan->request;
	struct vma *vma = records->vma;
	struct region *region = plan->region;

	if (!region) {
		region = records->region;
		if (plan->kind == REGION_STORE) {
			region_insert(region, REGION_STORE, plan->extent.start, plan->extent.end,
				      plan->extent.end, request->backing, 0);
			request->backing->store = region;
		} else {
			addr_t end = plan->start + page_ceil((addr_t)request->len);

			region_insert(region, plan->kind, plan->start, end, plan->top,
				      request->backing, request->offset);
			region->is_shared = region->is_filling = plan->is_shared_copy;
		}
	}
	vma->mm = mm;
	vma->region = region;
	vma->start = plan->start;
	vma->end = plan->end;
	vma->serial = ++mm->serial;
	vma->prot = plan->prot;
	vma->max_prot = plan->max_prot;
	vma->flags = plan->flags;
	vma_insert(vma);
	if (region->kind == REGION_STORE && request->backing->ops->attached)
		request->backing->ops->attached(request->backing, mm);
	if (region->usage > 1) /* where it coincides, the union may grant more now */
		mm_flush(mm, vma->start, vma->end);
}

/* Map what is there already: a store in place, or a copy that others use. */
static int map_shared(struct mm *mm, struct plan *plan, addr_t len)
{
	const struct map_request *request = plan->request;
	struct records records;
	bool replaces = is_fixed(request);
	int err;

	plan->end = plan->top = plan->start + len;
	if ((request->flags & MAP_FIXED_NOREPLACE) &&
	    mm_first(mm, request->addr, request->addr + len))
		return -EEXIST;
	if (replaces && request->addr != plan->start)
		return -ENOMEM;
	err = reserve_records(&records, mm, plan, replaces);
	if (err)
		return err;
	/* Hold the region: replacing its last VMA must not free it. */
	if (plan->region)
		region_get(plan->region);
	if (replaces)
		cut_commit(&records.cut);
	commit(mm, plan, &records);
	if (plan->region)
		region_put(plan->region);
	return 0;
}

static bool is_one_entry(addr_t start, addr_t end)
{
	struct cover cover = cover_find(start, end, start);

	return cover_grants(&cover, end - 1);
}

/* Map new pages. */
static int map_new(struct mm *mm, struct plan *plan, addr_t len, struct mm_job *job)
{
	const struct map_request *request = plan->request;
	struct records records;
	bool replaces = false;
	int err;

	if (is_fixed(request)) {
		plan->start = request->addr;
		plan->end = plan->top = plan->start + len;
		if (plan->end < plan->start)
			return -ENOMEM;
		if ((request->flags & MAP_FIXED_NOREPLACE) && mm_first(mm, plan->start, plan->end))
			return -EEXIST;
		if ((plan->flags & VMA_STACK) && !is_one_entry(plan->start, plan->end))
			return -ENOMEM;
		if (!can_replace(mm, plan->start, plan->end))
			return -ENOMEM;
		err = hold_range(mm, plan->start, plan->end);
		if (err)
			return err;
		replaces = true;
	} else {
		err = place_pages(plan, len);
		if (err)
			return err;
	}
	err = reserve_records(&records, mm, plan, replaces);
	if (err) {
		page_put(plan->start, pages(plan->top - plan->start));
		return err;
	}
	if (replaces)
		cut_commit(&records.cut);
	commit(mm, plan, &records);
	*job = (struct mm_job){ .mm = mm,
				.at = plan->start,
				.end = plan->end,
				.serial = mm->serial,
				.backing = request->backing,
				.offset = request->offset };
	return 0;
}

/* Lock a mapping just made; where that cannot be, it goes again, unless it replaced another. */
static int lock_new(struct mm *mm, const struct plan *plan, struct mm_job *job)
{
	int err = mm_lock(mm, plan->start, plan->end - plan->start);

	if (!err || is_fixed(plan->request))
		return 0;
	*job = (struct mm_job){ 0 };
	mm_unmap(mm, plan->start, plan->end - plan->start); /* a whole VMA: it cannot fail */
	return err;
}

int mm_map(struct mm *mm, const struct map_request *request, addr_t *at, struct mm_job *job)
{
	struct plan plan = { .request = request };
	addr_t len = page_ceil((addr_t)request->len);
	int err;

	*job = (struct mm_job){ 0 };
	err = plan_object(&plan, len);
	if (err)
		return err;
	if (plan.kind == REGION_STORE || plan.region)
		err = map_shared(mm, &plan, len);
	else
		err = map_new(mm, &plan, len, job);
	if (err)
		return err;
	*at = plan.start;
	if ((request->flags & MAP_LOCKED) || mm->lock_future)
		err = lock_new(mm, &plan, job);
	return err;
}
