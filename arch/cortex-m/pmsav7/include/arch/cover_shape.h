/* SPDX-License-Identifier: MIT */
/*
 * What an entry of an ARMv7-M MPU can grant.  See include/arch/cover.h.
 *
 *	block   |  0  |  1  |  2  |  3  |  4  |  5  |  6  |  7  |    2^log2 bytes, aligned to it
 *	range         [=================================)
 *	          off    on    on    on    on    on   off   off
 *
 * An entry names a block of a power of two bytes, aligned to its size, and turns each eighth of it on
 * or off.  A range that starts and ends at eighths of one block takes one entry; any other
 * range takes several, each the best for one address of it.
 *
 * Source: ARMv7-M ARM (DDI 0403) B3.5.
 */
#ifndef ARCH_COVER_SHAPE_H
#define ARCH_COVER_SHAPE_H

#include <kernel/types.h>

struct cover {
	addr_t base;  /* of the block */
	uint8_t log2; /* bytes in the block: 5 to 31; eighths can be off from 8 on */
	uint8_t off;  /* bit i: eighth i is not granted */
};

/* What its functions rest on when they shift (docs/proofs.md). */
/*@ predicate cover_is_sound(struct cover cover) = 3 <= cover.log2 <= 31; */

/*@ requires \valid_read(cover) && cover_is_sound(*cover);
  @ assigns \nothing;
  @*/
static inline struct span cover_block(const struct cover *cover)
{
	return (struct span){ cover->base, cover->base + (((addr_t)1 << cover->log2) - 1) };
}

/* All of its block that lies in the range it was found for. */
/*@ requires \valid_read(cover) && cover_is_sound(*cover);
  @ assigns \nothing;
  @*/
static inline struct span cover_span(const struct cover *cover, addr_t start, addr_t end)
{
	struct span block = cover_block(cover);

	return (struct span){ MAX(start, block.start), MIN(end - 1, block.last) };
}

/*@ requires \valid_read(cover);
  @ assigns \nothing;
  @*/
static inline unsigned int cover_off(const struct cover *cover)
{
	return cover->off;
}

#endif
