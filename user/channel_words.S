/* SPDX-License-Identifier: MIT */
/*
 * The system calls that return words besides their result, in r1, r2, r3 and r12; user/channel.c
 * declares them.
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

function __croft_channel_call		/* fd, words, buffers */
	push	{r4-r7, lr}
	mov	r6, r1
	mov	r5, r2
	ldm	r6, {r1-r4}
	movs	r7, #SYS_channel_call
	svc	#0
	stm	r6, {r1-r3, r12}
	pop	{r4-r7, pc}

function __croft_channel_receive	/* fd, until, words */
	push	{r6, r7, lr}
	mov	r6, r2
	movs	r7, #SYS_channel_receive
	svc	#0
	stm	r6, {r1-r3, r12}
	pop	{r6, r7, pc}

function __croft_channel_reply_receive	/* fd, id, status, words */
	push	{r4-r7, lr}
	mov	r6, r3
	ldm	r6, {r3-r5}
	movs	r7, #SYS_channel_reply_receive
	svc	#0
	stm	r6, {r1-r3, r12}
	pop	{r4-r7, pc}
