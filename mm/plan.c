/* SPDX-License-Identifier: MIT */
/* What a request to map comes to.  See mm/plan.h. */
#include "plan.h"

#include <errno.h>

#include "internal.h"
#include "views.h"

#define OFF_MAX INT32_MAX /* largest off_t */

#define KNOWN_FLAGS                                                                                \
	(MAP_TYPE | MAP_FIXED | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_DENYWRITE | MAP_EXECUTABLE |   \
	 MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | MAP_HUGETLB |      \
	 MAP_FIXED_NOREPLACE | MAP_UNINITIALIZED)

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

/* A copy that others share and that covers the request, or NULL. */
static struct region *find_copy(const struct map_request *request, addr_t len)
{
	struct vma *vma;

	LIST_FOREACH(vma, &request->backing->vmas, on_backing) {
		struct region *region = vma->region;

		if (region->is_shared && !region->is_filling && !region->is_going &&
		    region->offset <= request->offset &&
		    request->offset - region->offset <= region->end - region->start &&
		    len <= region->end - region->start - (request->offset - region->offset))
			return region;
	}
	return NULL;
}

int plan_file(struct plan *plan, addr_t len)
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
	if (!request->moved && request->len > OFF_MAX - request->offset)
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
		plan->max_prot |= PROT_WRITE;
		return 0;
	}
	if (is_direct) {
		plan->is_store = true;
		plan->start = plan->extent.start + request->offset;
		return 0;
	}
	plan->is_shared_copy = true;
	plan->region = find_copy(request, len);
	if (plan->region && is_fixed(request) &&
	    request->addr != plan->region->start + (request->offset - plan->region->offset))
		plan->region = NULL; /* another copy, where it is wanted */
	if (plan->region)
		plan->start = plan->region->start + (request->offset - plan->region->offset);
	return 0;
}
