/* SPDX-License-Identifier: MIT */
/*
 * Interrupts: the contract between drivers and a port.
 *
 * A handler runs above the kernel (it may interrupt it at any instruction), so it only touches
 * its device and its own records, and calls irq_request_kernel() to have the kernel look.
 */
#ifndef ARCH_IRQ_H
#define ARCH_IRQ_H

#include <stdint.h>

/* Attach a handler to an interrupt line and enable it.  One handler a line.  And let the line go,
 * disabled.  Context: boot, kernel. */
void arch_irq_attach(int irq, void (*handler)(int irq));
void arch_irq_detach(int irq);

/* Disable a line that has a handler, at once, and enable it again: what has asked meanwhile, or
 * still asks, comes then.  Context: any. */
void arch_irq_disable(int irq);
void arch_irq_enable(int irq);

/* The first line from @irq on that has a handler, and how often it has interrupted; -1: none.
 * Context: any. */
int arch_irq_next(int irq, uint32_t *count);

/* Make the kernel run its scheduler as soon as no interrupt is active (PendSV).  Context: any. */
void arch_kernel_request(void);

/* Is such a request waiting?  Context: kernel; asked at preemption points. */
int arch_kernel_requested(void);

/* Mask and restore interrupts, for the few instructions that say why.  Context: any. */
uint32_t arch_irq_save(void);
void arch_irq_restore(uint32_t state);

#endif
