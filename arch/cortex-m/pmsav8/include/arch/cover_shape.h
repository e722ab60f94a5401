/* SPDX-License-Identifier: MIT */
/*
 * What an entry of an ARMv8-M MPU can grant: any range of pages.  See include/arch/cover.h.
 *
 * An entry names its first and its last 32 bytes, so every range takes one.  But no two entries that are
 * loaded may grant the same byte: an access to it is refused.
 *
 * Source: ARMv8-M ARM (DDI 0553) B11.
 */
#ifndef ARCH_COVER_SHAPE_H
#define ARCH_COVER_SHAPE_H

#include <kernel/types.h>

struct cover {
	addr_t start, last;
};

/*@ predicate cover_is_sound(struct cover cover) = cover.start <= cover.last; */

/*@ requires \valid_read(cover) && cover_is_sound(*cover);
  @ assigns \nothing;
  @*/
static inline struct span cover_block(const struct cover *cover)
{
	return (struct span){ cover->start, cover->last };
}

/*@ requires \valid_read(cover) && cover_is_sound(*cover);
  @ assigns \nothing;
  @*/
static inline struct span cover_span(const struct cover *cover, addr_t start, addr_t end)
{
	(void)start; /* it grants all of the range that it was found for */
	(void)end;
	return cover_block(cover);
}

/*@ requires \valid_read(cover);
  @ assigns \nothing;
  @*/
static inline unsigned int cover_off(const struct cover *cover)
{
	(void)cover; /* there are no eighths */
	return 0;
}

#endif
