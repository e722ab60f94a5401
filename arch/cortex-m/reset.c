/* SPDX-License-Identifier: MIT */
/* From reset to kernel_main(): RAM as C expects it, and the machine as the kernel does. */
#include <arch/context.h>
#include <kernel/config.h>
#include <kernel/entry.h>
#include <string.h>

#include "port.h"
#include "scb.h"

extern char __data_start[], __data_end[], __data_load[], __bss_start[], __bss_end[], __vectors[];

void arch_reset(void)
{
	memcpy(__data_start, __data_load, (size_t)(__data_end - __data_start));
	memset(__bss_start, 0, (size_t)(__bss_end - __bss_start));
	kernel_main();
}

/*
 * Memory faults come first, then other faults, then interrupts; the kernel (SVC, PendSV) is last.
 * Were SVC above MemManage, a call from a bad stack would run on a frame that was never stored.
 */
void arch_init(void)
{
	SCB_VTOR = (uint32_t)(uintptr_t)__vectors;
	SCB_SHPR1 = 0x00000000; /* MemManage, BusFault, UsageFault: 0 */
	SCB_SHPR2 = 0xe0000000; /* SVC: lowest */
	SCB_SHPR3 = 0x80e00000; /* SysTick: as interrupts; PendSV: lowest */
	SCB_SHCSR |= SHCSR_FAULTS_ENA | (IS_ENABLED(CONFIG_ARCH_PMSAV8) ? SHCSR_SECURE_ENA : 0);
	SCB_CCR |= CCR_DIV_0_TRP | CCR_STKALIGN;
	arch_mpu_init();
}
