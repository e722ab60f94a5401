/* SPDX-License-Identifier: MIT */
/*
 * A store of RAM: the contiguous pages that a RAM file or a segment owns, with the one region
 * over them through which every mapping shows them.
 *
 * Who owns the store keeps what programs can see of it zeroed: pages are handed over as they are.
 *
 * Context: kernel.
 */
#ifndef MM_STORE_H
#define MM_STORE_H

#include <mm/backing.h>

/**
 * store_grow - give a store more pages, in place
 * @backing: of kind BACKING_RAM; ->store NULL: it has none yet
 * @npages:  how many it is to have, at least what it has
 *
 * Return: 0, or -ENOMEM: the pages behind are not free; then nothing changed.
 */
int store_grow(struct backing *backing, uint32_t npages);

/* A store that is under way to another place.  It still lies where it did. */
struct store_move {
	addr_t to;	 /* pages held for it; 0: it stays */
	uint32_t npages; /* how many */
	uint32_t done;	 /* bytes that are there already */
};

/**
 * store_move - a step of moving a store to where it has more pages
 * @npages: how many it is to have; of a move under way it is given already
 * @move:   of this store, zeroed before the first
 *
 * Until it is done nothing may write to the store, or map it, without store_stay().
 *
 * Return: 1: call again; 0: it has moved; -ENOMEM, also where something maps it; nothing changed.
 */
int store_move(struct backing *backing, uint32_t npages, struct store_move *move);

/* Give a move up, where one is under way. */
void store_stay(struct store_move *move);

/**
 * store_shrink - take what is behind @size bytes away
 *
 * Private mappings lose what lies behind the last page of @size bytes, and so do those who run
 * on it.  The store keeps the pages of @size bytes; 0: none.
 *
 * Return: 0, or -ETXTBSY where a shared mapping shows more than @size bytes; nothing changed.
 */
int store_shrink(struct backing *backing, uint32_t size);

/* Bytes that the store's pages hold. */
uint32_t store_capacity(const struct backing *backing);

/* Fill where the store lies, up to the page that byte @size - 1 is in.  -ENODEV: it is empty. */
int store_extent(const struct backing *backing, uint32_t size, struct extent *extent);

/* Give all pages back.  Nothing maps it. */
void store_destroy(struct backing *backing);

#endif
