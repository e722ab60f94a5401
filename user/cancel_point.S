/* SPDX-License-Identifier: MIT */
/*
 * long __croft_cancel_point(a, b, c, d, e, number, const unsigned int *due)
 *
 * A system call that a request to cancel the thread ends: with -EINTR, and not made, where *due is set
 * before it.  A request that comes between that look and the call finds pc between the two labels, and lets the
 * thread go on at the third; one that comes later ends the call as signals do.
 */
	.syntax unified
	.thumb
	.section .text.__croft_cancel_point, "ax", %progbits
	.global	__croft_cancel_point
	.type	__croft_cancel_point, %function
	.thumb_func
__croft_cancel_point:
	.cfi_startproc
	push	{r4, r5, r7, lr}
	.cfi_def_cfa_offset 16
	.cfi_offset r4, -16
	.cfi_offset r5, -12
	.cfi_offset r7, -8
	.cfi_offset lr, -4
	ldrd	r4, r7, [sp, #16]
	ldr	r5, [sp, #24]
	.global	__croft_cancel_begin
__croft_cancel_begin:
	ldr	r5, [r5]
	cbnz	r5, 1f
	svc	#0
	.global	__croft_cancel_end
__croft_cancel_end:
	pop	{r4, r5, r7, pc}
	.global	__croft_cancel_now
__croft_cancel_now:
1:	mvn	r0, #3				/* -EINTR */
	pop	{r4, r5, r7, pc}
	.cfi_endproc
	.size	__croft_cancel_point, . - __croft_cancel_point
