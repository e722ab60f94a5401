/* SPDX-License-Identifier: MIT */
/*
 * Placement: which free run an allocation takes, and where in it.
 *
 * By measurement: docs/placement.md.
 */
#include <arch/cover.h>

#include "internal.h"
#include "run.h"

#define TRIES_PER_BIN 8 /* runs looked at for a good position before the next bin */
#define TIGHT	      2 /* a run shorter than so many times the request is better used up */

/* Pages kept free behind a new heap: four, but of a small zone two. */
static uint32_t heap_room(const struct zone *zone)
{
	return zone->end - zone->start > 256 * PAGE_SIZE ? 4 : 2;
}

/*
 * No run but rooms is left that serves: of those that are long enough together with what lies
 * behind them, the shortest becomes a free run like any other.  false: there is none.
 */
bool place_open_room(struct zone *zone, uint32_t npages)
{
	struct free_run *room, *best = NULL;
	uint32_t shortest = UINT32_MAX;

	LIST_FOREACH(room, &zone->rooms, link) {
		uint32_t len = run_free_from(zone, ptr_addr(room));

		if (len >= npages && len < shortest) {
			best = room;
			shortest = len;
		}
	}
	if (!best)
		return false;
	npages = run_pages(zone, best);
	run_remove(zone, best);
	run_join(zone, ptr_addr(best), npages);
	return true;
}

/*
 * Where in the free run [@start, @end) do @npages lie well?  0: nowhere (page 0 is never RAM).
 *
 * At an end of the run, where that is a good position: what is left is then one run, not two.
 * In a tight run two protection entries are not too many for it.
 */
static addr_t position_in(addr_t start, addr_t end, uint32_t npages, enum page_place place)
{
	addr_t len = npages << CONFIG_PAGE_SHIFT, at;

	if (end - start < len)
		return 0;
	if (place == PLACE_HEAP) /* it will grow: what would be a good length now is not for long */
		return start;
	if (npages == 1) /* lies well everywhere */
		return end - len;
	at = cover_place_high(start, end, len);
	if (at == end - len || place == PLACE_ENTRY)
		return at;
	if (end - start < TIGHT * len) {
		if (cover_count(end - len, end) <= 2)
			return end - len;
		if (cover_count(start, start + len) <= 2)
			return start;
	}
	return cover_place_low(start, start + len, len) ? start : at;
}

/* A run from the bins with a good position for @npages. */
static struct free_run *run_find(struct zone *zone, uint32_t npages, enum page_place place,
				 addr_t *at)
{
	struct free_run *run;

	for (unsigned int bin = run_next_bin(zone, run_bin(npages)); bin < PAGE_BINS;
	     bin = run_next_bin(zone, bin + 1)) {
		int tries = TRIES_PER_BIN;

		LIST_FOREACH(run, &zone->bins[bin], link) {
			addr_t start = ptr_addr(run);

			*at = position_in(start,
					  start + (run_pages(zone, run) << CONFIG_PAGE_SHIFT),
					  npages, place);
			if (*at)
				return run;
			if (--tries == 0 && place != PLACE_ENTRY) /* which has no second choice */
				break;
		}
	}
	return NULL;
}

/* Any run of at least @npages: the best bin first, then each longer one. */
static struct free_run *run_find_any(struct zone *zone, uint32_t npages, addr_t *at)
{
	struct free_run *run;

	for (unsigned int bin = run_next_bin(zone, run_bin(npages)); bin < PAGE_BINS;
	     bin = run_next_bin(zone, bin + 1))
		LIST_FOREACH(run, &zone->bins[bin], link)
			if (run_pages(zone, run) >= npages) {
				*at = ptr_addr(run);
				return run;
			}
	return NULL;
}

/* Turn the first pages of the free run behind a new heap into a room. */
static void room_make(struct zone *zone, addr_t at)
{
	uint32_t npages = page_of(zone, at)->run;

	ASSERT(npages >= heap_room(zone));
	run_remove(zone, addr_ptr(at));
	run_insert(zone, at, MIN(npages, heap_room(zone)), true);
	if (npages > heap_room(zone))
		run_insert(zone, at + (heap_room(zone) << CONFIG_PAGE_SHIFT),
			   npages - heap_room(zone), false);
}

bool place_in_zone(struct zone *zone, uint32_t npages, enum page_place place, addr_t *at)
{
	struct free_run *run = NULL;

	if (place == PLACE_HEAP)
		run = run_find(zone, npages + heap_room(zone), place, at);
	if (run) {
		run_carve(zone, run, *at, npages);
		room_make(zone, *at + (npages << CONFIG_PAGE_SHIFT));
		return true;
	}
	run = run_find(zone, npages, place, at);
	if (!run && place != PLACE_ENTRY)
		run = run_find_any(zone, npages, at);
	if (!run)
		return false;
	run_carve(zone, run, *at, npages);
	return true;
}
