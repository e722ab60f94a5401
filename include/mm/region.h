/* SPDX-License-Identifier: MIT */
/*
 * A region is a run of contiguous memory that can be mapped: who backs it, from where to where,
 * and how many mappings use it.
 *
 *	start            end   top
 *	  |===============|.....|      [end, top): allocated, not mapped (nr_trim_pages, stacks)
 *
 * Regions never overlap (I1): a store that can be used in place has one region over the whole of
 * it, whatever part each mapping shows.
 *
 *	REGION_ANON	pages of its own, zeroed; exactly one VMA
 *	REGION_COPY	pages of its own, filled from a backing; one VMA where it is writable,
 *			any number where it is not
 *	REGION_STORE	the pages of a RAM file, a segment, a flash file, or registers; the
 *			backing's, not the region's
 *
 * A region counts the VMAs over it (I2).  With the last, ANON and COPY give their pages back;
 * the STORE of a RAM file or segment stays as long as the file or segment.
 *
 * A region is no record by itself.  It lies in what it is the memory of: a STORE in its backing,
 * ANON and COPY in their VMA; of a copy with several, in one of them (vma.h).
 *
 * Context: kernel.
 */
#ifndef MM_REGION_H
#define MM_REGION_H

#include <kernel/types.h>

struct backing;

enum region_kind { REGION_ANON, REGION_COPY, REGION_STORE };

struct region {
	addr_t start, end, top;
	struct backing *backing; /* NULL: REGION_ANON */
	uint32_t offset; /* bytes: where @start is in the backing, or in the first mapping */
	unsigned int usage : 24;   /* VMAs */
	unsigned int is_store : 1; /* REGION_STORE; beside it, so that both are asked for at once */
	unsigned int is_going : 1; /* its user is about to replace it: for no next comer */
	unsigned int is_shared : 1;  /* REGION_COPY: read-only, for the next comer too */
	unsigned int is_filling : 1; /* but not yet: it is still being copied */
};

/* Figures for /proc/meminfo, in pages. */
struct region_stats {
	uint32_t private_pages; /* of ANON and COPY (MmapCopy) */
	uint32_t store_pages;	/* of RAM files and segments (Shmem) */
	uint32_t waste_pages;	/* between end and top (MpuWaste) */
};
extern struct region_stats region_stats;

/**
 * region_open - a region over pages that the caller holds
 * @region:  of a VMA that is not inserted yet, with its addresses; the rest is filled
 * @backing: of a REGION_COPY; NULL: it is REGION_ANON
 *
 * It has no user yet.
 */
void region_open(struct region *region, struct backing *backing, uint32_t offset);

/* Let a backing's store be at [@start, @end); and be nowhere, when it has no user. */
void region_open_store(struct backing *backing, addr_t start, addr_t end);
void region_close_store(struct backing *backing);

/* Give the pages of an owned region back; its only user goes. */
void region_close(struct region *region);

/* Does the region own its pages, so that a part of it can be given back? */
static inline bool region_is_owned(const struct region *region)
{
	return !region->is_store && region->usage == 1;
}

static inline enum region_kind region_kind(const struct region *region)
{
	if (region->is_store)
		return REGION_STORE;
	return region->backing ? REGION_COPY : REGION_ANON;
}

/* Let a region with its users lie elsewhere.  What points to it is the caller's to change. */
void region_move(struct region *to, struct region *from);

/**
 * region_split - cut an owned region in two
 * @at:   page aligned, start < at < end
 * @tail: becomes [@at, end) with one user
 */
void region_split(struct region *region, addr_t at, struct region *tail);

/* Give back the pages of an owned region outside [@start, @end), which lies in it. */
void region_shrink(struct region *region, addr_t start, addr_t end);

/* Let an owned region be mapped up to its top. */
void region_fill(struct region *region);

/* Take the pages behind an owned region into it, up to @end.  -ENOMEM: they are not free. */
int region_grow(struct region *region, addr_t end);

/* Let a store, which owns the pages up to there, end at @end, or lie at @start instead. */
void region_resize_store(struct region *region, addr_t end);
void region_move_store(struct region *region, addr_t start);

/* Join @tail, which begins where @region ends, to it; both are owned. */
void region_merge(struct region *region, struct region *tail);

/*
 * The region that holds an address, or NULL; the first that ends behind it, or NULL; the next by
 * address, or NULL.  Cost: O(processes * log VMAs + stores); for who looks at memory from outside.
 */
struct region *region_find(addr_t at);
struct region *region_find_from(addr_t at);
struct region *region_next(const struct region *region);

#endif
