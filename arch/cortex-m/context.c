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
	frame->r0 = frame->r1 = frame->r2 = frame->r3 = frame->r12 = frame->lr = 0;
	frame->pc = pc & ~1u;
	frame->xpsr = XPSR_THUMB;
}

/* The hardware puts a word between where the stack was not 8-byte aligned.  B1.5.7. */
#define XPSR_PADDED (1u << 9)
/* What an instruction of a program can itself make of xPSR: flags, and IT state. */
#define XPSR_OWN    0xFE0FFC00u

addr_t arch_context_sp(const struct context *context)
{
	const struct frame *frame = arch_frame(context);

	return context->psp + (addr_t)sizeof(*frame) + (frame->xpsr & XPSR_PADDED ? 4 : 0);
}

void arch_context_show(const struct context *context, const struct frame *frame,
		       struct croft_ucontext *ucontext)
{
	memcpy(&ucontext->r[4], context->r4_r11, sizeof(context->r4_r11));
	ucontext->sp = context->psp;
	if (!frame)
		return;
	memcpy(&ucontext->r[0], &frame->r0, 4 * sizeof(uint32_t));
	ucontext->r[12] = frame->r12;
	ucontext->sp += (addr_t)sizeof(*frame) + (frame->xpsr & XPSR_PADDED ? 4 : 0);
	ucontext->lr = frame->lr;
	ucontext->pc = frame->pc;
	ucontext->xpsr = frame->xpsr;
}

void arch_context_get(const struct context *context, struct croft_ucontext *ucontext)
{
	arch_context_show(context, arch_frame(context), ucontext);
}

void arch_context_set(struct context *context, const struct croft_ucontext *ucontext)
{
	addr_t sp = ucontext->sp & ~3u;
	bool is_padded = sp & 4;
	struct frame *frame = addr_ptr(sp - (is_padded ? 4 : 0) - (addr_t)sizeof(*frame));

	memcpy(&frame->r0, &ucontext->r[0], 4 * sizeof(uint32_t));
	memcpy(context->r4_r11, &ucontext->r[4], sizeof(context->r4_r11));
	frame->r12 = ucontext->r[12];
	frame->lr = ucontext->lr;
	frame->pc = ucontext->pc & ~1u;
	frame->xpsr = (ucontext->xpsr & XPSR_OWN) | XPSR_THUMB | (is_padded ? XPSR_PADDED : 0);
	context->psp = ptr_addr(frame);
	context->exc_return = EXC_RETURN_THREAD_PSP;
}

addr_t arch_current_sp(void)
{
	const struct frame *frame = arch_current_frame();

	return ptr_addr(frame) + (addr_t)sizeof(*frame) + (frame->xpsr & XPSR_PADDED ? 4 : 0);
}
