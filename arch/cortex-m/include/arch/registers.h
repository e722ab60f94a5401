/* SPDX-License-Identifier: MIT */
/* The registers of a thread, as ARMv7-M keeps them.  See include/arch/context.h. */
#ifndef ARCH_REGISTERS_H
#define ARCH_REGISTERS_H

#include <stdint.h>

/* Saved by trap.S when a thread leaves the processor; never in memory that a program can write. */
struct context {
	uint32_t r4_r11[8];
	uint32_t psp;
	uint32_t exc_return; /* how to return: with or without an FP frame */
};

/* Stored by the hardware on the thread's own stack at exception entry.  ARMv7-M ARM B1.5.6. */
struct frame {
	uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

/* Put what a call returns besides r0 where its program finds it: r1, r2, r3, r12. */
static inline void arch_frame_set_words(struct frame *frame, const uint32_t words[4])
{
	frame->r1 = words[0];
	frame->r2 = words[1];
	frame->r3 = words[2];
	frame->r12 = words[3];
}

static inline struct frame *arch_current_frame(void)
{
	uintptr_t psp;

	__asm volatile("mrs %0, psp" : "=r"(psp));
	return (struct frame *)psp;
}

#endif
