/* SPDX-License-Identifier: MIT */
/*
 * Numbers in files: put together from their bytes, so that none need be aligned, and what is read
 * can be proven (docs/proofs.md).  Where it is inlined, each is one load.
 */
#ifndef LIB_BYTES_H
#define LIB_BYTES_H

#include <stdint.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* Little endian. */
/*@ requires \valid_read(at + (0 .. 1));
  @ assigns \nothing;
  @*/
ALWAYS_INLINE uint32_t get_le16(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8;
}

/*@ requires \valid_read(at + (0 .. 3));
  @ assigns \nothing;
  @*/
ALWAYS_INLINE uint32_t get_le32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Big endian. */
/*@ requires \valid_read(at + (0 .. 3));
  @ assigns \nothing;
  @*/
ALWAYS_INLINE uint32_t get_be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

#endif
