/* SPDX-License-Identifier: MIT */
/*
 * The invariants of memory (docs/invariants.md) as code.
 *
 * The kernel calls mm_check() before and after every change in builds with
 * CONFIG_DEBUG_NOMMU_REGIONS; in others there is no such function and no list of spaces that
 * would have to be kept for it.  Nothing is changed.  A violation is a panic that names the
 * records that disagree.
 *
 * Context: kernel.  Cost: grows with the square of the number of mappings.
 */
#ifndef MM_CHECK_H
#define MM_CHECK_H

#include <mm/space.h>

/* Check regions, pages, every space and its MPU image, and all against each other. */
void mm_check(void);

/* One space and its image alone (I4, I5). */
void mm_check_space(struct mm *mm);

#endif
