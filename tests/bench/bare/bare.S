/* SPDX-License-Identifier: MIT */
/*
 * The least that the machine needs for what Croft does: bare programs without an operating system,
 * measured by the same counter.  Each figure of the kernel stands beside one of these.
 *
 * A measurement lies between BEGIN and END (count.c).  The name of each goes out by semihosting.
 */
	.syntax unified
	.cpu	cortex-m3
	.thumb

	.equ	RUNS, 100
	.equ	MPU_CTRL, 0xE000ED94
	.equ	MPU_RBAR, 0xE000ED9C	/* with its aliases: four entries in a row */
	.equ	SHCSR, 0xE000ED24
	.equ	CFSR, 0xE000ED28	/* MMFAR is at + 12, MPU_RBAR at + 0x74 */
	.equ	PAGES, 0x20002000	/* what is cleared, and what is refilled */
	.equ	STACK, 0x20001000
	.equ	THREAD_STACK, 0x20001C00
	.equ	VTOR, 0xE000ED08
	.equ	ram_vectors, 0x20000100

	.macro	BEGIN
	mov	r10, r10
	.endm
	.macro	END
	mov	r11, r11
	.endm

	.macro	entry name
	.balign	4
	.global	\name
	.type	\name, %function
	.thumb_func
\name:
	.endm

	/* SYS_WRITE0 of "row NAME RUNS". */
	.macro	row name
	adr	r1, 9f
	mov	r0, #4
	bkpt	0xab
	b	8f
	.balign	4
9:	.asciz	"row \name 100\n"
	.balign	4
8:
	.endm

	/* From now on \handler answers calls. */
	.macro	answer_by handler
	ldr	r0, =ram_vectors + 11 * 4
	ldr	r1, =\handler
	str	r1, [r0]
	.endm

	.macro	repeat body:vararg
	mov	r4, #RUNS
7:	\body
	subs	r4, #1
	bne	7b
	.endm

	.section .vectors, "a"
	.word	STACK
	.word	reset
	.word	wrong, wrong
	.word	memfault
	.word	wrong, wrong
	.word	0, 0, 0, 0
	.word	svc
	.word	wrong, 0, wrong, wrong

	.text
entry wrong
	mov	r0, #0x20		/* SYS_EXIT_EXTENDED, status 1 */
	adr	r1, 1f
	bkpt	0xab
	b	.
	.balign	4
1:	.word	0x20026, 1

entry reset
	mov	r0, #0
	ldr	r1, =ram_vectors
	mov	r2, #16
1:	ldr	r3, [r0], #4
	str	r3, [r1], #4
	subs	r2, #1
	bne	1b
	ldr	r0, =VTOR
	ldr	r1, =ram_vectors
	str	r1, [r0]
	bl	counter
	bl	call
	bl	clear
	ldr	r0, =THREAD_STACK
	msr	psp, r0
	bl	mpu_on
	bl	switch
	bl	refill
	mov	r0, #0x18		/* SYS_EXIT */
	ldr	r1, =0x20026
	bkpt	0xab
	b	.
	.ltorg

/* ---- The counter itself: 1000 turns of 2 instructions, and reads of a device ------------------ */

entry counter
	push	{lr}
	.macro	count_body
	mov	r0, #1000
	BEGIN
1:	subs	r0, #1
	bne	1b
	END
	.endm
	repeat	count_body
	row	bare.counter
	ldr	r1, =0xE000E018
	.macro	device_body
	BEGIN
	.rept	10
	ldr	r0, [r1]
	.endr
	END
	.endm
	repeat	device_body
	row	bare.device
	pop	{pc}
	.ltorg

/* ---- A call: the number is judged, its function called, the result stored -------------------- */

entry call
	push	{lr}
	mov	r7, #3
	.macro	call_body
	BEGIN
	svc	0
	END
	.endm
	repeat	call_body
	row	bare.call
	pop	{pc}
	.ltorg

entry svc
	cmp	r7, #8
	bhs	wrong
	push	{r3, lr}
	ldr	r3, =table
	ldr	r3, [r3, r7, lsl #2]
	blx	r3
	str	r0, [sp, #8]
	pop	{r3, pc}

entry seven
	movs	r0, #7
	bx	lr
	.balign	4
table:	.rept	8
	.word	seven
	.endr
	.ltorg

/* ---- Clearing 4096 bytes ---------------------------------------------------------------------- */

entry clear
	push	{lr}
	.irp	r, 2, 3, 5, 6, 7, 8, 9, 12
	mov	r\r, #0
	.endr
	.macro	clear_body
	BEGIN
	ldr	r0, =PAGES
	mov	r1, #32
1:	stmia	r0!, {r2, r3, r5-r9, r12}
	stmia	r0!, {r2, r3, r5-r9, r12}
	stmia	r0!, {r2, r3, r5-r9, r12}
	stmia	r0!, {r2, r3, r5-r9, r12}
	subs	r1, #1
	bne	1b
	END
	.endm
	repeat	clear_body
	row	bare.clear
	pop	{pc}
	.ltorg

/* ---- The MPU: flash, RAM for the privileged, and entries that are reloaded ------------------- */

	.equ	FLASH_RX, (6 << 24) | (23 << 1) | 1
	.equ	RAM_KERNEL, (1 << 28) | (1 << 24) | (15 << 1) | 1
	.equ	PAGE_RW, (1 << 28) | (3 << 24) | (11 << 1) | 1

	.equ	image, 0x20000000	/* eight entries of two words */

entry mpu_on
	ldr	r0, =image
	ldr	r1, =0x10
	ldr	r2, =FLASH_RX
	stmia	r0!, {r1, r2}
	ldr	r1, =0x20000011
	ldr	r2, =RAM_KERNEL
	stmia	r0!, {r1, r2}
	ldr	r1, =0x20001012		/* a page with the stacks */
	ldr	r2, =PAGE_RW
	stmia	r0!, {r1, r2}
	mov	r2, #0
	.irp	n, 3, 4, 5, 6, 7
	mov	r1, #(0x10 | \n)
	stmia	r0!, {r1, r2}
	.endr
	ldr	r0, =image
	ldr	r1, =MPU_RBAR
	ldmia	r0!, {r4-r11}
	stmia	r1, {r4-r11}
	ldmia	r0!, {r4-r11}
	stmia	r1, {r4-r11}
	ldr	r0, =SHCSR
	ldr	r1, [r0]
	orr	r1, #(1 << 16)
	str	r1, [r0]
	ldr	r0, =MPU_CTRL
	mov	r1, #5
	str	r1, [r0]
	dsb
	isb
	bx	lr
	.ltorg

/* ---- Two threads that give way to each other, without and with the MPU ----------------------- */

	.equ	current, 0x20000040	/* -> task */
	.equ	tasks, 0x20000048	/* two of: sp, next, image */

	.macro	exchange mpu
	mrs	r0, psp
	ldr	r3, =current
	ldr	r1, [r3]
	stmdb	r0!, {r4-r11}
	str	r0, [r1]
	ldr	r1, [r1, #4]
	str	r1, [r3]
	ldr	r0, [r1]
	.if	\mpu
	ldr	r1, [r1, #8]
	ldr	r2, =MPU_RBAR
	ldmia	r1!, {r4-r11}
	stmia	r2, {r4-r11}
	ldmia	r1!, {r4-r11}
	stmia	r2, {r4-r11}
	.endif
	ldmia	r0!, {r4-r11}
	msr	psp, r0
	bx	lr
	.endm

entry exchange_plain
	exchange 0
entry exchange_mpu
	exchange 1
entry make_privileged
	mrs	r0, control
	bic	r0, #1
	msr	control, r0
	bx	lr
	.ltorg

	/* The main thread is one of the two, on PSP meanwhile; the other only calls. */
entry switch
	push	{lr}
	ldr	r0, =tasks
	ldr	r1, =current
	str	r0, [r1]
	ldr	r3, =image
	add	r2, r0, #12
	str	r2, [r0, #4]
	str	r3, [r0, #8]
	str	r0, [r2, #4]
	str	r3, [r2, #8]
	ldr	r1, =THREAD_STACK - 64 - 256
	str	r1, [r2]
	ldr	r3, =other
	str	r3, [r1, #56]
	mov	r3, #0x01000000
	str	r3, [r1, #60]
	answer_by exchange_plain
	mrs	r0, control
	orr	r0, #2
	msr	control, r0
	isb
	.macro	switch_body
	BEGIN
	svc	0
	END
	.endm
	svc	0
	repeat	switch_body
	row	bare.switch
	answer_by exchange_mpu
	repeat	switch_body
	row	bare.switch.mpu
	mrs	r0, control
	bic	r0, #2
	msr	control, r0
	isb
	pop	{pc}
	.ltorg

	/* It makes the same call as the main thread, in turn. */
entry other
	ldr	r1, =tasks
1:	svc	0
	b	1b
	.ltorg

/* ---- A refill: which page was it, load its entry, try again ----------------------------------- */

entry refill
	push	{lr}
	answer_by make_privileged
	mrs	r0, control
	orr	r0, #3
	msr	control, r0
	isb
	ldr	r2, =PAGES
	add	r3, r2, #0x1000
	.macro	refill_body
	BEGIN
	ldr	r0, [r2]
	END
	BEGIN
	ldr	r0, [r3]
	END
	.endm
	mov	r4, #(RUNS / 2)
1:	refill_body
	subs	r4, #1
	bne	1b
	svc	0
	mrs	r0, control
	bic	r0, #2
	msr	control, r0
	isb
	row	bare.refill
	pop	{pc}
	.ltorg

	/* MMFAR -> entry -> slot 7, having seen that it is a data access in the range. */
entry memfault
	ldr	r0, =CFSR
	ldrb	r1, [r0]
	and	r2, r1, #0x82
	cmp	r2, #0x82
	bne	wrong
	ldr	r2, [r0, #12]
	strb	r1, [r0]
	sub	r2, r2, #0x20000000
	lsrs	r2, r2, #12
	cmp	r2, #16
	bhs	wrong
	ldr	r1, =entries
	add	r1, r1, r2, lsl #3
	ldmia	r1, {r1, r2}
	add	r0, r0, #0x74
	stmia	r0, {r1, r2}
	dsb
	bx	lr
	.ltorg

	.balign	4
entries:
	.set	page, 0
	.rept	16
	.word	0x20000000 + page * 4096 + 0x17, PAGE_RW
	.set	page, page + 1
	.endr
