/* SPDX-License-Identifier: MIT */
/*
 * The allocator to compare with: what Linux does for a mapping without an MMU.  A request takes
 * a block of the next power of two, aligned to its size, of at most 2^10 pages; the pages that
 * it does not need go back at once, one by one, and each free page joins its buddy.
 *
 * Lists are last in, first out, but for a block whose larger buddy is free, which goes to the
 * end.  The same calls as in Linux, and one more, so that it is not worse off than it need be:
 * pages behind a mapping can be taken, when free, for growth in place.
 *
 * Source: Linux mm/page_alloc.c (__free_one_page, expand, make_alloc_exact), mm/nommu.c
 * (do_mmap_private).
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ORDER 10
#define NONE	  UINT32_MAX
#define USED	  255

static uint32_t first, npages; /* page numbers are addresses in pages, less @first */
static uint32_t nfree, head[MAX_ORDER + 1], tail[MAX_ORDER + 1];
static struct block {
	uint8_t order; /* of the free block that begins here; else USED */
	uint32_t next, prev;
} * blocks;

static uint32_t number(addr_t at)
{
	return (at >> frag_page_shift) - first;
}

static void list_remove(uint32_t page)
{
	struct block *block = &blocks[page];

	if (block->prev == NONE)
		head[block->order] = block->next;
	else
		blocks[block->prev].next = block->next;
	if (block->next == NONE)
		tail[block->order] = block->prev;
	else
		blocks[block->next].prev = block->prev;
	block->order = USED;
}

static void list_insert(uint32_t page, unsigned int order, bool at_end)
{
	struct block *block = &blocks[page];

	block->order = (uint8_t)order;
	block->next = at_end ? NONE : head[order];
	block->prev = at_end ? tail[order] : NONE;
	if (block->prev == NONE)
		head[order] = page;
	else
		blocks[block->prev].next = page;
	if (block->next == NONE)
		tail[order] = page;
	else
		blocks[block->next].prev = page;
}

static bool is_block(uint32_t page, unsigned int order)
{
	return page < npages && blocks[page].order == order;
}

static void free_one(uint32_t page, unsigned int order)
{
	nfree += 1u << order;
	while (order < MAX_ORDER && is_block(page ^ (1u << order), order)) {
		list_remove(page ^ (1u << order));
		page &= ~(1u << order);
		order++;
	}
	list_insert(page, order,
		    order < MAX_ORDER - 1 &&
			    is_block((page & ~(1u << order)) ^ (2u << order), order + 1));
}

/* Break a free block until the block of @order that begins at @page stands alone, in use. */
static void split(uint32_t block, uint32_t page, unsigned int order)
{
	unsigned int high = blocks[block].order;

	list_remove(block);
	while (high-- > order) {
		uint32_t upper = block + (1u << high);

		if (page >= upper) {
			list_insert(block, high, false);
			block = upper;
		} else {
			list_insert(upper, high, false);
		}
	}
	nfree -= 1u << order;
}

static bool buddy_alloc(uint32_t n, enum page_place place, addr_t *at)
{
	unsigned int order = n == 1 ? 0 : 32 - (unsigned int)__builtin_clz(n - 1), high = order;
	uint32_t page;

	(void)place;
	while (high <= MAX_ORDER && head[high] == NONE)
		high++;
	if (high > MAX_ORDER)
		return false;
	page = head[high];
	split(page, page, order);
	for (uint32_t i = n; i < 1u << order; i++)
		free_one(page + i, 0);
	*at = (page + first) << frag_page_shift;
	return true;
}

/* The free block that holds a page; NONE: it is in use. */
static uint32_t block_of(uint32_t page)
{
	for (unsigned int order = 0; order <= MAX_ORDER; order++) {
		uint32_t block = page & ~((1u << order) - 1);

		if (is_block(block, order))
			return block;
	}
	return NONE;
}

static bool buddy_take(addr_t at, uint32_t n)
{
	uint32_t page = number(at);

	for (uint32_t i = 0; i < n; i++)
		if (block_of(page + i) == NONE)
			return false;
	for (uint32_t i = 0; i < n; i++)
		split(block_of(page + i), page + i, 0);
	return true;
}

static void buddy_put(addr_t at, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		free_one(number(at) + i, 0);
}

static uint32_t buddy_nfree(void)
{
	return nfree;
}

static uint32_t buddy_largest(void)
{
	for (unsigned int order = MAX_ORDER + 1; order-- > 0;)
		if (head[order] != NONE)
			return 1u << order;
	return 0;
}

static void buddy_check(void)
{
	uint32_t counted = 0, page = 0;

	while (page < npages) {
		unsigned int order = blocks[page].order;

		assert(order == USED || (page & ((1u << order) - 1)) == 0);
		assert(order == USED || order == MAX_ORDER ||
		       !is_block(page ^ (1u << order), order));
		counted += order == USED ? 0 : 1u << order;
		page += order == USED ? 1 : 1u << order;
	}
	assert(counted == nfree);
}

static void buddy_init(const struct geometry *geometry)
{
	uint32_t start = geometry->start >> frag_page_shift;

	first = start & ~((1u << MAX_ORDER) - 1);
	npages = start - first + geometry->npages;
	blocks = malloc(npages * sizeof(*blocks));
	assert(blocks);
	memset(head, 0xff, sizeof(head));
	memset(tail, 0xff, sizeof(tail));
	for (uint32_t page = 0; page < npages; page++)
		blocks[page].order = USED;
	/* As at boot: from the top, so that the lowest block is the first of its list. */
	for (uint32_t page = npages; page-- > start - first + geometry->own;)
		free_one(page, 0);
}

const struct allocator buddy = { "buddy",   buddy_init,	 buddy_alloc,	buddy_take,
				 buddy_put, buddy_nfree, buddy_largest, buddy_check };
