/* SPDX-License-Identifier: MIT */
/*
 * Covers: which ranges one protection entry can grant.  Pure arithmetic, no state: the contract that
 * a port fills.
 *
 * A cover says what an entry is to grant, before it is put into words (arch_mpu_encode).  What a cover can
 * say is a matter of the hardware, so struct cover is the port's, in <arch/cover_shape.h>: a block and which
 * of its eighths are on, or any range of pages.
 */
#ifndef ARCH_COVER_H
#define ARCH_COVER_H

#include <arch/cover_shape.h> /* of the port: struct cover */
#include <kernel/types.h>

/**
 * cover_find - the entry that grants the most of a range around an address
 * @start, @end: the range, page aligned, not empty
 * @at:		 an address in it
 *
 * The cover grants @at, and no byte outside the range.  No other that does grants more of it.
 */
/*@ requires start <= at < end;
  @ assigns \nothing;
  @ ensures cover_is_sound(\result);
  @*/
struct cover cover_find(addr_t start, addr_t end, addr_t at);

/*
 * Inline in <arch/cover_shape.h>, of the port:
 *
 * cover_span(cover, start, end) is what a cover grants that was found for the range [start, end).
 *
 * cover_block(cover) and cover_off(cover) are for who looks at an entry: from where to where the hardware
 * compares, and a mask of the eighths of that in which nothing is granted.
 */

/* What any cover grants.  SPAN_NONE where that is not one run of bytes, which cover_find() never gives. */
/*@ requires \valid_read(cover) && cover_is_sound(*cover);
  @ assigns \nothing;
  @*/
struct span cover_granted(const struct cover *cover);

/* Does the cover grant this byte? */
/*@ requires \valid_read(cover) && cover_is_sound(*cover);
  @ assigns \nothing;
  @*/
bool cover_grants(const struct cover *cover, addr_t at);

/* How many entries grant all of a range, page aligned and not empty. */
/*@ requires start < end;
  @ assigns \nothing;
  @*/
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
