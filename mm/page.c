/* SPDX-License-Identifier: MIT */
/*
 * The page allocator: who holds which page.  See include/mm/page.h for the picture; free runs are
 * in mm/run.c, and which of them an allocation takes is in mm/place.c.
 *
 * Invariants, checked by page_check(): P1 to P3 of mm/run.h, and
 *	P4 nfree is the number of pages with count 0
 *	P5 the run that is kept aside is on no list; but for it P1 to P3 hold
 *	P6 nshared is the number of holders beside the first of each page
 */
#include <arch/memory.h>
#include <errno.h>
#include <kernel/tracing.h>
#include <mm/page.h>

#include "internal.h"
#include "run.h"

static struct zone *zones[MAX_ZONES + 1]; /* behind the last: NULL */
static unsigned int nzones;
static uint32_t nfree;	 /* in all zones, and kept */
static uint32_t nshared; /* holders beside the first, of all pages */
uint32_t page_reserve;

static struct zone *zone_of(addr_t at)
{
	struct zone **zone = zones;

	while (*zone && (at < (*zone)->start || at >= (*zone)->end))
		zone++;
	return *zone;
}

/* May so many pages be handed out? */
static bool may_alloc(uint32_t npages)
{
	return npages + page_reserve <= nfree && !mm_may_fail();
}

/*
 * A run that comes back before anything else was done with runs is kept aside: it was chosen for a request
 * for as many pages, and would be chosen for the next, which often comes.  It is on no list and joined with
 * nothing, but free for all who ask, and is listed before anything else is done with runs.
 */
static struct {
	struct zone *zone;
	addr_t at;
	uint32_t npages; /* of it, where it is free; else 0 */
	uint32_t taken;	 /* and where it is taken, to lie anywhere */
} kept;

/* List it, or forget where it was: something else is about to be done with runs. */
static void list_kept(void)
{
	uint32_t npages = kept.npages;

	kept.npages = kept.taken = 0;
	if (npages) {
		kept.zone->nfree += npages;
		run_join(kept.zone, kept.at, npages);
	}
}

static void run_free(struct zone *zone, struct page *first, uint32_t npages)
{
	addr_t at = page_at(zone, first);

	tracing(TRACING_pages, at, npages, false);
	nfree += npages;
	mm_poison(addr_ptr(at), npages << CONFIG_PAGE_SHIFT);
	first->run = first[npages - 1].run = (uint16_t)npages;
	if (at == kept.at && npages == kept.taken) {
		kept.npages = npages;
		kept.taken = 0;
		return;
	}
	list_kept();
	zone->nfree += npages;
	run_join(zone, at, npages);
}

static void take_kept(void)
{
	kept.taken = kept.npages;
	kept.npages = 0;
	run_count(kept.zone, kept.at, kept.taken);
}

/* Take a run from the lists: the zone, and kept.at is set.  NULL: there is none. */
static struct zone *take_listed(uint32_t npages, enum page_place place)
{
	list_kept();
	for (unsigned int i = 0; i < nzones; i++)
		if (zones[i]->nfree >= npages && place_in_zone(zones[i], npages, place, &kept.at))
			return zones[i];
	for (unsigned int i = 0; i < nzones; i++)
		while (place_open_room(zones[i], npages))
			if (place_in_zone(zones[i], npages, place, &kept.at))
				return zones[i];
	return NULL;
}

int page_alloc(uint32_t npages, enum page_place place, addr_t *at)
{
	ASSERT(npages > 0);
	if (npages > UINT16_MAX || !may_alloc(npages))
		return -ENOMEM;
	if (npages == kept.npages && place == PLACE_ANY) {
		take_kept();
	} else {
		kept.zone = take_listed(npages, place);
		if (!kept.zone)
			return -ENOMEM;
		kept.taken = place == PLACE_ANY ? npages : 0;
	}
	*at = kept.at;
	nfree -= npages;
	return 0;
}

bool page_is_free(addr_t at, uint32_t npages)
{
	struct zone *zone = zone_of(at);
	struct page *page;

	if (!zone || npages > (zone->end - at) >> CONFIG_PAGE_SHIFT)
		return false;
	page = page_of(zone, at);
	if (page == zone->pages || page[-1].count) /* a run begins here, or none */
		return run_free_from(zone, at) >= npages;
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
	list_kept();
	nfree -= npages;
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
	nshared += npages;
}

/* How many pages in a row, from @page on, are held once and no more?  A file may have very many. */
static uint32_t held_once(const struct page *page, const struct page *end)
{
	const struct page *at = page;

	if (nshared == 0 && page->count && end[-1].count)
		return (uint32_t)(end - page);
	while (at < end && at->word == PAGE_HELD_ONCE)
		at++;
	return (uint32_t)(at - page);
}

bool page_is_held_once(addr_t at, uint32_t npages)
{
	const struct page *page = page_of(zone_of(at), at);

	return held_once(page, page + npages) == npages;
}

void page_put(addr_t at, uint32_t npages)
{
	struct zone *zone = zone_of(at);
	struct page *page, *end;

	ASSERT(zone && is_page_aligned(at));
	if (kept.npages)
		list_kept(); /* while what is next to it is listed, too, or in use */
	page = page_of(zone, at);
	for (end = page + npages; page < end;) {
		uint32_t n = held_once(page, end);

		if (n) {
			arch_fill(&page->word, 0, n * sizeof(*page));
			run_free(zone, page, n);
			page += n;
		} else {
			ASSERT(page->count > 0);
			page->count--;
			page++;
			nshared--;
		}
	}
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

	return zone ? run_free_from(zone, at) : 0;
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
	return nfree;
}

uint32_t page_longest_free(void)
{
	uint32_t longest = 0;

	for (unsigned int i = 0; i < nzones; i++)
		for (addr_t at = zones[i]->start; at < zones[i]->end;) {
			uint32_t npages = run_free_from(zones[i], at);

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
	nfree += zone->nfree;
	run_insert(zone, zone->start + (own << CONFIG_PAGE_SHIFT), zone->nfree, false);
}

/* How many runs a list holds; all belong there.  Each run has one link, so those are different ones. */
static uint32_t count_listed(struct zone *zone, const struct run_list *list, unsigned int bin)
{
	bool is_rooms = list == &zone->rooms;
	struct free_run *run;
	uint32_t n = 0;

	LIST_FOREACH(run, list, link) {
		n++;
		ASSERT(*run->link.le_prev == run && n <= zone_pages(zone));
		ASSERT(run->is_room == is_rooms);
		ASSERT(page_of(zone, ptr_addr(run))->count == 0);
		ASSERT(is_rooms || run_bin(run_pages(zone, run)) == bin);
	}
	return n;
}

/* Returns the holders of its pages beside the first. */
static uint32_t zone_check(struct zone *zone)
{
	uint32_t nmore = 0;
	uint32_t count = 0, i = 0, nruns = 0, nlisted = count_listed(zone, &zone->rooms, 0);
	bool before = false; /* is there a free run, no room, just before page i? */

	while (i < zone_pages(zone)) {
		uint32_t npages = zone->pages[i].run;
		struct free_run *run = addr_ptr(zone->start + (i << CONFIG_PAGE_SHIFT));
		unsigned int bin;

		if (zone->pages[i].count) {
			nmore += zone->pages[i].count - 1u;
			before = false;
			i++;
			continue;
		}
		if (kept.npages && ptr_addr(run) == kept.at) { /* P5 */
			ASSERT(npages == kept.npages);
			before = false;
			i += npages;
			continue;
		}
		ASSERT(npages > 0 && npages <= zone_pages(zone) - i);
		ASSERT(zone->pages[i + npages - 1].run == npages); /* P1 */
		for (uint32_t k = 0; k < npages; k++)
			ASSERT(zone->pages[i + k].count == 0);
		ASSERT(!before); /* P2 */
		bin = run_bin(npages);
		nruns++;
		ASSERT(run->is_room || (zone->binmap[bin / 32] & (1u << (bin % 32))));
		before = !run->is_room;
		count += npages;
		i += npages;
	}
	for (unsigned int bin = 0; bin < PAGE_BINS; bin++)
		nlisted += count_listed(zone, &zone->bins[bin], bin);
	ASSERT(nlisted == nruns);     /* P3 */
	ASSERT(count == zone->nfree); /* P4 */
	return nmore;
}

void page_check(void)
{
	uint32_t sum = kept.npages, nmore = 0;

	for (unsigned int i = 0; i < nzones; i++) {
		nmore += zone_check(zones[i]);
		sum += zones[i]->nfree;
	}
	ASSERT(sum == nfree);
	ASSERT(nmore == nshared); /* P6 */
}
