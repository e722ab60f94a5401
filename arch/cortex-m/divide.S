/* SPDX-License-Identifier: MIT */
/*
 * Division of 64 bits, under the name by which the compiler calls it, in a fifth of the room that the
 * compiler's own takes.
 *
 *	r0:r1 / r2:r3 -> r0:r1, the rest in r2:r3; what comes of a division by 0 is not defined
 *
 * What the kernel divides by fits 31 bits and is a round number: the clock's rate, the ns of a
 * second.  The zeros at its end are cut off it and the dividend.  The odd number that is left has k
 * zeros in front, so the processor can divide k more bits of the dividend at a time: 10^9 takes
 * three such rounds, and 55 instructions in all.  What fits 32 bits is divided at once; by anything
 * else, bit by bit.
 *
 * Source: RTABI32 (IHI 0043) 4.3.1.
 */
	.syntax unified
	.thumb

	.section .text.__aeabi_uldivmod, "ax"
	.global	__aeabi_uldivmod
	.type	__aeabi_uldivmod, %function
	.thumb_func
__aeabi_uldivmod:
	cbnz	r3, by_bits
	cmp	r2, #0
	ble	by_bits
	cbz	r1, by_one
	push	{r0, r2, r4, r5, lr}
	rbit	r3, r2
	clz	r3, r3
	rsb	r4, r3, #32
	lsrs	r2, r3
	lsrs	r0, r3
	lsl	r4, r1, r4
	orrs	r0, r4
	lsrs	r1, r3

	udiv	ip, r1, r2		/* the upper half of the quotient */
	mls	r1, ip, r2, r1
	clz	r3, r2			/* k */
	movs	r4, #32			/* bits to be done; the quotient takes their place in r0 */
1:	cmp	r3, r4
	it	hi
	movhi	r3, r4
	rsb	r5, r3, #32
	lsr	r5, r0, r5
	lsls	r1, r3
	orrs	r1, r5
	lsls	r0, r3
	udiv	r5, r1, r2
	mls	r1, r5, r2, r1
	orrs	r0, r5
	subs	r4, r3
	bne	1b

	mov	r1, ip
	pop	{r2, r3, r4, r5, lr}	/* the lower half of the dividend, and the divisor */
	mls	r2, r0, r3, r2
	movs	r3, #0
	bx	lr

by_one:
	udiv	ip, r0, r2
	mls	r2, ip, r2, r0
	mov	r0, ip
	bx	lr

by_bits:
	push	{r4-r6, lr}
	movs	r4, #0			/* the rest, in r4:r5 */
	movs	r5, #0
	mov	ip, #64
2:	adds	r0, r0
	adcs	r1, r1
	adcs	r4, r4
	adcs	r5, r5
	cmp	r4, r2
	sbcs	r6, r5, r3
	bcc	3f
	subs	r4, r4, r2
	sbc	r5, r5, r3
	adds	r0, #1
3:	subs	ip, #1
	bne	2b
	mov	r2, r4
	mov	r3, r5
	pop	{r4-r6, pc}
	.size	__aeabi_uldivmod, . - __aeabi_uldivmod
