/* SPDX-License-Identifier: MIT */
/*
 * In builds with CONFIG_DEBUG_NOMMU_REGIONS every invariant of memory is checked before and after
 * each change; a violation is a panic.  In others this is nothing.
 *
 * Context: kernel.
 */
#ifndef KERNEL_CHECK_H
#define KERNEL_CHECK_H

#include <kernel/config.h>
#include <kernel/proc.h>
#include <mm/check.h>
#include <mm/shm.h>

static inline void memory_check(void)
{
	if (IS_ENABLED(CONFIG_DEBUG_NOMMU_REGIONS)) {
		mm_check();
		shm_check();
	}
}

#endif
