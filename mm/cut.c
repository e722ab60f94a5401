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

		if (!vma) {
			spares_drop(spares);
			return -ENOMEM;
		}
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
	while (!LIST_EMPTY(spares))
		vma_unreserve(spares_take(spares));
}

/* The end of a piece to cut: all that a stack was rounded up by goes with its last byte. */
static addr_t stretch(struct vma *vma, addr_t end)
{
	if (!(vma->flags & VMA_STACK) || !region_is_owned(vma->region))
		return end;
	return end == vma->region->end ? vma->end : end;
}

bool cut_takes_spare(struct vma *vma, addr_t start, addr_t end)
{
	return vma->start < start && stretch(vma, end) < vma->end;
}

void cut_whole(struct vma *vma)
{
	mm_flush_vma(vma, vma->start, vma->end);
	vma_remove(vma);
}

/* @spare: a record where cut_takes_spare() */
static void cut_piece(struct vma *vma, addr_t start, addr_t end, struct vma *spare)
{
	end = stretch(vma, end);
	mm_flush_vma(vma, MAX(start, vma->start), MIN(end, vma->end));
	if (end > vma->region->end && end < vma->end)
		region_fill(vma->region);
	if (spare)
		vma_split(vma, end, spare);
	if (start > vma->start)
		vma_shrink(vma, vma->start, start);
	else if (end < vma->end)
		vma_shrink(vma, end, vma->end);
	else
		vma_remove(vma);
}

static void cut_with_spares(struct vma *vma, addr_t start, addr_t end, struct vma_list *spares)
{
	cut_piece(vma, start, end, cut_takes_spare(vma, start, end) ? spares_take(spares) : NULL);
}

static uint32_t count_all(struct mm *mm, addr_t start, addr_t end)
{
	uint32_t n = 0;
	struct vma *vma;

	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end))
		n += cut_takes_spare(vma, start, end);
	return n;
}

int cut_reserve(struct cut *cut, struct mm *mm, addr_t start, addr_t end)
{
	*cut = (struct cut){ .mm = mm, .start = start, .end = end };
	return spares_reserve(mm, count_all(mm, start, end), &cut->spares);
}

void cut_all(struct mm *mm, addr_t start, addr_t end, const struct vma *keep,
	     struct vma_list *spares)
{
	struct vma *vma, *next;

	for (vma = mm_first(mm, start, end); vma; vma = next) {
		next = mm_next(vma, start, end);
		if (vma != keep)
			cut_with_spares(vma, start, end, spares);
	}
}

void cut_commit(struct cut *cut)
{
	cut_all(cut->mm, cut->start, cut->end, cut->keep, &cut->spares);
	spares_drop(&cut->spares);
}

int cut_one(struct vma *vma, addr_t start, addr_t end)
{
	struct vma *spare = NULL;

	if (start <= vma->start && end >= vma->end) {
		cut_whole(vma);
		return 0;
	}
	if (cut_takes_spare(vma, start, end)) {
		spare = vma->mm->nvmas < vma->mm->max_vmas ? vma_reserve() : NULL;
		if (!spare)
			return -ENOMEM;
	}
	cut_piece(vma, start, end, spare);
	return 0;
}

uint32_t cut_youngest_count(struct mm *mm, addr_t start, addr_t end)
{
	uint32_t n = 0;
	addr_t until;

	for (addr_t at = start; at < end; at = until) {
		struct vma *vma = mm_youngest(mm, at, end, &until);

		n += vma && cut_takes_spare(vma, at, until);
	}
	return n;
}

void cut_youngest(struct mm *mm, addr_t start, addr_t end, struct vma_list *spares)
{
	addr_t until;

	for (addr_t at = start; at < end; at = until) {
		struct vma *vma = mm_youngest(mm, at, end, &until);

		if (vma)
			cut_with_spares(vma, at, until, spares);
	}
}
