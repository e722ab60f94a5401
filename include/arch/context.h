/* SPDX-License-Identifier: MIT */
/*
 * What the kernel asks of a port about threads and the machine.
 *
 * Context: kernel, unless said.
 */
#ifndef ARCH_CONTEXT_H
#define ARCH_CONTEXT_H

#include <arch/registers.h> /* of the port: struct context, struct frame */
#include <croft/signal.h>
#include <kernel/types.h>

/**
 * arch_context_init - make a thread start at a program's entry
 * @pc: entry, in the program's instruction set
 * @sp: its stack pointer then, 8-byte aligned; the memory below it is the thread's
 * @base: the program's data base (r9)
 */
void arch_context_init(struct context *context, addr_t pc, addr_t sp, addr_t base);

/* The frame that the hardware stored on the thread's stack when it entered the kernel.  Only to
 * be touched while the stack is known to hold (mm_stack_holds). */
static inline struct frame *arch_frame(const struct context *context)
{
	return addr_ptr(context->psp);
}

/* The least and the most that a frame takes of a thread's stack. */
#define ARCH_FRAME_MIN ((addr_t)sizeof(struct frame))
#define ARCH_FRAME_MAX (ARCH_FRAME_MIN + 8)

/* A thread's stack pointer as its program knows it, above the frame. */
addr_t arch_context_sp(const struct context *context);

/* The registers of a thread that does not run; its stack holds. */
void arch_context_get(const struct context *context, struct croft_ucontext *ucontext);

/* The same where the frame lies elsewhere, or is lost (NULL): then only r4 to r11 and the stack
 * pointer are known, and the rest of @ucontext is left alone. */
void arch_context_show(const struct context *context, const struct frame *frame,
		       struct croft_ucontext *ucontext);

/**
 * arch_context_set - give a thread that does not run other registers
 * @ucontext: may come from a program: only what a program can do to itself is taken from it
 *
 * ARCH_FRAME_MAX bytes below ucontext->sp are the thread's to write to.
 */
void arch_context_set(struct context *context, const struct croft_ucontext *ucontext);

/* The running thread's frame, during its system call. */
/* arch_current_frame(), inline in <arch/registers.h> */

/* The running thread's stack pointer, as its program knows it, during its system call. */
addr_t arch_current_sp(void);

/**
 * arch_switch - go on with @next, which is settled, when the system call under way returns
 *
 * It does not come back: who calls it returns what it returns, as the last thing it does, and is itself
 * called so, up to sys_*() (tools/stack.py sees to that).
 */
struct thread;
long arch_switch(struct thread *next);

/* Leave boot: from here on only kernel entries run, and the threads they choose. */
void arch_start(void) __attribute__((noreturn));

/* Sleep until an interrupt, unless one has asked for the kernel already. */
void arch_idle(void);

/* Prepare vectors, priorities and the MPU.  Context: boot. */
void arch_init(void);

/* End the system: tell QEMU or a debugger the status, else halt.  Context: any. */
void arch_poweroff(int status) __attribute__((noreturn));

/* Reset the machine; RAM keeps its contents.  Context: any. */
void arch_restart(void) __attribute__((noreturn));

/* Do nothing any more.  Context: any. */
void arch_stop(void) __attribute__((noreturn));

/* Stop taking interrupts for good, before a panic speaks.  Context: any. */
void arch_halt_interrupts(void);

#endif
