/* SPDX-License-Identifier: MIT */
/* The port's, for this machine: where a test says that the running thread's frame is. */
#ifndef ARCH_REGISTERS_H
#define ARCH_REGISTERS_H

#include <stdint.h>

struct context {
	uint32_t psp;
};

struct frame {
	uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
};

static inline void arch_frame_set_words(struct frame *frame, const uint32_t words[4])
{
	frame->r1 = words[0];
	frame->r2 = words[1];
	frame->r3 = words[2];
	frame->r12 = words[3];
}

struct frame *arch_current_frame(void); /* of the test */

#endif
