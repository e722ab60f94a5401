/* SPDX-License-Identifier: MIT */
/* Free runs in their bins.  See mm/run.h. */
#include "run.h"

#include <arch/memory.h>
#include <kernel/tracing.h>

#include "internal.h"

#define SORTED_RUNS 4 /* at the head of a bin, highest address first */

/* The first bin from @bin on that is not empty; PAGE_BINS: none. */
unsigned int run_next_bin(const struct zone *zone, unsigned int bin)
{
	while (bin < PAGE_BINS) {
		uint32_t word = zone->binmap[bin / 32] >> (bin % 32);

		if (word)
			return bin + (unsigned int)__builtin_ctz(word);
		bin = (bin / 32 + 1) * 32;
	}
	return PAGE_BINS;
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
void run_insert(struct zone *zone, addr_t at, uint32_t npages, bool is_room)
{
	struct free_run *run = addr_ptr(at);
	struct page *first = page_of(zone, at);
	unsigned int bin = run_bin(npages);

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

void run_remove(struct zone *zone, struct free_run *run)
{
	unsigned int bin = run_bin(run_pages(zone, run));

	LIST_REMOVE(run, link);
	if (!run->is_room && LIST_EMPTY(&zone->bins[bin]))
		zone->binmap[bin / 32] &= ~(1u << (bin % 32));
}

/* Let a free run be of @npages, from where it starts; it keeps its place where it keeps its bin. */
static void run_resize(struct zone *zone, struct free_run *run, uint32_t npages)
{
	struct page *first = page_of(zone, ptr_addr(run));

	if (run->is_room || run_is_same_bin(first->run, npages)) {
		first->run = first[npages - 1].run = (uint16_t)npages;
		return;
	}
	run_remove(zone, run);
	run_insert(zone, ptr_addr(run), npages, false);
}

void run_count(struct zone *zone, addr_t at, uint32_t npages)
{
	arch_fill(&page_of(zone, at)->word, PAGE_HELD_ONCE, npages * sizeof(struct page));
	mm_unpoison(addr_ptr(at), npages << CONFIG_PAGE_SHIFT);
	tracing(TRACING_pages, at, npages, true);
}

/* Take [@at, @at + @npages) out of the free run @run, which holds it, and count its pages once. */
void run_carve(struct zone *zone, struct free_run *run, addr_t at, uint32_t npages)
{
	addr_t start = ptr_addr(run), end = start + (run_pages(zone, run) << CONFIG_PAGE_SHIFT);
	addr_t stop = at + (npages << CONFIG_PAGE_SHIFT);
	bool is_room = run->is_room;

	ASSERT(start <= at && stop <= end);
	if (start < at)
		run_resize(zone, run, (at - start) >> CONFIG_PAGE_SHIFT);
	else
		run_remove(zone, run);
	zone->nfree -= npages;
	run_count(zone, at, npages);
	if (stop < end)
		run_insert(zone, stop, (end - stop) >> CONFIG_PAGE_SHIFT, is_room);
}

/*
 * List [@at, @at + @npages) as free, joined with the free runs on both sides of it.  A room before
 * it stays a room: its heap is still there.  A room behind it has just lost its heap.
 */
void run_join(struct zone *zone, addr_t at, uint32_t npages)
{
	addr_t end = at + (npages << CONFIG_PAGE_SHIFT);
	struct page *page = page_of(zone, at);
	struct free_run *before;

	while (end < zone->end && page_of(zone, end)->count == 0) {
		uint32_t behind = page_of(zone, end)->run;

		run_remove(zone, addr_ptr(end));
		npages += behind;
		end += behind << CONFIG_PAGE_SHIFT;
	}
	if (at > zone->start && page[-1].count == 0) {
		before = addr_ptr(at - ((addr_t)page[-1].run << CONFIG_PAGE_SHIFT));
		if (!before->is_room) {
			run_resize(zone, before, page[-1].run + npages);
			return;
		}
	}
	run_insert(zone, at, npages, false);
}

/* From @at, free or not: the end of the free run or run of rooms, or the next page. */
uint32_t run_free_from(const struct zone *zone, addr_t at)
{
	uint32_t npages = 0;

	while (at < zone->end && page_of(zone, at)->count == 0) {
		npages += page_of(zone, at)->run;
		at += (addr_t)page_of(zone, at)->run << CONFIG_PAGE_SHIFT;
	}
	return npages;
}

/* The free run that holds @at, a free page. */
struct free_run *run_holding(struct zone *zone, addr_t at)
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
