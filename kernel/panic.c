/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own mistakes: the epitaph goes to the console, and into the log, where the next boot
 * finds it.  See include/kernel/assert.h and include/kernel/log.h.
 */
#include <arch/context.h>
#include <kernel/assert.h>
#include <kernel/config.h>
#include <kernel/console.h>
#include <kernel/log.h>
#include <kernel/proc.h>
#include <kernel/trace.h>

#define EXIT_PANIC 70 /* of QEMU, as EX_SOFTWARE of sysexits.h */
#define RETURNS	   12 /* addresses told of the stack */
#define CALL_BYTES 4  /* of the instruction before a return address */

extern char __text_start[], __text_end[], __stack_end[];

void panic_say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	kvprintf_polled(format, args);
	va_end(args);
}

/* What may be return addresses on the kernel's stack: the last call first. */
static void say_stack(const uint32_t *sp)
{
	int left = RETURNS;

	panic_say("  calls from:");
	for (; sp < (const uint32_t *)(const void *)__stack_end && left > 0; sp++)
		if ((*sp & 1) && *sp >= ptr_addr(__text_start) && *sp < ptr_addr(__text_end)) {
			panic_say(" %lx", (unsigned long)*sp & ~1ul);
			left--;
		}
	panic_say("\n");
}

/* The registers that the program had when it entered the kernel, where its stack tells them. */
static void say_program(void)
{
	const struct frame *frame = arch_current_frame();
	addr_t sp = ptr_addr(frame);

	panic_say("  sp %lx, program's %lx", (unsigned long)ptr_addr(__builtin_frame_address(0)),
		  (unsigned long)sp);
	if (current->proc && sp >= current->stack.start && sp < current->stack.end &&
	    current->stack.end - sp >= sizeof(*frame))
		panic_say(" pc %lx lr %lx r0 %lx %lx %lx %lx", (unsigned long)frame->pc,
			  (unsigned long)frame->lr, (unsigned long)frame->r0,
			  (unsigned long)frame->r1, (unsigned long)frame->r2,
			  (unsigned long)frame->r3);
	panic_say("\n");
}

static void say_epitaph(const char *format, va_list args)
{
	console_write_polled("\n", 1);
	panic_say("panic: ");
	kvprintf_polled(format, args);
	panic_say("\n");
	if (current->proc)
		panic_say("  process %s (pid %d), thread %d\n", current->proc->name,
			  current->proc->pid, current->tid);
	say_program();
	say_stack(__builtin_frame_address(0));
	if (IS_ENABLED(CONFIG_CALL_TRACE))
		trace_say();
}

void panic(const char *format, ...)
{
	static bool again;
	va_list args;

	arch_halt_interrupts();
	if (!again) {
		again = true;
		va_start(args, format);
		say_epitaph(format, args);
		va_end(args);
	}
	log_seal();
	if (IS_ENABLED(CONFIG_PANIC_RESET))
		arch_restart();
	if (IS_ENABLED(CONFIG_PANIC_STOP))
		arch_stop();
	arch_poweroff(EXIT_PANIC);
}

void assert_failed(int line)
{
	addr_t back = ptr_addr(__builtin_return_address(0)) & ~(addr_t)1;

	panic("check at %lx, line %d", (unsigned long)back - CALL_BYTES, line);
}
