/* SPDX-License-Identifier: MIT */
/* Cutting ranges out.  See mm/cut.h. */
#include "cut.h"

#include <errno.h>

#include "internal.h"

int spares_reserve(const struct mm *mm, uint32_t n, struct vma_list *spares)
{
	LIST_INIT(spares);
	if (n > 0 && mm->nvmas + n > mm->max_vmas)
		return -ENOMEM;
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

static void cut_piece(struct vma *vma, addr_t start, addr_t end, struct vma_list *spares)
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
		split_with_spare(vma, end, spares);
		vma_shrink(vma, vma->start, start);
	}
}

uint32_t cut_count(struct mm *mm, addr_t start, addr_t end, enum cut_layers layers)
{
	uint32_t n = 0;
	addr_t at = start, until;
	struct vma *vma;

	if (layers == CUT_ALL) {
		for (vma = mm_first(mm, at, end); vma; vma = mm_next(vma, at, end))
			n += takes_spare(vma, at, end);
		return n;
	}
	for (; at < end; at = until) {
		vma = mm_youngest(mm, at, end, &until);
		n += vma && takes_spare(vma, at, until);
	}
	return n;
}

int cut_reserve(struct cut *cut, struct mm *mm, addr_t start, addr_t end, enum cut_layers layers)
{
	*cut = (struct cut){ .mm = mm, .start = start, .end = end, .layers = layers };
	return spares_reserve(mm, cut_count(mm, start, end, layers), &cut->spares);
}

void cut_range(struct mm *mm, addr_t start, addr_t end, enum cut_layers layers,
	       struct vma_list *spares)
{
	addr_t at = start, until;
	struct vma *vma;

	mm_flush(mm, start, end);
	if (layers == CUT_ALL) {
		while ((vma = mm_first(mm, at, end)) != NULL)
			cut_piece(vma, at, end, spares);
		return;
	}
	for (; at < end; at = until) {
		vma = mm_youngest(mm, at, end, &until);
		if (vma)
			cut_piece(vma, at, until, spares);
	}
}

void cut_commit(struct cut *cut)
{
	cut_range(cut->mm, cut->start, cut->end, cut->layers, &cut->spares);
	spares_drop(&cut->spares);
}
