/* SPDX-License-Identifier: MIT */
/*
 * The ways into the kernel and out of it.
 *
 *	program --svc--> svc_entry ----> sys_*() ---+-----> program
 *		                                    +-----> arch_switch: another program
 *		                                    | its thread must wait
 *		--interrupt--> arch_irq: note, pend |
 *		                 PendSV --> pendsv_entry --> sched_switch() --> another program
 *		--fault--> fault entries --> arch_fault()
 *
 * Kernel code runs in handler mode on the one kernel stack (MSP), at the lowest priority (SVC and
 * PendSV), so it is never entered twice; interrupts nest above it.  Programs run in thread mode,
 * unprivileged, on their own stacks (PSP).
 *
 * A system call has its number in r7 and its arguments in r0 to r5; the result goes into r0 of
 * the frame, and the hardware restores the rest.  A call that must wait, or hands the processor to
 * another thread, leaves the frame alone (NO_RESULT): whoever lets the thread go on settles it.
 *
 * Source: ARMv7-M ARM (DDI 0403) B1.5.
 */
#include <generated/syscall_nr.h>

	.syntax unified
	.cpu	cortex-m3
	.thumb

	.equ	NO_RESULT, -4096
	.equ	ACCESS_DATA, 0		/* enum mm_access */
	.equ	ACCESS_FETCH, 1

	.section .vectors, "a"
	.global	__vectors
__vectors:
	.word	__stack_end
	.word	reset
	.word	nmi_entry
	.word	hardfault_entry
	.word	memfault_entry
	.word	fault_entry		/* BusFault */
	.word	fault_entry		/* UsageFault */
	.word	fault_entry		/* SecureFault, of ARMv8-M */
	.word	0, 0, 0
	.word	svc_entry
	.word	fault_entry		/* debug monitor */
	.word	0
	.word	pendsv_entry
	.word	arch_systick_irq
	.rept	48			/* external interrupts */
	.word	arch_irq
	.endr

	.text

	.macro	entry name
	.global	\name
	.type	\name, %function
	.thumb_func
\name:
	.endm

entry reset
	cpsid	i			/* until arch_start: nothing is ready to be interrupted */
	ldr	r0, =__stack_end
	mov	sp, r0
	bl	arch_reset
	b	.

entry svc_entry
	mrs	r12, psp
	ldmia	r12, {r0-r3}		/* not the registers: an interrupt may have come first */
	cmp	r7, #NR_SYSCALLS
	bhs	1f
	push	{r4, r5, r12, lr}	/* arguments 5 and 6, the frame, the way back */
#ifdef CONFIG_CALL_TRACE
	ldr	r5, =current		/* into the ring of kernel/trace.c: the thread, the call */
	ldr	r4, =trace
	ldr	r5, [r5]
	ldr	r12, [r4]
	ldr	r5, [r5, #40]
	add	lr, r4, r12
	strd	r5, r7, [lr, #4]
	add	r12, r12, #8
	and	r12, r12, #(16 * 8 - 1)
	str	r12, [r4]
#endif
#ifdef CONFIG_TRACE
	push	{r0-r3}
	mov	r0, r7
	ldr	r1, [sp, #24]		/* the frame */
	bl	tracing_enter
	pop	{r0-r3}
#endif
	ldr	r12, =syscall_table
	ldr	r12, [r12, r7, lsl #2]
	blx	r12
#ifdef CONFIG_TRACE
	mov	r4, r0			/* is on the stack, as an argument */
	mov	r1, r0
	mov	r0, r7
	bl	tracing_leave
	mov	r0, r4
#endif
	pop	{r4, r5, r12, lr}
	cmn	r0, #-NO_RESULT
	beq	2f
.Lstore_result:
	strt	r0, [r12]		/* with the program's rights: the call may have taken the frame's memory away */
	bx	lr
1:	mvn	r0, #(88 - 1)		/* -ENOSYS */
	str	r0, [r12]
	bx	lr

	/* struct thread begins with struct context: r4-r11, psp, exc_return. */
	/*
	 * long arch_switch(struct thread *next): what a system call ends with that hands the processor over.
	 * It has been branched to, not called, so the stack is as sys_*() found it, and r4 to r11 are the
	 * program's.
	 */
entry arch_switch
#ifdef CONFIG_TRACE
	mov	r4, r0
	mov	r0, r7
	ldr	r1, =NO_RESULT
	bl	tracing_leave
	mov	r0, r4
#endif
	pop	{r4, r5, r12, lr}
	ldr	r1, =current
	ldr	r2, [r1]
	stmia	r2, {r4-r11, r12, lr}
	str	r0, [r1]
	ldmia	r0, {r4-r11, r12, lr}
	msr	psp, r12
	bx	lr

entry pendsv_entry
	mrs	r12, psp
2:	ldr	r0, =current
	ldr	r0, [r0]
	stmia	r0!, {r4-r11, r12, lr}
	bl	sched_switch
	mov	r1, #3			/* nPRIV, SPSEL: whatever runs next is a program */
	msr	control, r1
	ldmia	r0, {r4-r11, r12, lr}
	msr	psp, r12
	bx	lr

	/*
	 * Refills are taken here, above everything: they only ever interrupt a program.  A plain one is an
	 * access to an address that is known, or a fetch, and nothing else.  mm_refill() returns to the program.
	 */
entry memfault_entry
	ldr	r3, =0xE000ED28		/* CFSR */
	ldr	r1, [r3]
	tst	lr, #4			/* a program's */
	beq	3f
	mrs	r2, psp
	cmp	r1, #0x82		/* MMARVALID, DACCVIOL */
	bne	1f
	ldr	r0, [r3, #12]		/* MMFAR */
	str	r1, [r3]		/* write to clear */
	ldr	r3, [r2, #24]		/* the program counter of the frame */
	movs	r1, #ACCESS_DATA
	b	mm_refill
1:	cmp	r1, #1			/* IACCVIOL */
	bne	3f
	str	r1, [r3]
	ldr	r3, [r2, #24]
	bic	r3, r3, #1
	mov	r0, r3
	movs	r1, #ACCESS_FETCH
	b	mm_refill
3:	mov	r1, lr
	mrs	r0, psp
	mrs	r2, msp			/* the frame, where it was the kernel's own access */
	tst	lr, #4
	bne	4f
	ldr	r3, [r2, #24]
	adr	r12, .Lstore_result
	cmp	r3, r12
	beq	arch_result_refused
4:	b	arch_memfault

entry arch_refused			/* the same arguments */
	b	kernel_memory_fault

entry fault_entry
entry nmi_entry
	mov	r1, lr
	mrs	r0, psp
	mrs	r2, msp
	tst	lr, #4
	beq	1f
	ldr	r3, =__stack_end	/* where it is empty, whatever was put on it (arch_fault) */
	mov	sp, r3
1:	b	arch_fault

	/* A breakpoint that no debugger took: semihosting answers -1 and goes on. */
entry hardfault_entry
	tst	lr, #4
	bne	fault_entry		/* a program's */
	ldr	r2, [sp, #24]
	ldrh	r3, [r2]
	movw	r12, #0xbeab		/* bkpt 0xab */
	cmp	r3, r12
	bne	fault_entry
	adds	r2, #2
	str	r2, [sp, #24]
	mov	r3, #-1
	str	r3, [sp]
	ldr	r2, =0xE000ED2C		/* HFSR: write to clear */
	str	r3, [r2]
	bx	lr

	/*
	 * Leave boot.  The frame that the first PendSV stores here is never returned to:
	 * sched_switch() picks a thread, whose saved EXC_RETURN leads to thread mode on PSP.
	 */
entry arch_start
	ldr	r0, =__stack_end
	mov	sp, r0
	ldr	r0, =boot_frame_end
	msr	psp, r0
	mov	r0, #2			/* SPSEL */
	msr	control, r0
	isb
	ldr	r0, =0xE000ED04		/* ICSR */
	mov	r1, #(1 << 28)		/* PENDSVSET */
	str	r1, [r0]
	cpsie	i
	b	.

	.bss
	.balign	8
	.space	64
boot_frame_end:
