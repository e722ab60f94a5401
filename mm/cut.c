/* SPDX-License-Identifier: MIT */
/* Cutting ranges out.  See mm/cut.h. */
#include "cut.h"

#include <errno.h>

#include "internal.h"

int spares_reserve(struct vma_list *spares, uint32_t n)
{
	LIST_INIT(spares);
	for (; n > 0; n--) {
		struct vma *vma = vma_reserve();
		struct region *region = region_reserve();

		if (!vma || !region) {
			vma_unreserve(vma);
			region_unreserve(region);
			spares_drop(spares);
			return -ENOMEM;
		}
		vma->region = region;
		LIST_INSERT_HEAD(spares, vma, on_backing);
	}
	return 0;
}

struct vma *spares_take(struct vma_list *spares)
{
	struct vma *vma = LIST_FIRST(spares);

	ASSERT(vma);
	LIST_REMOVE(vma, on_backing);
	return vma;
}

void spares_drop(struct vma_list *spares)
{
	while (!LIST_EMPTY(spares)) {
		struct vma *vma = spares_take(spares);

		region_unreserve(vma->region);
		vma_unreserve(vma);
	}
}

struct vma *split_with_spare(struct vma *vma, addr_t at, struct vma_list *spares)
{
	struct vma *tail = spares_take(spares);
	struct region *rest = tail->region;

	if (!region_is_owned(vma->region)) {
		region_unreserve(rest);
		rest = NULL;
	}
	vma_split(vma, at, tail, rest);
	return tail;
}

/* The end of a piece to cut: all that a stack was rounded up by goes with its last byte. */
static addr_t stretch(struct vma *vma, addr_t end)
{
	if (!(vma->flags & VMA_STACK) || !region_is_owned(vma->region))
		return end;
	return end == vma->region->end ? vma->end : end;
}

/* Does it take a spare to cut [@start, @end) out of the VMA? */
static bool takes_spare(struct vma *vma, addr_t start, addr_t end)
{
	return vma->start < start && stretch(vma, end) < vma->end;
}

static void cut_piece(struct cut *cut, struct vma *vma, addr_t start, addr_t end)
{
	end = stretch(vma, end);
	if (end > vma->region->end && end < vma->end)
		region_fill(vma->region);
	if (start <= vma->start && end >= vma->end) {
		vma_remove(vma);
	} else if (start <= vma->start) {
		vma_shrink(vma, end, vma->end);
	} else if (end >= vma->end) {
		vma_shrink(vma, vma->start, start);
	} else {
		split_with_spare(vma, end, &cut->spares);
		vma_shrink(vma, vma->start, start);
	}
}

static uint32_t count_spares(struct cut *cut)
{
	uint32_t n = 0;
	addr_t at = cut->start, until;
	struct vma *vma;

	if (cut->layers == CUT_ALL) {
		for (vma = mm_first(cut->mm, at, cut->end); vma; vma = mm_next(vma, at, cut->end))
			n += takes_spare(vma, at, cut->end);
		return n;
	}
	for (; at < cut->end; at = until) {
		vma = mm_youngest(cut->mm, at, cut->end, &until);
		n += vma && takes_spare(vma, at, until);
	}
	return n;
}

int cut_reserve(struct cut *cut, struct mm *mm, addr_t start, addr_t end, enum cut_layers layers)
{
	*cut = (struct cut){ .mm = mm, .start = start, .end = end, .layers = layers };
	cut->nspares = count_spares(cut);
	if (cut->nspares > 0 && mm->nvmas + cut->nspares > mm->max_vmas)
		return -ENOMEM;
	return spares_reserve(&cut->spares, cut->nspares);
}

void cut_commit(struct cut *cut)
{
	addr_t at = cut->start, until;
	struct vma *vma;

	mm_flush(cut->mm, cut->start, cut->end);
	if (cut->layers == CUT_ALL) {
		while ((vma = mm_first(cut->mm, at, cut->end)) != NULL)
			cut_piece(cut, vma, at, cut->end);
	} else {
		for (; at < cut->end; at = until) {
			vma = mm_youngest(cut->mm, at, cut->end, &until);
			if (vma)
				cut_piece(cut, vma, at, until);
		}
	}
	spares_drop(&cut->spares);
}
