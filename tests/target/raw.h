/* SPDX-License-Identifier: MIT */
/* System calls as the processor sees them: any number, any words as arguments. */
#ifndef RAW_H
#define RAW_H

#include <stdint.h>

#include <generated/syscall_nr.h>

#define NO_CALL (-88) /* -ENOSYS of the kernel */

/* The kernel's word as it is: -errno where the call failed. */
static inline long raw6(unsigned long nr, long a, long b, long c, long d, long e, long f)
{
	register long r0 __asm("r0") = a;
	register long r1 __asm("r1") = b;
	register long r2 __asm("r2") = c;
	register long r3 __asm("r3") = d;
	register long r4 __asm("r4") = e;
	register long r5 __asm("r5") = f;
	register unsigned long r7 __asm("r7") = nr;

	__asm volatile("svc #0"
		       : "+r"(r0)
		       : "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5), "r"(r7)
		       : "memory");
	return r0;
}

static inline long raw3(unsigned long nr, long a, long b, long c)
{
	return raw6(nr, a, b, c, 0, 0, 0);
}

#endif
