/* SPDX-License-Identifier: MIT */
/*
 * Cutting a range out of an address space, in two phases: reserve what it will take, then do it.
 *
 *	struct cut cut;
 *	err = cut_reserve(&cut, mm, start, end, CUT_YOUNGEST);	the last that can fail
 *	cut_commit(&cut);
 *
 * A piece cut out of the middle of a VMA leaves two, so it takes a record, and another where the
 * region is split with it.
 */
#ifndef MM_CUT_H
#define MM_CUT_H

#include <mm/space.h>

enum cut_layers {
	CUT_YOUNGEST, /* one layer off each page */
	CUT_ALL,      /* every VMA of the range */
};

struct cut {
	struct mm *mm;
	addr_t start, end;
	enum cut_layers layers;
	struct vma_list spares; /* each with a spare region in ->region */
	uint32_t nspares;
};

/* 0, or -ENOMEM: no records, or more VMAs than the process may have; nothing is held then. */
int cut_reserve(struct cut *cut, struct mm *mm, addr_t start, addr_t end, enum cut_layers layers);
void cut_commit(struct cut *cut);

/* A list of @n spare VMAs, each with a spare region.  -ENOMEM: none is held. */
int spares_reserve(struct vma_list *spares, uint32_t n);
struct vma *spares_take(struct vma_list *spares);
void spares_drop(struct vma_list *spares);

/* Split with a spare from the list. */
struct vma *split_with_spare(struct vma *vma, addr_t at, struct vma_list *spares);

#endif
