/* SPDX-License-Identifier: MIT */
/* Threads' registers.  See include/arch/context.h. */
#include <arch/context.h>
#include <string.h>

#define EXC_RETURN_THREAD_PSP 0xFFFFFFFDu /* ARMv7-M ARM B1.5.8 */
#define XPSR_THUMB	      (1u << 24)
#define DATA_BASE_REG	      (9 - 4) /* r9 within r4 to r11 */

void arch_context_init(struct context *context, addr_t pc, addr_t sp, addr_t base)
{
	struct frame *frame = addr_ptr(sp - (addr_t)sizeof(struct frame));

	memset(context, 0, sizeof(*context));
	context->r4_r11[DATA_BASE_REG] = base;
	context->psp = ptr_addr(frame);
	context->exc_return = EXC_RETURN_THREAD_PSP;
	*frame = (struct frame){ .pc = pc & ~1u, .lr = 0xFFFFFFFFu, .xpsr = XPSR_THUMB };
}

addr_t arch_frame_size(const struct context *context)
{
	(void)context; /* no FP registers on this core */
	return sizeof(struct frame);
}

struct frame *arch_current_frame(void)
{
	uint32_t psp;

	__asm volatile("mrs %0, psp" : "=r"(psp));
	return addr_ptr(psp);
}
