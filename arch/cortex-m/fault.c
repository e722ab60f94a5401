/* SPDX-License-Identifier: MIT */
/*
 * Faults: what the hardware says of them, put into the kernel's words.
 *
 * On ARMv8-M all runs in Secure state.  A program that leaves it finds no memory that is not Secure, and its
 * frame went to a stack that is none: it is lost.
 *
 * Source: ARMv7-M ARM (DDI 0403) B1.5.14, B3.2.15; ARMv8-M ARM (DDI 0553) B3, EXC_RETURN and SecureFault.
 */
#include <croft/signal.h>
#include <kernel/assert.h>
#include <kernel/config.h>
#include <kernel/entry.h>
#include <signal.h>

#include "port.h"
#include "scb.h"

#define EXC_RETURN_PSP	  4u
#define EXC_RETURN_SECURE 0x40u /* always set on ARMv7-M */

extern char __stack_end[];

static void kernel_fault(uint32_t cfsr, const struct frame *frame) __attribute__((noreturn));

static void kernel_fault(uint32_t cfsr, const struct frame *frame)
{
	panic("fault in the kernel: CFSR %08lx HFSR %08lx MMFAR %08lx BFAR %08lx\n"
	      "  r0 %08lx %08lx %08lx %08lx r12 %08lx lr %08lx pc %08lx xpsr %08lx",
	      (unsigned long)cfsr, (unsigned long)SCB_HFSR, (unsigned long)SCB_MMFAR,
	      (unsigned long)SCB_BFAR, (unsigned long)frame->r0, (unsigned long)frame->r1,
	      (unsigned long)frame->r2, (unsigned long)frame->r3, (unsigned long)frame->r12,
	      (unsigned long)frame->lr, (unsigned long)frame->pc, (unsigned long)frame->xpsr);
}

/*
 * A frame that was refused is lost, and with it the thread.  Where it was a system call that
 * stored it, the call is still pending, and would run for whichever thread is next.
 */
static void frame_lost(uint32_t psp)
{
	SCB_SHCSR &= ~SHCSR_SVCALLPENDED;
	kernel_frame_lost(psp);
}

/* An access of the kernel's data, and no more. */
static bool is_own_store(uint32_t cfsr)
{
	return cfsr == (CFSR_DACCVIOL | CFSR_MMARVALID);
}

/*
 * What a call returns is stored with the program's rights.  Where it runs on memory that it has just given
 * back, or may no longer write, the store is passed over, and the program dies of it.
 */
void arch_result_refused(uint32_t psp, uint32_t exc_return, uint32_t msp)
{
	uint32_t cfsr = SCB_CFSR, at = SCB_MMFAR;
	struct frame *frame = addr_ptr(msp);

	if (!is_own_store(cfsr))
		arch_fault(psp, exc_return, msp);
	SCB_CFSR = cfsr;
	if (!kernel_memory_fault(at, ACCESS_DATA, psp))
		frame->pc += 4; /* of STRT */
}

void arch_memfault(uint32_t psp, uint32_t exc_return, uint32_t msp)
{
	uint32_t cfsr = SCB_CFSR, at = SCB_MMFAR;

	if (!(exc_return & EXC_RETURN_PSP)) {
		if (!MPU_KERNEL_WRITES && is_own_store(cfsr) && kernel_store_refused(at)) {
			SCB_CFSR = cfsr & 0xff;
			return;
		}
		arch_fault(psp, exc_return, msp);
	}
	SCB_CFSR = cfsr & 0xff; /* write to clear */
	if (cfsr & (CFSR_MSTKERR | CFSR_MLSPERR)) {
		frame_lost(psp);
	} else if (cfsr & CFSR_MUNSTKERR) {
		if (!kernel_memory_fault(psp, ACCESS_DATA, psp) &&
		    !kernel_memory_fault(psp + sizeof(struct frame) - 1, ACCESS_DATA, psp))
			frame_lost(psp);
	} else if (cfsr & CFSR_IACCVIOL) {
		const struct frame *frame = addr_ptr(psp);

		kernel_memory_fault(frame->pc & ~1u, ACCESS_FETCH, psp);
	} else {
		kernel_memory_fault(at, ACCESS_DATA, psp);
	}
}

void arch_fault(uint32_t psp, uint32_t exc_return, uint32_t msp)
{
	uint32_t cfsr = SCB_CFSR, bfar = SCB_BFAR;
	const struct frame *frame = addr_ptr(exc_return & EXC_RETURN_PSP ? psp : msp);

	if (!(exc_return & EXC_RETURN_PSP))
		kernel_fault(cfsr, frame);
	SCB_CFSR = cfsr;
	SCB_HFSR = SCB_HFSR;
	if (IS_ENABLED(CONFIG_ARCH_PMSAV8))
		SCB_SFSR = SCB_SFSR;
	if (IS_ENABLED(CONFIG_ARCH_PMSAV8) && !(exc_return & EXC_RETURN_SECURE))
		frame_lost(psp);
	else if (msp != ptr_addr(__stack_end))
		frame_lost(psp); /* with the number of an exception: QEMU stores it anew, here */
	else if (cfsr & (CFSR_MSTKERR | CFSR_BSTKERR | CFSR_BUNSTKERR))
		frame_lost(psp);
	else if (cfsr & CFSR_BUS)
		kernel_program_fault(SIGBUS, CROFT_BUS_ADRERR,
				     cfsr & CFSR_BFARVALID ? bfar : frame->pc);
	else if (cfsr & CFSR_DIVBYZERO)
		kernel_program_fault(SIGFPE, CROFT_FPE_INTDIV, frame->pc);
	else if (cfsr & CFSR_UNALIGNED)
		kernel_program_fault(SIGBUS, CROFT_BUS_ADRALN, frame->pc);
	else if (cfsr & CFSR_NOCP)
		kernel_program_fault(SIGILL, CROFT_ILL_COPROC, frame->pc);
	else if (cfsr & (CFSR_UNDEFINSTR | CFSR_INVSTATE | CFSR_INVPC))
		kernel_program_fault(SIGILL, CROFT_ILL_ILLOPC, frame->pc);
	else
		kernel_program_fault(SIGTRAP, CROFT_TRAP_BRKPT,
				     frame->pc); /* no debugger took it */
}
