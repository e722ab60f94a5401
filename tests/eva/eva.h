/* SPDX-License-Identifier: MIT */
/* What callers give that is not known: any value, any bytes.  See docs/proofs.md. */
#ifndef EVA_H
#define EVA_H

#include <__fc_builtin.h>
#include <kernel/types.h>

/*@ assigns \result, Frama_C_entropy_source \from Frama_C_entropy_source; */
static inline uint32_t any(void)
{
	return Frama_C_unsigned_int_interval(0, UINT32_MAX);
}

/*@ requires least <= most;
  @ assigns \result, Frama_C_entropy_source \from least, most, Frama_C_entropy_source;
  @ ensures least <= \result <= most;
  @*/
static inline uint32_t any_of(uint32_t least, uint32_t most)
{
	return Frama_C_unsigned_int_interval(least, most);
}

/* Fill with any bytes. */
/*@ requires \valid(at + (0 .. len - 1));
  @ assigns at[0 .. len - 1], Frama_C_entropy_source \from Frama_C_entropy_source;
  @ ensures \initialized(at + (0 .. len - 1));
  @*/
void any_bytes(uint8_t *at, size_t len);

#endif
