/* SPDX-License-Identifier: MIT */
/*
 * A region is a run of contiguous memory that can be mapped: who backs it, from where to where,
 * and how many mappings use it.
 *
 *	start            end   top
 *	  |===============|.....|      [end, top): allocated, not mapped (nr_trim_pages, stacks)
 *
 * Regions lie in one tree by address and never overlap (I1): a store that can be used in place
 * has one region over the whole of it, whatever part each mapping shows.
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
 * Context: kernel.
 */
#ifndef MM_REGION_H
#define MM_REGION_H

#include <kernel/types.h>
#include <mm/backing.h>
#include <sys/tree.h>

enum region_kind { REGION_ANON, REGION_COPY, REGION_STORE };

struct region {
	RB_ENTRY(region) node;
	addr_t start, end, top;
	struct backing *backing; /* NULL: REGION_ANON */
	uint32_t offset; /* bytes: where @start is in the backing, or in the first mapping */
	unsigned int usage : 24;     /* VMAs */
	unsigned int kind : 6;	     /* enum region_kind */
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

/* A record for later, and giving it back unused.  NULL: no memory. */
struct region *region_reserve(void);
void region_unreserve(struct region *region);

/**
 * region_insert - a region over pages that the caller holds, or over a store
 * @region: from region_reserve()
 * @end:    page aligned; @top: at least @end
 *
 * It is in the tree and has no user yet.
 */
void region_insert(struct region *region, enum region_kind kind, addr_t start, addr_t end,
		   addr_t top, struct backing *backing, uint32_t offset);

/* Take it out of the tree and free the record, not the pages.  @region: no user. */
void region_remove(struct region *region);

/* One VMA more; one fewer, and with the last the region goes, if it is not its store's. */
void region_get(struct region *region);
void region_put(struct region *region);

/* Does the region own its pages, so that a part of it can be given back? */
static inline bool region_is_owned(const struct region *region)
{
	return region->kind != REGION_STORE && region->usage == 1;
}

/**
 * region_split - cut an owned region in two
 * @at:   page aligned, start < at < end
 * @tail: a record from region_reserve(); becomes [@at, end) with one user
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

/* Join @tail, which begins where @region ends, to it; both are owned.  @tail's record goes. */
void region_merge(struct region *region, struct region *tail);

/* The region that holds an address, or NULL; the first that ends behind it, or NULL. */
struct region *region_find(addr_t at);
struct region *region_find_from(addr_t at);

/* The next by address, or NULL. */
struct region *region_next(struct region *region);

#endif
