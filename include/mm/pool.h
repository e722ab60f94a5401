/* SPDX-License-Identifier: MIT */
/*
 * A pool hands out kernel records of one size, from whole pages (slabs).
 *
 *	pool.partial -> [slab | o o . o . o ] -> [slab | . o o ...]
 *
 * A slab is one page with its header at the start, so that a record finds it by rounding its
 * own address down.  A slab with a free record is on its pool's list; one without is on none;
 * a slab whose last record goes is given back to the page allocator at once (I8).
 *
 * Context: kernel.
 */
#ifndef MM_POOL_H
#define MM_POOL_H

#include <kernel/types.h>
#include <sys/queue.h>

struct slab;
LIST_HEAD(slab_list, slab);

struct pool {
	struct slab_list partial;
	uint32_t size; /* bytes from one record to the next */
};

/* A pool of records of a type; its name ends in _pool (tools/records.py). */
/* clang-format off */
#define POOL_INIT(type_) \
	{ .size = (sizeof(type_) + sizeof(void *) - 1) & ~(sizeof(void *) - 1) }
/* clang-format on */

/**
 * pool_alloc - a zeroed record
 *
 * Return: it, or NULL when no page is free.
 */
void *pool_alloc(struct pool *pool);

/* The same, for who writes to all of it. */
void *pool_take(struct pool *pool);

/* Give a record back.  @record: from this very pool; NULL: nothing happens. */
void pool_free(struct pool *pool, void *record);

/* Pages that all pools hold, for /proc/meminfo. */
uint32_t pool_pages(void);

#endif
