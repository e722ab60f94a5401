/* SPDX-License-Identifier: MIT */
/* What a program cannot do, and by which signal it dies of trying. */
#include <signal.h>
#include <stdint.h>

#include <croft/limits.h>

#include "tap.h"

#define KERNEL_RAM  0x20000000
#define KERNEL_TEXT 0x00000200 /* behind the vectors */
#define THUMB	    1

static void even_address(void)
{
	((void (*)(void))((uintptr_t)even_address & ~(uintptr_t)THUMB))();
}

static void undefined(void)
{
	__asm volatile("udf #0");
}

static void breakpoint(void)
{
	__asm volatile("bkpt #1");
}

/* A program must not reach the host behind an emulator or a debugger: SYS_EXIT with status 0. */
static void semihosting(void)
{
	__asm volatile("movs r0, #0x18\n\tldr r1, =0x20026\n\tbkpt #0xab" ::: "r0", "r1");
}

static void divide(void)
{
	__asm volatile("movs r0, #1\n\tmovs r1, #0\n\tudiv r0, r0, r1" ::: "r0", "r1");
}

static void unaligned_pair(void)
{
	uint32_t words[4] = { 0 };

	__asm volatile("ldrd r0, r1, [%0]" : : "r"((char *)words + 1) : "r0", "r1", "memory");
}

static void coprocessor(void)
{
	__asm volatile(".short 0xee00, 0x0a10"); /* vmov s0, r0 */
}

static void call(uintptr_t at)
{
	((void (*)(void))at)();
}

static void kernel_entry(void)
{
	uintptr_t reset = *(volatile uintptr_t *)4; /* is not readable */

	call(reset);
}

static void kernel_text(void)
{
	call(KERNEL_TEXT | THUMB);
}

/* In thread mode this is an address, not a return from an exception. */
static void exception_return(void)
{
	__asm volatile("mvn r0, #14\n\tbx r0" ::: "r0"); /* 0xfffffff1 */
}

/* Some emulated boards ignore such an access where the processor has a fault for it. */
static void read_system_control(void)
{
	if (*(volatile uint32_t *)0xE000ED00 == 0)
		(void)*(volatile uint32_t *)KERNEL_RAM;
}

static void write_mpu_control(void)
{
	*(volatile uint32_t *)0xE000ED94 = 0;
	(void)*(volatile uint32_t *)KERNEL_RAM;
}

/* Unprivileged writes to CONTROL are ignored, so the access that follows dies. */
static void become_privileged(void)
{
	__asm volatile("movs r0, #0\n\tmsr control, r0\n\tisb" ::: "r0");
	(void)*(volatile uint32_t *)KERNEL_RAM;
}

static void bit_band_alias(void)
{
	*(volatile uint32_t *)0x22000000 = 1; /* bit 0 of kernel RAM */
}

static const struct {
	const char *what;
	void (*fault)(void);
	int sig, or_sig;
} faults[] = {
	{ "a jump to an even address", even_address, SIGILL, SIGSEGV },
	{ "an undefined instruction", undefined, SIGILL, 0 },
	{ "a breakpoint", breakpoint, SIGTRAP, 0 },
	{ "a semihosting call", semihosting, SIGTRAP, 0 },
	{ "a division by zero", divide, SIGFPE, 0 },
	{ "a pair of words at an odd address", unaligned_pair, SIGBUS, 0 },
	{ "a coprocessor that is not there", coprocessor, SIGILL, 0 },
	{ "a look at the kernel's vectors", kernel_entry, SIGSEGV, 0 },
	{ "a jump into the kernel", kernel_text, SIGSEGV, 0 },
	{ "a jump to an EXC_RETURN", exception_return, SIGSEGV, SIGILL },
	{ "#27 a look at the system control space", read_system_control, SIGBUS, SIGSEGV },
	{ "switching the MPU off", write_mpu_control, SIGBUS, SIGSEGV },
	{ "becoming privileged", become_privileged, SIGSEGV, 0 },
	{ "the bit-band alias of kernel RAM", bit_band_alias, SIGSEGV, SIGBUS },
};

#define FAULTS ((long)(sizeof(faults) / sizeof(faults[0])))

static int part_fault(long a, long b)
{
	(void)b;
	faults[a].fault();
	return 0; /* it lived */
}

static const struct part parts[] = { { "fault", part_fault }, { 0 } };

static void test(void)
{
	long before;
	uint32_t mask;

	part_status(part_start("fault", 1, 0));
	before = system_info(INFO_FREE_PAGES);
	for (long i = 0; i < FAULTS; i++) {
		int status = part_status(part_start("fault", i, 0));
		int sig = status != -1 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;

		if (!OK(sig && (sig == faults[i].sig || sig == faults[i].or_sig), faults[i].what))
			note("wait status", status);
	}
	/* These are no faults: the processor ignores them. */
	__asm volatile("cpsid i\n\tcpsid f\n\tmrs %0, primask" : "=r"(mask));
	usleep(50000);
	IS(mask, 0, "interrupts cannot be masked");
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
}

TAP_MAIN(parts, test)
