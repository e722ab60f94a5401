/* SPDX-License-Identifier: MIT */
/*
 * Cutting a range out of an address space, in two phases: reserve what it will take, then do it.
 *
 *	struct cut cut;
 *	err = cut_reserve(&cut, mm, start, end);	the last that can fail
 *	cut_commit(&cut);
 *
 * A piece cut out of the middle of a VMA leaves two, so it takes a record.
 */
#ifndef MM_CUT_H
#define MM_CUT_H

#include <mm/space.h>

struct cut {
	struct mm *mm;
	addr_t start, end;
	struct vma *keep; /* is not cut; NULL: none */
	struct vma_list spares;
};

/* 0, or -ENOMEM: no records, or more VMAs than the process may have; nothing is held then. */
int cut_reserve(struct cut *cut, struct mm *mm, addr_t start, addr_t end);
void cut_commit(struct cut *cut);

/* For jobs: does it take a spare to cut a range out of a VMA; and cutting it out of all but @keep. */
bool cut_takes_spare(struct vma *vma, addr_t start, addr_t end);
void cut_all(struct mm *mm, addr_t start, addr_t end, const struct vma *keep,
	     struct vma_list *spares);

/* Take a VMA away, all of it. */
void cut_whole(struct vma *vma);

/* Both for a range of one VMA. */
int cut_one(struct vma *vma, addr_t start, addr_t end);

/* The same of one layer off each page, for jobs: how many spares that takes, and doing it. */
uint32_t cut_youngest_count(struct mm *mm, addr_t start, addr_t end);
void cut_youngest(struct mm *mm, addr_t start, addr_t end, struct vma_list *spares);

/* A list of @n spare VMAs, where the process may have so many more.  -ENOMEM: none is held. */
int spares_reserve(const struct mm *mm, uint32_t n, struct vma_list *spares);
struct vma *spares_take(struct vma_list *spares);
void spares_drop(struct vma_list *spares);

#endif
