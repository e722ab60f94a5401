/* SPDX-License-Identifier: MIT */
/*
 * The clock of the machine: a count since boot, and one alarm.
 *
 * Counts are those of a timer of the port's choice.  Nothing interrupts while no alarm is near, but
 * what the port needs itself to keep the count.
 */
#ifndef ARCH_TICK_H
#define ARCH_TICK_H

#include <arch/clock_low.h> /* of the port */
#include <kernel/types.h>

#define ARCH_CLOCK_NEVER UINT64_MAX

/* Start counting from 0, @clock_hz times a second.  Context: boot, interrupts masked. */
void arch_clock_start(uint32_t clock_hz);

/* Counts since boot; never goes back.  Context: kernel. */
uint64_t arch_clock_now(void);

/*
 * Inline in <arch/clock_low.h>, of the port: arch_clock_low() is the low word of that, in a few
 * instructions.  Beside an interrupt of the clock it may be ahead, for once: by less than a shot that
 * an alarm has made short, or by ARCH_CLOCK_AHEAD or more.  Context: kernel.
 *
 * The clock asks for the kernel (arch_kernel_request) many times while the low word goes round.
 */

/**
 * arch_clock_alarm - ask for the kernel (arch_kernel_request) when the clock is at @at
 * @at: in counts; ARCH_CLOCK_NEVER: not at all
 *
 * There is one alarm: this one replaces that of before.  It comes once, never early, and late by
 * no more than an interrupt takes to be worth its while (16 us).
 *
 * Context: kernel.
 */
void arch_clock_alarm(uint64_t at);

/* How often the clock has interrupted since boot.  Context: any. */
uint32_t arch_clock_interrupts(void);

#endif
