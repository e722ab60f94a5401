/* SPDX-License-Identifier: MIT */
/*
 * The host's side of the seam in mm/internal.h: free records and free pages are poisoned, so
 * that the sanitizer sees every use of them, and any allocation can be made to fail.
 */
#ifndef MM_HOST_H
#define MM_HOST_H

#include <sanitizer/asan_interface.h>
#include <stdbool.h>
#include <stddef.h>

static inline void mm_poison(const void *at, size_t len)
{
	ASAN_POISON_MEMORY_REGION(at, len);
}

static inline void mm_unpoison(const void *at, size_t len)
{
	ASAN_UNPOISON_MEMORY_REGION(at, len);
}

/* Counts the allocations of pages and records; true for the one that is to fail. */
bool mm_may_fail(void);

#endif
