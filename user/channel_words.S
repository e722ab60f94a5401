/* SPDX-License-Identifier: MIT */
/*
 * long __croft_call_words(const unsigned int args[6], unsigned int words[4], int nr)
 *
 * A system call that returns words besides its result, in r1, r2, r3 and r12.
 */
	.syntax unified
	.thumb
	.section .text.__croft_call_words, "ax", %progbits
	.global	__croft_call_words
	.type	__croft_call_words, %function
	.thumb_func
__croft_call_words:
	push	{r4-r7, lr}
	mov	r6, r1
	mov	r7, r2
	ldm	r0, {r0-r5}
	svc	#0
	stm	r6, {r1-r3, r12}
	pop	{r4-r7, pc}
	.size	__croft_call_words, . - __croft_call_words
