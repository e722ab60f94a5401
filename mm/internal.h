/* SPDX-License-Identifier: MIT */
/*
 * What the files of mm/ share among themselves, and the seam by which a host test builds the
 * very same files: on the host, free records and free pages are poisoned for the sanitizer, and
 * a test may make any allocation fail.
 */
#ifndef MM_INTERNAL_H
#define MM_INTERNAL_H

#include <kernel/assert.h>
#include <kernel/types.h>

#ifdef MM_HOST_TEST
#include <mm_host.h> /* mm_poison, mm_unpoison, mm_may_fail */
#else
static inline void mm_poison(const void *at, size_t len)
{
	(void)at;
	(void)len;
}

static inline void mm_unpoison(const void *at, size_t len)
{
	(void)at;
	(void)len;
}

/* Should this allocation fail?  Never, on the target. */
static inline bool mm_may_fail(void)
{
	return false;
}
#endif

#endif
