/* SPDX-License-Identifier: MIT */
/*
 * The system calls that take words and return them besides their result, in r1, r2, r3 and r12.  See
 * include/channel.h, and syscall.h for how they fail.
 */
#include <generated/syscall_nr.h>

	.syntax unified
	.thumb

	.macro	function name
	.section .text.\name, "ax", %progbits
	.global	\name
	.type	\name, %function
	.thumb_func
\name:
	.endm

	.macro	fail_or_return
	cmn	r0, #4096
	bhi	1f
	bx	lr
1:	b.w	__croft_fail
	.endm

function channel_call		/* fd, words, buffers */
	push	{r4-r7, lr}
	mov	r6, r1
	mov	r5, r2
	ldm	r6, {r1-r4}
	movs	r7, #SYS_channel_call
	svc	#0
	stm	r6, {r1-r3, r12}
	ldm	sp!, {r4-r7, lr}
	fail_or_return

function channel_receive	/* fd, words, until */
	push	{r6, r7, lr}
	mov	r6, r1
	mov	r1, r2
	movs	r7, #SYS_channel_receive
	svc	#0
	stm	r6, {r1-r3, r12}
	ldm	sp!, {r6, r7, lr}
	fail_or_return

function channel_reply_receive	/* fd, id, status, words */
	push	{r4-r7, lr}
	mov	r6, r3
	ldm	r6, {r3-r5}
	movs	r7, #SYS_channel_reply_receive
	svc	#0
	stm	r6, {r1-r3, r12}
	ldm	sp!, {r4-r7, lr}
	fail_or_return
