/* SPDX-License-Identifier: MIT */
/*
 * The end of the system, by semihosting.  Under QEMU or a debugger the host takes the breakpoint;
 * with neither it is a fault that trap.S steps over, and the processor sleeps for good.
 *
 * Source: ARM semihosting, SYS_EXIT_EXTENDED.
 */
#include <arch/context.h>

#define SYS_EXIT_EXTENDED 0x20
#define APPLICATION_EXIT  0x20026

static void semihost(uint32_t op, const void *arg)
{
	register uint32_t r0 __asm("r0") = op;
	register const void *r1 __asm("r1") = arg;

	__asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

void arch_poweroff(int status)
{
	uint32_t block[2] = { APPLICATION_EXIT, (uint32_t)status };

	semihost(SYS_EXIT_EXTENDED, block);
	arch_halt_interrupts();
	for (;;)
		__asm volatile("wfi");
}
