/* SPDX-License-Identifier: MIT */
/* Signals.  See include/kernel/signal.h. */
#include <croft/mman.h>
#include <croft/signal.h>
#include <errno.h>
#include <kernel/config.h>
#include <kernel/core.h>
#include <kernel/entry.h>
#include <kernel/proc.h>
#include <kernel/signal.h>
#include <kernel/stop.h>
#include <kernel/trace.h>
#include <kernel/tracing.h>
#include <mm/uaccess.h>
#include <signal.h>
#include <string.h>

#define ALL_SIGNALS (~(bit(SIGKILL) | bit(SIGSTOP)))

/* What lies on the program's stack while it handles a signal. */
struct sigframe {
	struct croft_siginfo info;
	struct croft_ucontext context;
};

static uint32_t bit(int sig)
{
	return 1u << sig;
}

/* Faults: told by the fault handlers, acted upon when the thread would go on. */

static void fault(int sig, int code, addr_t at)
{
	current->fault_signal = (uint8_t)sig;
	current->fault_code = (uint8_t)code;
	current->fault_at = at;
	if (IS_ENABLED(CONFIG_CALL_TRACE))
		trace_fault(sig);
	sched_request();
}

bool kernel_memory_fault(addr_t at, enum mm_access access, addr_t sp)
{
	enum mm_verdict verdict = mm_fault(current_mm(), at, access, sp);

	tracing(TRACING_fault, at, access, verdict);
	if (verdict == VERDICT_REFILLED)
		return true;
	fault(SIGSEGV, verdict == VERDICT_MAPERR ? CROFT_SEGV_MAPERR : CROFT_SEGV_ACCERR, at);
	return false;
}

bool kernel_store_refused(addr_t at)
{
	return mm_give_way(at);
}

void kernel_frame_lost(addr_t sp)
{
	current->frame_lost = true;
	fault(SIGKILL, 0, sp);
}

void kernel_program_fault(int sig, int code, addr_t at)
{
	fault(sig, code, at);
}

/* May a frame and @len bytes more be put below @sp, on this stack? */
static bool has_stack(struct mm *mm, struct mm_stack *stack, addr_t sp, addr_t len)
{
	uaddr_t from = { sp - len - ARCH_FRAME_MAX };
	void *ptr;

	return mm_stack_holds(mm, stack) && sp <= stack->end && sp >= stack->start &&
	       sp - stack->start >= len + ARCH_FRAME_MAX &&
	       user_range(mm, from, len + ARCH_FRAME_MAX, PROT_WRITE, &ptr) == 0;
}

bool signal_is_on_altstack(const struct thread *thread, addr_t sp)
{
	return thread->altstack_end && sp <= thread->altstack_end &&
	       sp > thread->altstack_end - thread->altstack_len;
}

/* Where the entry's stack begins: the thread's own, or the alternate one, which it then runs on. */
static addr_t entry_stack(struct thread *thread, int sig)
{
	addr_t sp = arch_context_sp(&thread->context);
	struct mm_stack stack;

	if (!(thread->proc->sig_onstack & bit(sig)) || !thread->altstack_end ||
	    signal_is_on_altstack(thread, sp) ||
	    mm_stack_find(thread->proc->mm, thread->altstack_end, &stack))
		return sp;
	thread->stack = stack;
	return thread->altstack_end;
}

/* Make the thread go on in its entry for signals.  false: its stack has no room. */
static bool call_entry(struct thread *thread, const struct croft_siginfo *info)
{
	struct mm_stack before = thread->stack;
	struct croft_ucontext entry = { 0 }, context;
	struct sigframe *frame;
	addr_t sp;

	thread_end_progress(thread);
	arch_context_get(&thread->context, &context);
	context.mask = thread->is_suspended ? thread->suspended_mask : thread->blocked;
	sp = entry_stack(thread, info->signo);
	if (!has_stack(thread->proc->mm, &thread->stack, sp, sizeof(*frame) + 8)) {
		thread->stack = before;
		return false;
	}
	frame = addr_ptr((sp - (addr_t)sizeof(*frame)) & ~7u);
	frame->info = *info;
	frame->context = context;

	memcpy(entry.r, context.r, sizeof(entry.r));
	entry.r[0] = (uint32_t)info->signo;
	entry.r[1] = ptr_addr(&frame->info);
	entry.r[2] = ptr_addr(&frame->context);
	entry.sp = ptr_addr(frame);
	entry.pc = thread->proc->sig_entry;
	arch_context_set(&thread->context, &entry);
	thread->blocked = ALL_SIGNALS;
	thread->is_suspended = false;
	return true;
}

static bool is_handled(const struct thread *thread, int sig)
{
	return (thread->proc->sig_handled & bit(sig)) && !(thread->blocked & bit(sig));
}

/* A signal that the program does not handle ends its process. */
static void die(struct thread *thread, const struct croft_siginfo *info)
{
	if (IS_ENABLED(CONFIG_CORE_DUMP))
		core_begin(thread, info);
	proc_exit(thread->proc, info->signo);
}

/* Is the frame still the program's?  Since the fault another thread may have taken its memory away. */
static bool holds_frame(const struct thread *thread)
{
	uaddr_t at = { thread->context.psp };
	void *ptr;

	return user_range(thread->proc->mm, at, ARCH_FRAME_MIN, PROT_WRITE, &ptr) == 0;
}

static void lose_frame(struct thread *thread)
{
	thread->frame_lost = true;
	thread->fault_at = thread->context.psp;
	thread->fault_signal = SIGSEGV;
}

void signal_fault(struct thread *thread)
{
	struct croft_siginfo info;
	int sig;

	if (!thread->frame_lost && !holds_frame(thread))
		lose_frame(thread);
	sig = thread->fault_signal;
	info = (struct croft_siginfo){ .signo = sig,
				       .code = thread->fault_code,
				       .addr = addr_ptr(thread->fault_at) };
	if (!thread->frame_lost && is_handled(thread, sig) &&
	    mm_stack_holds(thread->proc->mm, &thread->stack) && call_entry(thread, &info)) {
		thread->fault_signal = 0;
		return;
	}
	report_death(thread, sig);
	die(thread, &info);
}

void signal_stack_lost(struct thread *thread)
{
	lose_frame(thread);
	signal_fault(thread);
}

void signal_deliver(struct thread *thread)
{
	struct proc *proc = thread->proc;
	struct croft_siginfo info;
	int sig = signal_take(thread, ~thread->blocked, &info);

	if (!(proc->sig_handled & bit(sig))) {
		if (proc->sig_ignored & bit(sig))
			return;
		if (signal_is_stop(sig))
			proc_stop(proc, sig);
		else if (!signal_is_harmless(sig))
			die(thread, &info);
	} else if (!call_entry(thread, &info)) {
		info = (struct croft_siginfo){ .signo = SIGSEGV };
		die(thread, &info); /* POSIX leaves it no other way */
	}
}

void signal_return(struct thread *thread)
{
	struct mm *mm = thread->proc->mm;
	uaddr_t from = { thread->sigreturn };
	struct croft_ucontext context = { 0 };
	struct mm_stack stack = thread->stack;
	int err = user_read(mm, &context, from, sizeof(context));
	addr_t sp = context.sp & ~3u;

	thread->sigreturn = 0;
	if (!err && (sp < stack.start || sp > stack.end))
		err = mm_stack_find(mm, sp, &stack); /* back from the alternate one */
	if (err || !has_stack(mm, &stack, sp, 0)) {
		thread->fault_signal = SIGSEGV;
		thread->fault_code = CROFT_SEGV_MAPERR;
		thread->fault_at = from.addr;
		thread->blocked |= bit(SIGSEGV); /* there is nothing to go back to */
		return;
	}
	thread->stack = stack;
	arch_context_set(&thread->context, &context);
	thread->blocked = context.mask & ALL_SIGNALS;
}
