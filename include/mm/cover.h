/* SPDX-License-Identifier: MIT */
/*
 * Covers: which ranges one protection entry can grant.  Pure arithmetic, no state.
 *
 *	block   |  0  |  1  |  2  |  3  |  4  |  5  |  6  |  7  |    2^log2 bytes, aligned to it
 *	range         [=================================)
 *	          off    on    on    on    on    on   off   off
 *
 * An entry of an ARMv7-M MPU names a block of a power of two bytes, aligned to its size, and
 * turns each eighth of it on or off.  A range that starts and ends at eighths of one block takes
 * one entry; any other range takes several, each the best for one address of it.
 *
 * Source: ARMv7-M ARM (DDI 0403) B3.5.
 */
#ifndef MM_COVER_H
#define MM_COVER_H

#include <kernel/types.h>

struct cover {
	addr_t base;  /* of the block */
	uint8_t log2; /* bytes in the block: 5 to 31; eighths can be off from 8 on */
	uint8_t off;  /* bit i: eighth i is not granted */
};

/* What its functions rest on when they shift (docs/proofs.md). */
/*@ predicate cover_is_sound(struct cover cover) = 3 <= cover.log2 <= 31; */

/**
 * cover_find - the entry that grants the most of a range around an address
 * @start, @end: the range, page aligned, not empty
 * @at:		 an address in it
 *
 * The cover grants @at, and no byte outside the range.  Of all blocks that hold @at and whose
 * eighths lie each wholly inside or outside the range it is the largest, so it grants all that
 * any other would.
 */
/*@ requires start <= at < end;
  @ assigns \nothing;
  @ ensures cover_is_sound(\result);
  @*/
struct cover cover_find(addr_t start, addr_t end, addr_t at);

/* A range that may end at the last address: [start, last]; start behind last: nothing. */
struct span {
	addr_t start, last;
};

/* clang-format off */
#define SPAN_NONE ((struct span){ UINT32_MAX, 0 })
/* clang-format on */

/* What a cover grants: all of its block that lies in the range it was found for. */
/*@ requires \valid_read(cover) && cover_is_sound(*cover);
  @ assigns \nothing;
  @*/
static inline struct span cover_span(const struct cover *cover, addr_t start, addr_t end)
{
	addr_t last = cover->base + (((addr_t)1 << cover->log2) - 1);

	return (struct span){ MAX(start, cover->base), MIN(end - 1, last) };
}

/* Does the cover grant this byte? */
/*@ requires \valid_read(cover) && cover_is_sound(*cover);
  @ assigns \nothing;
  @*/
bool cover_grants(const struct cover *cover, addr_t at);

/* Does it grant any byte of [@start, @end)? */
/*@ requires \valid_read(cover) && cover_is_sound(*cover);
  @ assigns \nothing;
  @*/
bool cover_touches(const struct cover *cover, addr_t start, addr_t end);

/* How many entries grant all of a range, page aligned and not empty. */
unsigned int cover_count(addr_t start, addr_t end);

/* The grain of an entry that grants @len bytes: where they start and end is a multiple of it. */
/*@ assigns \nothing; */
addr_t cover_unit(addr_t len);

/* @len bytes, rounded up to what one entry can grant at a good position.  0: too long. */
/*@ assigns \nothing; */
addr_t cover_round(addr_t len);

/**
 * cover_place_low, cover_place_high - the lowest or highest good position in a free range
 * @start, @end: the range
 * @len:	 bytes to place, page aligned
 *
 * At a good position one entry grants all of cover_round(@len) == @len bytes, and few grant any
 * other length.
 *
 * Return: the position; 0 when there is none.
 */
/*@ assigns \nothing; */
addr_t cover_place_low(addr_t start, addr_t end, addr_t len);
/*@ assigns \nothing; */
addr_t cover_place_high(addr_t start, addr_t end, addr_t len);

#endif
