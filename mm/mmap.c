/* SPDX-License-Identifier: MIT */
/*
 * mmap: what is asked for, which memory answers it, and where that lies.
 *
 *	request --plan_object--> which pages: the store's own, a copy that is there, new ones
 *		--place_*------> where new pages lie; from here on they are held
 *		--commit-------> region, VMA, and a job that fills new pages
 */
#include <errno.h>
#include <mm/mmap.h>
#include <mm/page.h>

#include "cut.h"
#include "internal.h"
#include "plan.h"
#include "views.h"

uint32_t mm_nr_trim_pages = CONFIG_NR_TRIM_PAGES;

static uint32_t pages(addr_t len)
{
	return len >> CONFIG_PAGE_SHIFT;
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

/* The pages that are asked for, or more of them than are needed. */
static int take_wanted(struct plan *plan, addr_t len)
{
	addr_t hint = page_floor(plan->request->addr);

	if (hint && page_take(hint, pages(len)) == 0) {
		plan->start = hint;
		return 0;
	}
	return mm_nr_trim_pages == 1 ? -ENOMEM : alloc_untrimmed(plan, len);
}

/* Find and hold pages for new memory.  0 or -ENOMEM. */
static int place_pages(struct plan *plan, addr_t len)
{
	enum page_place place = PLACE_ANY;
	addr_t held = len;
	int err;

	plan->top = 0;
	if (plan->flags & VMA_STACK) {
		held = cover_round(len);
		place = PLACE_ENTRY;
	} else if (plan->flags & VMA_HEAP) {
		place = PLACE_HEAP;
	}
	if (place != PLACE_ANY || take_wanted(plan, len)) {
		err = held < len ? -ENOMEM : page_alloc(pages(held), place, &plan->start);
		if (err)
			return err;
	}
	plan->end = plan->start + held;
	if (!plan->top)
		plan->top = plan->end;
	return 0;
}

/* A record for the mapping, or NULL. */
static struct vma *reserve(const struct mm *mm, const struct plan *plan)
{
	if (mm->nvmas >= mm->max_vmas || !mm_has_room(mm, pages(plan->end - plan->start)))
		return NULL;
	return vma_reserve();
}

/* The same, where what it replaces no longer counts. */
static struct vma *reserve_over(struct mm *mm, const struct plan *plan)
{
	uint32_t gone_vmas = 0, gone_pages = 0, npages = pages(plan->end - plan->start);
	struct vma *vma;

	for (vma = mm_first(mm, plan->start, plan->end); vma;
	     vma = mm_next(vma, plan->start, plan->end)) {
		addr_t from = MAX(vma->start, plan->start), to = MIN(vma->end, plan->end);

		gone_pages += pages(to - from);
		gone_vmas += from == vma->start && to == vma->end;
	}
	if (mm->nvmas - gone_vmas >= mm->max_vmas ||
	    (gone_pages < npages && !mm_has_room(mm, npages - gone_pages)))
		return NULL;
	return vma_reserve();
}

/* Make the planned mapping.  Nothing here can fail. */
static void commit(struct mm *mm, const struct plan *plan, struct vma *vma)
{
	const struct map_request *request = plan->request;
	struct region *region = plan->region;

	if (plan->is_store) {
		region = &request->backing->store;
		if (!region->end)
			region_open_store(request->backing, plan->extent.start, plan->extent.end);
	} else if (!region) {
		region = &vma->own;
		region->start = plan->start;
		region->end = plan->start + page_ceil((addr_t)request->len);
		region->top = plan->top;
		region_open(region, request->backing, request->offset);
		if (plan->is_shared_copy)
			region->is_shared = region->is_filling = 1;
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
	if (region->is_store && request->backing->ops->attached)
		request->backing->ops->attached(request->backing, mm);
	mm_flush_new(vma);
}

/* Map what is there already: a store in place, or a copy that others use. */
static int map_shared(struct mm *mm, struct plan *plan, addr_t len)
{
	const struct map_request *request = plan->request;
	bool replaces = is_replacing(request);
	struct vma *vma;
	struct cut cut;

	plan->end = plan->top = plan->start + len;
	if ((request->flags & MAP_FIXED_NOREPLACE) &&
	    mm_first(mm, request->addr, request->addr + len))
		return -EEXIST;
	if (is_fixed(request) && request->addr != plan->start)
		return -ENOMEM;
	vma = replaces ? reserve_over(mm, plan) : reserve(mm, plan);
	if (!vma)
		return -ENOMEM;
	if (replaces && cut_reserve(&cut, mm, plan->start, plan->end)) {
		vma_unreserve(vma);
		return -ENOMEM;
	}
	/* The new one first: with the last mapping that it replaces the memory would go. */
	commit(mm, plan, vma);
	if (replaces) {
		cut.keep = vma;
		cut_commit(&cut);
	}
	return 0;
}

static bool is_one_entry(addr_t start, addr_t end)
{
	struct cover cover = cover_find(start, end, start);

	return cover_grants(&cover, end - 1);
}

/* Leave it to the job to find the pages of a mapping with a place of its own, and to make it there. */
static int map_at(struct mm *mm, struct plan *plan, addr_t len, struct mm_job *job)
{
	const struct map_request *request = plan->request;

	plan->start = request->addr;
	plan->end = plan->start + len;
	if (plan->end < plan->start)
		return -ENOMEM;
	if ((request->flags & MAP_FIXED_NOREPLACE) && mm_first(mm, plan->start, plan->end))
		return -EEXIST;
	if ((plan->flags & VMA_STACK) && !is_one_entry(plan->start, plan->end))
		return -ENOMEM;
	replace_begin(mm, plan, job);
	return 0;
}

/* Cut a guard off the start of a mapping just made.  Returns the rest of it. */
static struct vma *set_guard(struct vma *vma, addr_t len, struct vma *rest)
{
	vma_split(vma, vma->start + len, rest);
	vma_set_prot(vma, PROT_NONE);
	vma->max_prot = PROT_NONE;
	return rest;
}

/* Map new pages. */
static int map_new(struct mm *mm, struct plan *plan, addr_t len, struct mm_job *job)
{
	const struct map_request *request = plan->request;
	struct vma *vma, *rest = NULL;
	int err = place_pages(plan, len);

	if (err)
		return err;
	if (request->guard)
		rest = vma_reserve();
	vma = request->guard && !rest ? NULL : reserve(mm, plan);
	if (!vma) {
		vma_unreserve(rest);
		page_put(plan->start, pages(plan->top - plan->start));
		return -ENOMEM;
	}
	commit(mm, plan, vma);
	if (rest)
		vma = set_guard(vma, (addr_t)request->guard << CONFIG_PAGE_SHIFT, rest);
	if (request->moved)
		mm_job_move(job, vma, request->moved->start, request->moved->end);
	else
		mm_job_fill(job, vma, vma->start, request->backing);
	return 0;
}

/* Lock a mapping just made; where that cannot be, it goes again, unless it replaced another. */
static int lock_new(struct mm *mm, const struct plan *plan, struct mm_job *job)
{
	int err = mm_lock_new(mm, plan->start, plan->end);
	addr_t until;

	if (!err || is_fixed(plan->request))
		return 0;
	mm_job_clear(job);
	mm_unmap_mapping(mm_youngest(mm, plan->start, plan->end, &until));
	return err;
}

/* What a judged request comes to.  0, -ENODEV, -EOVERFLOW, -ENOTSUP. */
static int plan_object(struct plan *plan, struct mm *mm, const struct map_request *request,
		       addr_t len)
{
	int err;

	plan->request = request;
	plan->prot = (uint8_t)mm_prot_implied(request->prot);
	plan->max_prot = PROT_READ | PROT_WRITE | PROT_EXEC;
	plan->flags = request->is_heap ? VMA_HEAP : 0;
	plan->is_store = plan->is_shared_copy = false;
	plan->region = NULL;
	if (request->backing) {
		err = plan_file(plan, len);
		if (err)
			return err;
	} else if (request->flags & MAP_STACK) {
		plan->flags |= VMA_STACK;
	}
	if ((plan->prot & PROT_WRITE) && (plan->prot & PROT_EXEC))
		return -ENOTSUP;
	if (request->moved) {
		plan->prot = request->moved->prot;
		plan->max_prot = request->moved->max_prot;
	}
	if (plan->is_store && !views_allow(request->backing, is_replacing(request) ? mm : NULL,
					   plan->start, plan->start + len, plan->prot))
		return -ENOTSUP;
	return 0;
}

int mm_map(struct mm *mm, const struct map_request *request, addr_t *at, struct mm_job *job)
{
	struct plan plan;
	addr_t len = page_ceil((addr_t)request->len);
	int err;

	mm_job_clear(job);
	err = plan_object(&plan, mm, request, len);
	if (err)
		return err;
	if (plan.is_store || plan.region)
		err = map_shared(mm, &plan, len);
	else if (is_fixed(request))
		err = map_at(mm, &plan, len, job);
	else
		err = map_new(mm, &plan, len, job);
	if (err)
		return err;
	*at = plan.start;
	if (!mm_job_is_done(job) && job->kind == JOB_REPLACE)
		return 0;
	if ((request->flags & MAP_LOCKED) || mm->lock_future)
		err = lock_new(mm, &plan, job);
	return err;
}
