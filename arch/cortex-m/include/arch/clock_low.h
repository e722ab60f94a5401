/* SPDX-License-Identifier: MIT */
/* The short way to read the clock: see include/arch/tick.h, and arch/cortex-m/tick.c. */
#ifndef ARCH_CLOCK_LOW_H
#define ARCH_CLOCK_LOW_H

#include <stdint.h>

#define ARCH_SYST_CVR	 (*(volatile uint32_t *)(uintptr_t)0xE000E018)
#define ARCH_SHOT_MAX	 (1u << 24) /* a shot that follows another */
#define ARCH_CLOCK_AHEAD (ARCH_SHOT_MAX / 2)

extern struct arch_shot {
	uint64_t base;	 /* counts at which the shot began */
	uint32_t length; /* of the shot */
} arch_shot;

/* The counter first: where it is 0 the interrupt has come before the rest is read. */
static inline uint32_t arch_clock_low(void)
{
	uint32_t left = ARCH_SYST_CVR;

	__asm volatile("" ::: "memory");
	return (uint32_t)arch_shot.base + (left ? arch_shot.length - left : 0);
}

#endif
