/* SPDX-License-Identifier: MIT */
/* Numbers of system calls that are none, every immediate of SVC, and what registers a call keeps. */
#include <stdint.h>

#include "raw.h"
#include "tap.h"

#define IMMEDIATES 256

#define SYSCALL(nr, name, result, arguments) [nr] = 1,
static const char is_call[NR_SYSCALLS] = {
#include <croft/syscall.def>
};

/* `svc #n; bx lr`, for every n. */
void svc_table(void);
__asm(".pushsection .text.svc_table, \"ax\"\n"
      ".thumb\n.syntax unified\n.balign 4\n"
      ".global svc_table\n.type svc_table, %function\n.thumb_func\n"
      "svc_table:\n"
      ".set n, 0\n"
      ".rept 256\n\tsvc #n\n\tbx lr\n.set n, n + 1\n.endr\n"
      ".popsection");

static long call_svc(unsigned int immediate)
{
	register uintptr_t at __asm("r3") = (uintptr_t)svc_table + 4 * immediate;
	register long r0 __asm("r0") = 0;
	register unsigned long r7 __asm("r7") = SYS_getpid;

	__asm volatile("blx %1" : "+r"(r0), "+r"(at) : "r"(r7) : "lr", "memory");
	return r0;
}

/* Make a call with a pattern in every register it must keep.  How many it did not keep. */
static int lost_registers(unsigned long nr)
{
	static uint32_t out[12];
	register uint32_t *to __asm("r0") = out;
	register unsigned long r7 __asm("r7") = nr;
	int lost = 0;

	/* r7 and r9 have other uses: the number, and where data is. */
	__asm volatile(
		"push {r0}\n\t"
		"movw r1, #0x101\n\tmovw r2, #0x202\n\tmovw r3, #0x303\n\tmovw r4, #0x404\n\t"
		"movw r5, #0x505\n\tmovw r6, #0x606\n\tmovw r8, #0x808\n\tmovw r10, #0xa0a\n\t"
		"movw r12, #0xc0c\n\tmovw lr, #0xe0e\n\tmovs r0, #0\n\t"
		"svc #0\n\t"
		"pop {r0}\n\t"
		"stmia r0!, {r1-r6}\n\tstmia r0!, {r8, r10, r12, lr}"
		: "+r"(to)
		: "r"(r7)
		: "r1", "r2", "r3", "r4", "r5", "r6", "r8", "r10", "r12", "lr", "memory");
	static const uint32_t want[] = { 0x101, 0x202, 0x303, 0x404, 0x505,
					 0x606, 0x808, 0xa0a, 0xc0c, 0xe0e };

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		lost += out[i] != want[i];
	return lost;
}

static void test(void)
{
	static const unsigned long none[] = { 0,	  NR_SYSCALLS, NR_SYSCALLS + 1,	 0xffff,
					      0x7fffffff, 0x80000000,  (unsigned long)-1 };
	int pid = getpid(), good = 1;

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		good &= raw3(none[i], 1, 2, 3) == NO_CALL;
	OK(good, "#7 numbers beyond the table");

	good = 1;
	for (unsigned long nr = 0; nr < NR_SYSCALLS; nr++)
		good &= is_call[nr] || raw3(nr, 1, 2, 3) == NO_CALL;
	OK(good, "#7 numbers between those of the table");

	good = 0;
	for (unsigned int i = 0; i < IMMEDIATES; i++)
		good += call_svc(i) == pid;
	IS(good, IMMEDIATES, "#7 every immediate of SVC is the same call");

	IS(lost_registers(SYS_getpid), 0, "#11 a call keeps all registers but r0");
	IS(lost_registers(NR_SYSCALLS), 0, "so does one that is none");
	IS(lost_registers(SYS_sched_yield), 0, "so does one that lets another run");
}

TAP_MAIN(NO_PARTS, test)
