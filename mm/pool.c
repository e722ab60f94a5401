/* SPDX-License-Identifier: MIT */
/* Pools of kernel records.  See include/mm/pool.h for the picture. */
#include <mm/page.h>
#include <mm/pool.h>
#include <string.h>

#include "internal.h"

struct record { /* a free one */
	struct record *next;
};

struct slab {
	LIST_ENTRY(slab) link; /* on pool->partial while a record is free */
	struct record *free;   /* given back */
	uint16_t used;
	uint16_t touched; /* so many have been handed out; those behind them are free, too */
};

static uint32_t npages; /* in all pools */

/* Where the records of a slab begin: aligned for anything in them. */
static size_t first_record(void)
{
	return (sizeof(struct slab) + sizeof(uint64_t) - 1) & ~(sizeof(uint64_t) - 1);
}

static uint32_t capacity(const struct pool *pool)
{
	return (PAGE_SIZE - first_record()) / pool->size;
}

static struct slab *slab_create(struct pool *pool)
{
	struct slab *slab;
	addr_t at;

	if (page_alloc(1, PLACE_ANY, &at))
		return NULL;
	slab = addr_ptr(at);
	*slab = (struct slab){ .used = 0 };
	mm_poison(slab + 1, PAGE_SIZE - sizeof(*slab));
	LIST_INSERT_HEAD(&pool->partial, slab, link);
	npages++;
	return slab;
}

static void slab_destroy(struct slab *slab)
{
	LIST_REMOVE(slab, link);
	npages--;
	page_put(ptr_addr(slab), 1);
}

void *pool_take(struct pool *pool)
{
	struct slab *slab = LIST_FIRST(&pool->partial);
	struct record *record;

	if (mm_may_fail())
		return NULL;
	if (!slab)
		slab = slab_create(pool);
	if (!slab)
		return NULL;
	record = slab->free;
	if (!record)
		record = addr_ptr(ptr_addr(slab) + first_record() + slab->touched++ * pool->size);
	mm_unpoison(record, pool->size);
	if (slab->free)
		slab->free = record->next;
	if (++slab->used == capacity(pool))
		LIST_REMOVE(slab, link);
	return record;
}

void *pool_alloc(struct pool *pool)
{
	void *record = pool_take(pool);

	return record ? memset(record, 0, pool->size) : NULL;
}

void pool_free(struct pool *pool, void *ptr)
{
	struct slab *slab = addr_ptr(page_floor(ptr_addr(ptr)));
	struct record *record = ptr;

	if (!record)
		return;
	ASSERT(slab->used > 0);
	if (slab->used == capacity(pool))
		LIST_INSERT_HEAD(&pool->partial, slab, link);
	record->next = slab->free;
	slab->free = record;
	mm_poison(record, pool->size);
	if (--slab->used == 0)
		slab_destroy(slab);
}

uint32_t pool_pages(void)
{
	return npages;
}
