/* SPDX-License-Identifier: MIT */
/*
 * Interrupts: the contract between drivers and a port.
 *
 * A handler runs above the kernel (it may interrupt it at any instruction), so it only touches
 * its device and its own records, and calls arch_kernel_request() to have the kernel look.
 */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H

#include <arch/irq_state.h> /* of the port */
#include <stdint.h>

/* Attach a handler to an interrupt line and enable it.  One handler a line.  And let the line go,
 * disabled.  Context: boot, kernel. */
void arch_irq_attach(int irq, void (*handler)(int irq));
void arch_irq_detach(int irq);

/* Disable a line that has a handler, at once, and enable it again: what has asked meanwhile, or
 * still asks, comes then.  Context: any. */
void arch_irq_disable(int irq);
void arch_irq_enable(int irq);

/* Have a line interrupt as if its device had asked.  Context: any. */
void arch_irq_request(int irq);

/* The first line from @irq on that has a handler, and how often it has interrupted; -1: none.
 * Context: any. */
int arch_irq_next(int irq, uint32_t *count);

/*
 * Inline in <arch/irq_state.h>, of the port:
 *
 * arch_kernel_switch() makes the kernel run its scheduler as soon as no interrupt is active (PendSV).
 * arch_kernel_request() does so because there are news, which it notes in arch_kernel_news (not 0).
 * arch_kernel_requested() tells if the scheduler is to run: asked at preemption points.
 * arch_kernel_request_clear() takes that back: what it was for is about to be looked at.
 *
 * arch_irq_save() and arch_irq_restore() mask interrupts, for the few instructions that say why.
 *
 * Context: any.
 */

#endif
