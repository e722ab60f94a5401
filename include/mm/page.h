/* SPDX-License-Identifier: MIT */
/*
 * Pages: who holds each, and which runs of them are free.
 *
 *	zone   [ used ][ free run .......... ][ used ][ free ][ room ....... ][ used ]
 *	record   1 1 1   run=12     run=12     1 1 1    run=1
 *
 * A zone is one bank of RAM.  Each page has a record of four bytes: how many hold it, and, in
 * the first and last page of a free run, how long the run is.  A page is free exactly when its
 * count is zero (N3).  Free runs are kept in bins by length, linked through their own first
 * pages, so keeping track of free memory takes no memory.
 *
 * An allocation is a run of pages of any length, not a power of two: a shorter run serves before
 * a longer one is broken, and any run that is long enough serves (N4).  Placement looks for a
 * position that few protection entries cover (cover.h), and takes any other before it fails.
 *
 * A "room" is a free run that lies behind a heap, for it to grow into: it is lent last, and only
 * to a request that it serves.
 *
 * What to take was chosen by measurement: `make frag`, docs/placement.md.
 *
 * docs/decisions/0001-runs-not-buddies.md tells why this is no buddy system.
 *
 * Context: kernel.
 */
#ifndef MM_PAGE_H
#define MM_PAGE_H

#include <kernel/types.h>
#include <sys/queue.h>

struct page {
	union {
		struct {
			uint16_t count; /* holders; 0: free */
			uint16_t run;	/* pages in the free run that this page begins or ends */
		};
		uint32_t word;
	};
};

/* Bins hold runs of 1, 2, ... 16 pages, then four to each doubling, up to 65535 pages. */
#define PAGE_BINS (16 + 4 * 12)

struct free_run;
LIST_HEAD(run_list, free_run);

struct zone {
	const char *name;
	addr_t start, end;  /* bytes; page aligned */
	struct page *pages; /* one for each page */
	uint32_t nfree;
	struct run_list rooms;
	struct run_list bins[PAGE_BINS];
	uint32_t binmap[PAGE_BINS / 32]; /* bins that are not empty */
};

#define MAX_ZONES 4

enum page_place {
	PLACE_ANY,   /* few protection entries, else anywhere */
	PLACE_ENTRY, /* where one protection entry covers it all, or not at all (stacks) */
	PLACE_HEAP,  /* at the start of a run, and keep room behind it */
};

/**
 * page_zone_add - give a bank of RAM to the allocator
 * @zone: of the caller, kept; @name, @start, @end are set
 *
 * The page records are put into the first pages of the zone itself.
 *
 * Context: boot.
 */
void page_zone_add(struct zone *zone);

/**
 * page_alloc - take a free run
 * @npages: at least 1
 * @place:  where it should lie
 * @at:     set to the address of its first page
 *
 * Each page is held once.  The contents are what they were.
 *
 * Return: 0, or -ENOMEM when no free run is that long; nothing changed.
 */
int page_alloc(uint32_t npages, enum page_place place, addr_t *at);

/**
 * page_take - take exactly these pages
 *
 * Return: 0, or -ENOMEM when one of them is in use or no RAM; nothing changed.
 */
int page_take(addr_t at, uint32_t npages);

/* Allocations leave so many pages free from now on: what only root may use is kept from others. */
extern uint32_t page_reserve;

static inline void page_set_reserve(uint32_t npages)
{
	page_reserve = npages;
}

/* Hold each page of a run once more, or once less; the last holder frees it. */
void page_get(addr_t at, uint32_t npages);
void page_put(addr_t at, uint32_t npages);

/* Has each page of a run, all of it held, one holder and no more? */
bool page_is_held_once(addr_t at, uint32_t npages);

/* How many hold the page at @at.  0: it is free.  -1: no page of a zone. */
int page_count(addr_t at);

/**
 * page_run - the next run of pages of one zone that are held equally often
 * @at:	 where to look from; set to where it starts
 * @end: set to where it ends
 *
 * Return: how many hold each; -1: there is no page at or behind @at.
 */
int page_run(addr_t *at, addr_t *end);

/* Is every page of the range free? */
bool page_is_free(addr_t at, uint32_t npages);

/* Pages free behind @at, which ends a run in use; for growing in place. */
uint32_t page_free_behind(addr_t at);

/* Figures, in pages: all, free, the longest free run. */
uint32_t page_total(void);
uint32_t page_nfree(void);
uint32_t page_longest_free(void);

/* Check every record against every other; panics on the first that disagrees (I3). */
void page_check(void);

#endif
