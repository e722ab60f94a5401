/* SPDX-License-Identifier: MIT */
/* Signals.  See include/kernel/signal.h. */
#include <croft/mman.h>
#include <croft/signal.h>
#include <errno.h>
#include <kernel/entry.h>
#include <kernel/signal.h>
#include <kernel/proc.h>
#include <mm/uaccess.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define SI_MAPERR   1 /* SEGV_MAPERR */
#define SI_ACCERR   2 /* SEGV_ACCERR */
#define CODE_EXITED 1 /* CLD_EXITED */
#define CODE_KILLED 2 /* CLD_KILLED */
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
	current->fault_signal = sig;
	current->fault_code = code;
	current->fault_at = at;
	sched_request();
}

bool kernel_memory_fault(addr_t at, enum mm_access access, addr_t sp)
{
	enum mm_verdict verdict = mm_fault(current_mm(), at, access, sp);

	if (verdict == VERDICT_REFILLED)
		return true;
	fault(SIGSEGV, verdict == VERDICT_MAPERR ? SI_MAPERR : SI_ACCERR, at);
	return false;
}

void kernel_frame_lost(addr_t sp)
{
	current->frame_lost = true;
	fault(SIGKILL, 0, sp);
}

void kernel_program_fault(int sig, addr_t at)
{
	fault(sig, 0, at);
}

/* May the thread's frame and @len bytes more be put below @sp? */
static bool has_stack(struct thread *thread, addr_t sp, addr_t len)
{
	uaddr_t from = { sp - len - ARCH_FRAME_MAX };
	void *ptr;

	return sp <= thread->stack.end && sp - thread->stack.start >= len + ARCH_FRAME_MAX &&
	       sp >= thread->stack.start &&
	       user_range(thread->proc->mm, from, len + ARCH_FRAME_MAX, PROT_WRITE, &ptr) == 0;
}

/* Make the thread go on in its entry for signals.  false: its stack has no room. */
static bool call_entry(struct thread *thread, const struct croft_siginfo *info)
{
	addr_t sp = arch_context_sp(&thread->context);
	struct croft_ucontext entry = { 0 };
	struct sigframe *frame;

	if (!has_stack(thread, sp, sizeof(*frame) + 8))
		return false;
	frame = addr_ptr((sp - (addr_t)sizeof(*frame)) & ~7u);
	frame->info = *info;
	arch_context_get(&thread->context, &frame->context);
	frame->context.mask = thread->blocked;

	memcpy(entry.r, frame->context.r, sizeof(entry.r));
	entry.r[0] = (uint32_t)info->signo;
	entry.r[1] = ptr_addr(&frame->info);
	entry.r[2] = ptr_addr(&frame->context);
	entry.sp = ptr_addr(frame);
	entry.pc = thread->proc->sig_entry;
	arch_context_set(&thread->context, &entry);
	thread->blocked = ALL_SIGNALS;
	return true;
}

static bool is_handled(const struct thread *thread, int sig)
{
	return (thread->proc->sig_handled & bit(sig)) && !(thread->blocked & bit(sig));
}

void signal_fault(struct thread *thread)
{
	int sig = thread->fault_signal;
	struct croft_siginfo info = { .signo = sig,
				      .code = thread->fault_code,
				      .addr = addr_ptr(thread->fault_at) };

	if (!thread->frame_lost && is_handled(thread, sig) &&
	    mm_stack_holds(thread->proc->mm, &thread->stack) && call_entry(thread, &info)) {
		thread->fault_signal = 0;
		return;
	}
	report_death(thread, sig);
	proc_exit(thread->proc, sig);
}

void signal_stack_lost(struct thread *thread)
{
	thread->frame_lost = true;
	thread->fault_at = thread->context.psp;
	thread->fault_signal = SIGSEGV;
	signal_fault(thread);
}

bool signal_deliver(struct thread *thread)
{
	struct proc *proc = thread->proc;
	int sig = __builtin_ctz((thread->pending | proc->sig_pending) & ~thread->blocked);
	struct croft_siginfo info = { .signo = sig, .pid = proc->sender_pid };

	if (thread->pending & bit(sig))
		thread->pending &= ~bit(sig);
	else
		proc->sig_pending &= ~bit(sig);
	if (sig == SIGCHLD) {
		info.status = proc->sender_status;
		info.code = WIFSIGNALED(info.status) ? CODE_KILLED : CODE_EXITED;
		info.status = WIFSIGNALED(info.status) ? WTERMSIG(info.status)
						       : WEXITSTATUS(info.status);
	}
	if (!call_entry(thread, &info))
		proc_exit(proc, SIGSEGV); /* POSIX leaves it no other way */
	return !proc->is_exiting;
}

bool signal_return(struct thread *thread)
{
	uaddr_t from = { thread->sigreturn };
	struct croft_ucontext context;

	thread->sigreturn = 0;
	if (user_read(thread->proc->mm, &context, from, sizeof(context)) ||
	    !has_stack(thread, context.sp & ~3u, 0)) {
		thread->fault_signal = SIGSEGV;
		thread->fault_code = SI_MAPERR;
		thread->fault_at = from.addr;
		thread->blocked |= bit(SIGSEGV); /* there is nothing to go back to */
		return false;
	}
	arch_context_set(&thread->context, &context);
	thread->blocked = context.mask & ALL_SIGNALS;
	return true;
}

/* Is the signal, where nobody handles it, nothing to a process? */
static bool is_harmless(int sig)
{
	return sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH || sig == SIGCONT;
}

/* Let a thread that waits look at a signal that it does not block. */
static void nudge(struct thread *thread, int sig)
{
	if (thread->state == THREAD_WAITING && !thread->fork_frame) {
		if ((thread->proc->sig_restart & bit(sig)) && !thread->has_result)
			thread_wake(thread);
		else
			thread_interrupt(thread);
	}
	sched_request();
}

/* Does the process not care for the signal?  Where it is one that ends it, it ends. */
static bool settled_by_default(struct proc *proc, int sig)
{
	if (proc->sig_handled & bit(sig))
		return false;
	if (!is_harmless(sig) && !(proc->sig_ignored & bit(sig)))
		proc_exit(proc, sig);
	return true;
}

void signal_send(struct proc *proc, int sig, int pid)
{
	struct thread *thread;

	if (sig == 0 || proc_has_ended(proc) || proc->is_exiting || settled_by_default(proc, sig))
		return;
	proc->sig_pending |= bit(sig);
	proc->sender_pid = pid;
	LIST_FOREACH(thread, &proc->threads, sibling)
		if (!(thread->blocked & bit(sig))) {
			nudge(thread, sig);
			return;
		}
}

void signal_send_thread(struct thread *thread, int sig, int pid)
{
	struct proc *proc = thread->proc;

	if (sig == 0 || proc->is_exiting || settled_by_default(proc, sig))
		return;
	thread->pending |= bit(sig);
	proc->sender_pid = pid;
	if (!(thread->blocked & bit(sig)))
		nudge(thread, sig);
}

void signal_child_ended(const struct proc *child)
{
	struct proc *parent = child->parent;

	parent->sender_status = child->status;
	signal_send(parent, SIGCHLD, child->pid);
}
