/* SPDX-License-Identifier: MIT */
/*
 * Filling a private mapping of a file from outside mm: where what the file holds has to be waited
 * for, so that no job can copy it.
 *
 *	mm_map() --> zeroed by its job --> mm_fill() ... mm_fill() --> mm_fill_end()
 *
 * While it is being filled its process sees zeros, and nobody shares it.  The mapping is known by
 * its serial, since anything may happen to it meanwhile: what is left of it is filled.
 *
 * Context: kernel.
 */
#ifndef MM_FILL_H
#define MM_FILL_H

#include <mm/space.h>

/* Is a mapping, just made, to be filled?  @at: where it begins. */
bool mm_fill_is_due(struct mm *mm, uint32_t serial, addr_t at);

/* Copy into a mapping.  0, or -EFAULT where a byte is no longer of it; then nothing was copied. */
int mm_fill(struct mm *mm, uint32_t serial, addr_t at, const void *from, size_t len);

/* It is whole: others may share it.  Or it cannot be had: it goes.  @at: where it begins. */
void mm_fill_end(struct mm *mm, uint32_t serial, addr_t at);
void mm_fill_fail(struct mm *mm, uint32_t serial, addr_t at);

#endif
