/* SPDX-License-Identifier: MIT */
/* mremap: resize in place, else move.  See include/mm/mmap.h. */
#include <croft/mman.h>
#include <errno.h>
#include <mm/mmap.h>

#include "internal.h"

/* Is it [@start, @end), or a stack that was asked for so and rounded up? */
static bool is_exactly(const struct vma *vma, addr_t start, addr_t end)
{
	return vma->start == start &&
	       (vma->end == end || ((vma->flags & VMA_STACK) && region_is_owned(vma->region) &&
				    vma->region->start == start && vma->region->end == end));
}

/* The youngest VMA that is exactly the range; -EFAULT: nothing is mapped there. */
static int find_exact(struct mm *mm, addr_t start, addr_t end, struct vma **found)
{
	struct vma *vma;

	*found = NULL;
	if (!mm_find(mm, start))
		return -EFAULT;
	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end))
		if (is_exactly(vma, start, end) && (!*found || vma_is_younger(vma, *found)))
			*found = vma;
	return *found ? 0 : -EINVAL;
}

static bool can_resize(const struct vma *vma)
{
	return region_is_owned(vma->region) && !vma->region->is_shared;
}

static int grow(struct mm *mm, struct vma *vma, addr_t end, struct mm_job *job)
{
	addr_t old_end = vma->end;
	int err;

	if ((vma->flags & VMA_STACK) && end > vma->start && cover_count(vma->start, end) > 1)
		return -ENOMEM; /* one entry must cover it */
	if (end < vma->start || !mm_has_room(mm, (end - old_end) >> CONFIG_PAGE_SHIFT))
		return -ENOMEM;
	err = region_grow(vma->region, end);
	if (err)
		return err;
	vma_extend(vma, end);
	mm_job_fill(job, vma, old_end, NULL);
	return 0;
}

/* Make a new mapping and leave it to the job to copy the old one into it and to unmap that. */
static int move(struct mm *mm, struct vma *vma, addr_t len, int flags, addr_t to, addr_t *at,
		struct mm_job *job)
{
	struct map_request request = {
		.addr = flags & MREMAP_FIXED ? to : 0,
		.len = len,
		.prot = vma->prot,
		.flags = MAP_PRIVATE | MAP_ANONYMOUS | (flags & MREMAP_FIXED ? MAP_FIXED : 0) |
			 (vma->flags & VMA_STACK ? MAP_STACK : 0),
		.moved = vma,
	};
	const struct region *region = vma->region;

	if (region_kind(region) == REGION_COPY) {
		/* It stays a copy of its file, which it was for being writable. */
		request.flags &= ~MAP_ANONYMOUS;
		request.prot = PROT_READ | PROT_WRITE;
		request.backing = region->backing;
		request.offset = region->offset + (vma->start - region->start);
	}
	return mm_map(mm, &request, at, job);
}

int mm_remap(struct mm *mm, addr_t old, size_t old_len, size_t new_len, int flags, addr_t to,
	     addr_t *at, struct mm_job *job)
{
	addr_t old_pages = page_ceil((addr_t)old_len), new_pages = page_ceil((addr_t)new_len);
	addr_t old_end = old + old_pages, new_end = old + new_pages;
	bool is_fixed = flags & MREMAP_FIXED;
	struct vma *vma;
	int err;

	mm_job_clear(job);
	*at = old;
	if ((flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED)) || !is_page_aligned(old) || old_len == 0 ||
	    new_len == 0 || (is_fixed && (!(flags & MREMAP_MAYMOVE) || !is_page_aligned(to))))
		return -EINVAL;
	if (old_pages < old_len || old_end <= old)
		return -EINVAL;
	if (new_pages < new_len)
		return -ENOMEM;
	if (is_fixed && to < old_end && old < to + new_pages)
		return -EINVAL;
	err = find_exact(mm, old, old_end, &vma);
	if (err)
		return err;
	if (is_fixed && to < vma->end && old < to + new_pages)
		return -EINVAL; /* over what a stack was rounded up by */
	if (!can_resize(vma) && (is_fixed || new_pages > old_pages))
		return -EPERM;
	if (is_fixed)
		return to + new_pages < to ? -ENOMEM : move(mm, vma, new_pages, flags, to, at, job);
	if (new_pages >= old_pages && new_pages <= vma->end - old) {
		if (new_pages > old_pages) /* into what a stack was rounded up by */
			region_fill(vma->region);
		return 0;
	}
	old_end = vma->end;
	if (new_pages < old_pages) {
		/* The tail of one VMA: it takes no record, and this layer only is cut. */
		mm_flush_vma(vma, new_end, old_end);
		vma_shrink(vma, old, new_end);
		return 0;
	}
	err = grow(mm, vma, new_end, job);
	if (err && (flags & MREMAP_MAYMOVE))
		err = move(mm, vma, new_pages, flags, to, at, job);
	return err;
}
