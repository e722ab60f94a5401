/* SPDX-License-Identifier: MIT */
/*
 * Where a program starts.  The kernel has set r9 to the start of the program's data, where the
 * compiler looks for the GOT, and sp, a multiple of 8, to
 *
 *	sp + 0		argc
 *	sp + 4		argv[0] ... argv[argc - 1], NULL
 *	...		envp[0] ..., NULL
 *	above		the strings
 */
	.syntax	unified
	.thumb

	.section .text._start, "ax", %progbits
	.global	_start
	.type	_start, %function
	.thumb_func
	.cfi_sections .debug_frame
_start:
	.cfi_startproc
	.cfi_undefined lr	/* the last frame: a debugger stops here */
	mov	r0, sp
	movs	r7, #0
	mov	lr, r7
	bl	__croft_start	/* does not return */
	udf	#0
	.cfi_endproc
	.size	_start, . - _start
