/* SPDX-License-Identifier: MIT */
/*
 * A VMA is one mapping of one process: a page range of one region, with a protection.
 *
 * VMAs lie in their mm's tree, sorted by start, end and age (N5).  VMAs may coincide, but only
 * over one region: private memory has one VMA, so it is only views of a store that do.
 *
 * @serial tells two things.  It is the age: of two VMAs of one mm the greater is the younger.  And
 * it is the mapping: pieces that munmap or mprotect cut from one mapping share it, so that pieces
 * are merged again, and an attachment of a segment is counted once (I6).
 *
 * Memory of its own lies in the record too (@own): private memory has one VMA, so the two are one.
 * A copy that several VMAs share lies in one of them, and moves to another when that one goes.
 *
 * Context: kernel.
 */
#ifndef MM_VMA_H
#define MM_VMA_H

#include <kernel/types.h>
#include <lib/tree.h>
#include <mm/backing.h>

enum vma_flags {
	VMA_STACK = 1,	  /* one entry covers it whole */
	VMA_LOCKED = 2,	  /* its entries are never evicted */
	VMA_SHARED = 4,	  /* MAP_SHARED of a file or segment */
	VMA_HEAP = 8,	  /* grows by sbrk */
	VMA_LAYERED = 16, /* others of its mm lie over the same region: they may coincide */
	VMA_CACHED = 32,  /* something rests on what it grants: an entry, a thread's stack, tls */
};

struct mm;

struct vma {
	struct tree_node node; /* first */
	addr_t start, end;
	struct mm *mm;
	struct region *region;
	uint32_t serial;
	uint8_t prot;	  /* what it grants: PROT_* */
	uint8_t max_prot; /* what mprotect may make of it */
	uint8_t flags;	  /* enum vma_flags */
	LIST_ENTRY(vma) on_backing;
	struct region own; /* where ->region leads here */
};

/* The VMA of a node of its mm's tree; NULL of NULL. */
static inline struct vma *vma_of(struct tree_node *node)
{
	return (struct vma *)node;
}

/* The VMAs before and behind one in its mm, or NULL. */
static inline struct vma *vma_before(struct vma *vma)
{
	return vma_of(tree_step(&vma->node, 0));
}

static inline struct vma *vma_behind(struct vma *vma)
{
	return vma_of(tree_step(&vma->node, 1));
}

/* A record for later, and giving one back unused. */
struct vma *vma_reserve(void);
void vma_unreserve(struct vma *vma);

/**
 * vma_insert - make a VMA count
 * @vma: from vma_reserve(), with everything but the links filled
 *
 * It is in its mm's tree and on its backing's list; its region has one user more.
 */
void vma_insert(struct vma *vma);

/* Undo vma_insert() and free the record; with its last VMA goes what a region owns. */
void vma_remove(struct vma *vma);

/* Let another mm have it, as its youngest: private memory. */
void vma_move(struct vma *vma, struct mm *to);

/* Does it coincide with no other of its mm? */
static inline bool vma_is_alone(const struct vma *vma)
{
	return !(vma->flags & VMA_LAYERED);
}

/* A younger than B, where both are of one mm?  Holds across the wrap of the counter. */
static inline bool vma_is_younger(const struct vma *a, const struct vma *b)
{
	return (int32_t)(a->serial - b->serial) > 0;
}

/* Change what it grants, and the counts of its backing with it. */
void vma_set_prot(struct vma *vma, unsigned int prot);

/* Lock it, or no longer. */
void vma_set_locked(struct vma *vma, bool on);

/**
 * vma_split - cut a mapping in two at an address inside it
 * @at:	  page aligned, start < at < end
 * @tail: a record; becomes [@at, end)
 *
 * What the process may touch is unchanged.
 */
void vma_split(struct vma *vma, addr_t at, struct vma *tail);

/* Make it [@start, @end), inside what it was; an owned region gives the rest back. */
void vma_shrink(struct vma *vma, addr_t start, addr_t end);

/* Let it end at @end, which its region already reaches. */
void vma_extend(struct vma *vma, addr_t end);

/* Are @vma and @tail, which begins where it ends, pieces of one mapping that grant the same? */
bool vma_can_merge(const struct vma *vma, const struct vma *tail);

/* Join @tail to @vma.  @tail's record goes. */
void vma_merge(struct vma *vma, struct vma *tail);

/* The order of the tree: less than 0 where A comes before B. */
int vma_compare(const struct vma *a, const struct vma *b);

#endif
