/* SPDX-License-Identifier: MIT */
/* What the files of this port share: entries from trap.S, and interrupt priorities. */
#ifndef ARCH_PORT_H
#define ARCH_PORT_H

#include <arch/mpu.h>
#include <arch/registers.h>
#include <stdint.h>

#define IRQ_PRIORITY 0x80u /* below the faults, above the kernel */

/* Called by trap.S. */
void arch_reset(void);
void arch_memfault(uint32_t psp, uint32_t exc_return, uint32_t msp);
void arch_result_refused(uint32_t psp, uint32_t exc_return, uint32_t msp);
void arch_fault(uint32_t psp, uint32_t exc_return, uint32_t msp);
void arch_irq(void);
void arch_systick_irq(void);

#endif
