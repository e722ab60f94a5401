/* SPDX-License-Identifier: MIT */
/*
 * The end of the system, by semihosting.  Under QEMU or a debugger the host takes the breakpoint;
 * with neither it is a fault that trap.S steps over, and the processor sleeps for good.
 *
 * Source: ARM semihosting, SYS_EXIT_EXTENDED.
 */
#include <arch/context.h>
#include <arch/semihost.h>
#include <kernel/tracing.h>

#include "scb.h"

#define SYS_EXIT_EXTENDED 0x20
#define APPLICATION_EXIT  0x20026

long arch_semihost(unsigned int op, const void *arg)
{
	register long r0 __asm("r0") = (long)op;
	register const void *r1 __asm("r1") = arg;

	__asm volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	return r0;
}

void arch_poweroff(int status)
{
	uint32_t block[2] = { APPLICATION_EXIT, (uint32_t)status };

	if (IS_ENABLED(CONFIG_TRACE))
		tracing_flush();
	arch_semihost(SYS_EXIT_EXTENDED, block);
	arch_stop();
}

void arch_stop(void)
{
	arch_halt_interrupts();
	for (;;)
		__asm volatile("wfi");
}

/* What was written before is in memory before the reset is asked for. */
void arch_restart(void)
{
	__asm volatile("dsb" ::: "memory");
	SCB_AIRCR = AIRCR_VECTKEY | AIRCR_SYSRESETREQ;
	arch_stop();
}
