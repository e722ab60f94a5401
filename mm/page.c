/* SPDX-License-Identifier: MIT */
/*
 * The page allocator.  See include/mm/page.h for the picture.
 *
 * Invariants, checked by page_check():
 *	P1 a page with count 0 lies in exactly one free run, and the run's first and last
 *	   records tell its length
 *	P2 two free runs touch only where the first is a room
 *	P3 a run is on the list of its bin, or on the list of rooms; binmap tells which bins
 *	   are not empty
 *	P4 nfree is the number of pages with count 0
 */
#include <errno.h>
#include <mm/cover.h>
#include <mm/page.h>

#include "internal.h"

#define EXACT_BINS    16
#define TRIES_PER_BIN 8 /* runs looked at for a good position before the next bin */
#define SORTED_RUNS   4 /* at the head of a bin, highest address first */
#define TIGHT	      2 /* a run shorter than so many times the request is better used up */

/* Lies in the first page of every free run. */
struct free_run {
	LIST_ENTRY(free_run) link;
	bool is_room;
};

static struct zone *zones[MAX_ZONES];
static unsigned int nzones;
static uint32_t reserve; /* pages that an allocation must leave */

static struct zone *zone_of(addr_t at)
{
	for (unsigned int i = 0; i < nzones; i++)
		if (at >= zones[i]->start && at < zones[i]->end)
			return zones[i];
	return NULL;
}

static uint32_t zone_pages(const struct zone *zone)
{
	return (zone->end - zone->start) >> CONFIG_PAGE_SHIFT;
}

static struct page *page_of(const struct zone *zone, addr_t at)
{
	return &zone->pages[(at - zone->start) >> CONFIG_PAGE_SHIFT];
}

/* Pages kept free behind a new heap: four, but of a small zone two. */
static uint32_t heap_room(const struct zone *zone)
{
	return zone->end - zone->start > 256 * PAGE_SIZE ? 4 : 2;
}

static unsigned int bin_of(uint32_t npages)
{
	unsigned int log;

	if (npages <= EXACT_BINS)
		return npages - 1;
	log = 31 - (unsigned int)__builtin_clz(npages);
	return EXACT_BINS + (log - 4) * 4 + ((npages >> (log - 2)) & 3);
}

/* The first bin from @bin on that is not empty; PAGE_BINS: none. */
static unsigned int next_bin(const struct zone *zone, unsigned int bin)
{
	while (bin < PAGE_BINS) {
		uint32_t word = zone->binmap[bin / 32] >> (bin % 32);

		if (word)
			return bin + (unsigned int)__builtin_ctz(word);
		bin = (bin / 32 + 1) * 32;
	}
	return PAGE_BINS;
}

static uint32_t run_pages(const struct zone *zone, const struct free_run *run)
{
	return page_of(zone, ptr_addr(run))->run;
}

/*
 * Put a run on the list of its bin, among the first of it by address: what is taken next lies
 * high, and low memory stays free, though no list is ever searched to its end.
 */
static void bin_insert(struct run_list *bin, struct free_run *run)
{
	struct free_run *before = NULL, *next = LIST_FIRST(bin);

	for (int i = 0; i < SORTED_RUNS && next && ptr_addr(next) > ptr_addr(run); i++) {
		before = next;
		next = LIST_NEXT(next, link);
	}
	if (before)
		LIST_INSERT_AFTER(before, run, link);
	else
		LIST_INSERT_HEAD(bin, run, link);
}

/* Make [@at, @at + @npages) a free run.  Its pages' counts are 0; it touches no other run. */
static void run_insert(struct zone *zone, addr_t at, uint32_t npages, bool is_room)
{
	struct free_run *run = addr_ptr(at);
	struct page *first = page_of(zone, at);
	unsigned int bin = bin_of(npages);

	first->run = first[npages - 1].run = (uint16_t)npages;
	mm_unpoison(run, sizeof(*run));
	run->is_room = is_room;
	if (is_room) {
		LIST_INSERT_HEAD(&zone->rooms, run, link);
		return;
	}
	bin_insert(&zone->bins[bin], run);
	zone->binmap[bin / 32] |= 1u << (bin % 32);
}

static void run_remove(struct zone *zone, struct free_run *run)
{
	unsigned int bin = bin_of(run_pages(zone, run));

	LIST_REMOVE(run, link);
	if (!run->is_room && LIST_EMPTY(&zone->bins[bin]))
		zone->binmap[bin / 32] &= ~(1u << (bin % 32));
}

/* Take [@at, @at + @npages) out of the free run @run, which holds it, and count its pages once. */
static void run_carve(struct zone *zone, struct free_run *run, addr_t at, uint32_t npages)
{
	addr_t start = ptr_addr(run), end = start + (run_pages(zone, run) << CONFIG_PAGE_SHIFT);
	addr_t stop = at + (npages << CONFIG_PAGE_SHIFT);
	struct page *page = page_of(zone, at);
	bool is_room = run->is_room;

	ASSERT(start <= at && stop <= end);
	run_remove(zone, run);
	for (uint32_t i = 0; i < npages; i++)
		page[i] = (struct page){ .count = 1 };
	mm_unpoison(addr_ptr(at), npages << CONFIG_PAGE_SHIFT);
	zone->nfree -= npages;
	if (start < at)
		run_insert(zone, start, (at - start) >> CONFIG_PAGE_SHIFT, is_room);
	if (stop < end)
		run_insert(zone, stop, (end - stop) >> CONFIG_PAGE_SHIFT, is_room);
}

/*
 * List [@at, @at + @npages) as free, joined with the free runs on both sides of it.  A room before
 * it stays a room: its heap is still there.  A room behind it has just lost its heap.
 */
static void run_join(struct zone *zone, addr_t at, uint32_t npages)
{
	addr_t end = at + (npages << CONFIG_PAGE_SHIFT);
	struct page *page = page_of(zone, at);

	if (at > zone->start && page[-1].count == 0) {
		addr_t before = at - ((addr_t)page[-1].run << CONFIG_PAGE_SHIFT);
		struct free_run *run = addr_ptr(before);

		if (!run->is_room) {
			run_remove(zone, run);
			npages += (at - before) >> CONFIG_PAGE_SHIFT;
			at = before;
		}
	}
	while (end < zone->end && page_of(zone, end)->count == 0) {
		uint32_t behind = page_of(zone, end)->run;

		run_remove(zone, addr_ptr(end));
		npages += behind;
		end += behind << CONFIG_PAGE_SHIFT;
	}
	run_insert(zone, at, npages, false);
}

/* From @at, free or not: the end of the free run or run of rooms, or the next page. */
static uint32_t free_from(const struct zone *zone, addr_t at)
{
	uint32_t npages = 0;

	while (at < zone->end && page_of(zone, at)->count == 0) {
		npages += page_of(zone, at)->run;
		at += (addr_t)page_of(zone, at)->run << CONFIG_PAGE_SHIFT;
	}
	return npages;
}

/*
 * No run but rooms is left that serves: of those that are long enough together with what lies
 * behind them, the shortest becomes a free run like any other.  false: there is none.
 */
static bool room_open(struct zone *zone, uint32_t npages)
{
	struct free_run *room, *best = NULL;
	uint32_t shortest = UINT32_MAX;

	LIST_FOREACH(room, &zone->rooms, link) {
		uint32_t len = free_from(zone, ptr_addr(room));

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

	for (unsigned int bin = next_bin(zone, bin_of(npages)); bin < PAGE_BINS;
	     bin = next_bin(zone, bin + 1)) {
		int tries = TRIES_PER_BIN;

		LIST_FOREACH(run, &zone->bins[bin], link) {
			addr_t start = ptr_addr(run);

			*at = position_in(start, start + (run_pages(zone, run) << CONFIG_PAGE_SHIFT),
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

	for (unsigned int bin = next_bin(zone, bin_of(npages)); bin < PAGE_BINS;
	     bin = next_bin(zone, bin + 1))
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
	uint32_t npages;

	if (at >= zone->end || page_of(zone, at)->count != 0)
		return;
	npages = page_of(zone, at)->run;
	run_remove(zone, addr_ptr(at));
	run_insert(zone, at, MIN(npages, heap_room(zone)), true);
	if (npages > heap_room(zone))
		run_insert(zone, at + (heap_room(zone) << CONFIG_PAGE_SHIFT), npages - heap_room(zone), false);
}

static bool zone_alloc(struct zone *zone, uint32_t npages, enum page_place place, addr_t *at)
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

/* May so many pages be handed out? */
static bool may_alloc(uint32_t npages)
{
	return npages + reserve <= page_nfree() && !mm_may_fail();
}

void page_set_reserve(uint32_t npages)
{
	reserve = npages;
}

int page_alloc(uint32_t npages, enum page_place place, addr_t *at)
{
	ASSERT(npages > 0);
	if (npages > UINT16_MAX || !may_alloc(npages))
		return -ENOMEM;
	for (unsigned int i = 0; i < nzones; i++)
		if (zones[i]->nfree >= npages && zone_alloc(zones[i], npages, place, at))
			return 0;
	for (unsigned int i = 0; i < nzones; i++)
		while (room_open(zones[i], npages))
			if (zone_alloc(zones[i], npages, place, at))
				return 0;
	return -ENOMEM;
}

/* The free run that holds @at, a free page. */
static struct free_run *run_holding(struct zone *zone, addr_t at)
{
	struct page *page = page_of(zone, at);

	/*
	 * Only a run's ends tell its length, so look left for a page in use.  Records are read
	 * one by one: the longest look is over one free run, and only calls that name an address
	 * look.
	 */
	while (page > zone->pages && page[-1].count == 0)
		page--;
	at = zone->start + ((addr_t)(page - zone->pages) << CONFIG_PAGE_SHIFT);
	return addr_ptr(at);
}

bool page_is_free(addr_t at, uint32_t npages)
{
	struct zone *zone = zone_of(at);
	struct page *page;

	if (!zone || npages > (zone->end - at) >> CONFIG_PAGE_SHIFT)
		return false;
	page = page_of(zone, at);
	for (uint32_t i = 0; i < npages; i++)
		if (page[i].count)
			return false;
	return true;
}

int page_take(addr_t at, uint32_t npages)
{
	struct zone *zone = zone_of(at);
	addr_t end = at + (npages << CONFIG_PAGE_SHIFT);

	ASSERT(is_page_aligned(at) && npages > 0);
	if (!page_is_free(at, npages) || !may_alloc(npages))
		return -ENOMEM;
	while (at < end) { /* a room and the run behind it are two runs */
		struct free_run *run = run_holding(zone, at);
		addr_t stop = ptr_addr(run) + (run_pages(zone, run) << CONFIG_PAGE_SHIFT);

		while (stop <= at) {
			run = addr_ptr(stop);
			stop += run_pages(zone, run) << CONFIG_PAGE_SHIFT;
		}
		stop = MIN(stop, end);
		run_carve(zone, run, at, (stop - at) >> CONFIG_PAGE_SHIFT);
		at = stop;
	}
	return 0;
}

void page_get(addr_t at, uint32_t npages)
{
	struct zone *zone = zone_of(at);
	struct page *page;

	ASSERT(zone);
	page = page_of(zone, at);
	for (uint32_t i = 0; i < npages; i++) {
		ASSERT(page[i].count > 0 && page[i].count < UINT16_MAX);
		page[i].count++;
	}
}

static void run_free(struct zone *zone, addr_t at, uint32_t npages)
{
	zone->nfree += npages;
	mm_poison(addr_ptr(at), npages << CONFIG_PAGE_SHIFT);
	run_join(zone, at, npages);
}

void page_put(addr_t at, uint32_t npages)
{
	struct zone *zone = zone_of(at);
	struct page *page;
	uint32_t freed = 0; /* pages just before page i that are now free and not yet listed */

	ASSERT(zone && is_page_aligned(at));
	page = page_of(zone, at);
	for (uint32_t i = 0; i < npages; i++) {
		ASSERT(page[i].count > 0);
		if (--page[i].count == 0) {
			freed++;
			continue;
		}
		if (freed)
			run_free(zone, at + ((i - freed) << CONFIG_PAGE_SHIFT), freed);
		freed = 0;
	}
	if (freed)
		run_free(zone, at + ((npages - freed) << CONFIG_PAGE_SHIFT), freed);
}

int page_count(addr_t at)
{
	struct zone *zone = zone_of(at);

	return zone ? page_of(zone, at)->count : -1;
}

int page_run(addr_t *at, addr_t *end)
{
	const struct zone *zone = NULL;
	uint16_t count;

	for (unsigned int i = 0; i < nzones; i++)
		if (zones[i]->end > *at && (!zone || zones[i]->start < zone->start))
			zone = zones[i];
	if (!zone)
		return -1;
	*at = MAX(*at, zone->start);
	count = page_of(zone, *at)->count;
	*end = *at;
	while (*end < zone->end && page_of(zone, *end)->count == count)
		*end += PAGE_SIZE;
	return count;
}

uint32_t page_free_behind(addr_t at)
{
	struct zone *zone = zone_of(at);

	return zone ? free_from(zone, at) : 0;
}

uint32_t page_total(void)
{
	uint32_t total = 0;

	for (unsigned int i = 0; i < nzones; i++)
		total += zone_pages(zones[i]);
	return total;
}

uint32_t page_nfree(void)
{
	uint32_t nfree = 0;

	for (unsigned int i = 0; i < nzones; i++)
		nfree += zones[i]->nfree;
	return nfree;
}

uint32_t page_longest_free(void)
{
	uint32_t longest = 0;

	for (unsigned int i = 0; i < nzones; i++)
		for (addr_t at = zones[i]->start; at < zones[i]->end;) {
			uint32_t npages = free_from(zones[i], at);

			longest = MAX(longest, npages);
			at += MAX(npages, 1u) << CONFIG_PAGE_SHIFT;
		}
	return longest;
}

void page_zone_add(struct zone *zone)
{
	uint32_t npages = zone_pages(zone), own;

	ASSERT(nzones < MAX_ZONES && npages > 1 && npages <= UINT16_MAX);
	ASSERT(is_page_aligned(zone->start) && is_page_aligned(zone->end));
	zones[nzones++] = zone;
	zone->pages = addr_ptr(zone->start);
	own = page_ceil((addr_t)(npages * sizeof(struct page))) >> CONFIG_PAGE_SHIFT;
	for (uint32_t i = 0; i < npages; i++)
		zone->pages[i] = (struct page){ .count = i < own };
	zone->nfree = npages - own;
	run_insert(zone, zone->start + (own << CONFIG_PAGE_SHIFT), zone->nfree, false);
}

static bool is_listed(struct run_list *list, const struct free_run *wanted)
{
	struct free_run *run;

	LIST_FOREACH(run, list, link)
		if (run == wanted)
			return true;
	return false;
}

static void zone_check(struct zone *zone)
{
	uint32_t nfree = 0, i = 0;
	bool before = false; /* is there a free run, no room, just before page i? */

	while (i < zone_pages(zone)) {
		uint32_t npages = zone->pages[i].run;
		struct free_run *run = addr_ptr(zone->start + (i << CONFIG_PAGE_SHIFT));
		unsigned int bin;

		if (zone->pages[i].count) {
			before = false;
			i++;
			continue;
		}
		ASSERT(npages > 0 && npages <= zone_pages(zone) - i);
		ASSERT(zone->pages[i + npages - 1].run == npages); /* P1 */
		for (uint32_t k = 0; k < npages; k++)
			ASSERT(zone->pages[i + k].count == 0);
		ASSERT(!before); /* P2 */
		bin = bin_of(npages);
		ASSERT(is_listed(run->is_room ? &zone->rooms : &zone->bins[bin], run)); /* P3 */
		ASSERT(run->is_room || (zone->binmap[bin / 32] & (1u << (bin % 32))));
		before = !run->is_room;
		nfree += npages;
		i += npages;
	}
	ASSERT(nfree == zone->nfree); /* P4 */
}

void page_check(void)
{
	for (unsigned int i = 0; i < nzones; i++)
		zone_check(zones[i]);
}
