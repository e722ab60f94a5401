/* SPDX-License-Identifier: MIT */
/*
 * Free runs: their ends tell how long they are, their first pages link them, and bins hold them by
 * length.
 *
 *	P1 a page with count 0 lies in exactly one free run, and the run's first and last
 *	   records tell its length
 *	P2 two free runs touch only where the first is a room
 *	P3 a run is on the list of its bin, or on the list of rooms; binmap tells which bins
 *	   are not empty
 */
#ifndef MM_RUN_H
#define MM_RUN_H

#include <mm/page.h>

#define PAGE_HELD_ONCE 1 /* the word of a page with one holder */

/* Lies in the first page of every free run. */
struct free_run {
	LIST_ENTRY(free_run) link;
	bool is_room;
};

static inline uint32_t zone_pages(const struct zone *zone)
{
	return (zone->end - zone->start) >> CONFIG_PAGE_SHIFT;
}

static inline struct page *page_of(const struct zone *zone, addr_t at)
{
	return &zone->pages[(at - zone->start) >> CONFIG_PAGE_SHIFT];
}

static inline addr_t page_at(const struct zone *zone, const struct page *page)
{
	return zone->start + ((addr_t)(page - zone->pages) << CONFIG_PAGE_SHIFT);
}

static inline uint32_t run_pages(const struct zone *zone, const struct free_run *run)
{
	return page_of(zone, ptr_addr(run))->run;
}

#define EXACT_BINS 16u

/* The bin of runs of @npages, and the first from @bin on that is not empty (PAGE_BINS: none). */
static inline unsigned int run_bin(uint32_t npages)
{
	unsigned int log;

	if (npages <= EXACT_BINS)
		return npages - 1;
	log = 31 - (unsigned int)__builtin_clz(npages);
	return EXACT_BINS + (log - 4) * 4 + ((npages >> (log - 2)) & 3);
}

/* Are runs of so many pages in one bin? */
static inline bool run_is_same_bin(uint32_t a, uint32_t b)
{
	return MIN(a, b) > EXACT_BINS && (a ^ b) >> (29 - (unsigned int)__builtin_clz(a)) == 0;
}

unsigned int run_next_bin(const struct zone *zone, unsigned int bin);

/* Make [@at, @at + @npages) a free run.  Its pages' counts are 0; it touches no other run. */
void run_insert(struct zone *zone, addr_t at, uint32_t npages, bool is_room);

/* Take a run off its list; its records still tell its length. */
void run_remove(struct zone *zone, struct free_run *run);

/* Count pages that are free once, and on no list. */
void run_count(struct zone *zone, addr_t at, uint32_t npages);

/* Take [@at, @at + @npages) out of the free run that holds it, and count its pages once. */
void run_carve(struct zone *zone, struct free_run *run, addr_t at, uint32_t npages);

/*
 * List [@at, @at + @npages) as free, joined with the free runs on both sides of it.  A room before
 * it stays a room: its heap is still there.  A room behind it has just lost its heap.
 */
void run_join(struct zone *zone, addr_t at, uint32_t npages);

/* Pages free from @at on, through rooms; @at begins a run, or is in use. */
uint32_t run_free_from(const struct zone *zone, addr_t at);

/* The free run, or the first of a row of them, that reaches to @at, a free page. */
struct free_run *run_holding(struct zone *zone, addr_t at);

/* Placement, in mm/place.c. */

/* Allocate in one zone, from its bins.  false: nothing serves; rooms are not looked at. */
bool place_in_zone(struct zone *zone, uint32_t npages, enum page_place place, addr_t *at);

/*
 * Of the rooms that are long enough together with what lies behind them, make the shortest a free
 * run like any other.  false: there is none.
 */
bool place_open_room(struct zone *zone, uint32_t npages);

#endif
