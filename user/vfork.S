/* SPDX-License-Identifier: MIT */
/*
 * pid_t vfork(void)
 *
 * It returns twice on one stack: first in the child, which then writes where this call's own words
 * would lie.  So it has none: r7 is kept in r3, which the kernel gives back to both.
 */
#include <generated/syscall_nr.h>

	.syntax unified
	.thumb
	.section .text.vfork, "ax", %progbits
	.global	vfork
	.type	vfork, %function
	.thumb_func
vfork:
	mov	r3, r7
	movs	r7, #SYS_vfork
	svc	#0
	mov	r7, r3
	cmn	r0, #4096
	bhi	1f
	bx	lr
1:	b	__vfork_failed			/* sets errno */
	.size	vfork, . - vfork
