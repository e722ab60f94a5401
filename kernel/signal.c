/* SPDX-License-Identifier: MIT */
/* Signals.  See include/kernel/signal.h. */
#include <errno.h>
#include <kernel/entry.h>
#include <kernel/signal.h>
#include <kernel/thread.h>
#include <signal.h>

#define SI_MAPERR 1 /* SEGV_MAPERR */
#define SI_ACCERR 2 /* SEGV_ACCERR */
#define LAST_SIGNAL 31

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

void signal_fault(struct thread *thread)
{
	int sig = thread->fault_signal;

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

/* Does the signal, with nobody to handle it, do nothing? */
static bool is_ignored(int sig)
{
	return sig == 0 || sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH || sig == SIGCONT;
}

int signal_send(struct proc *proc, int sig)
{
	if (sig < 0 || sig > LAST_SIGNAL)
		return -EINVAL;
	if (!is_ignored(sig) && proc->thread)
		proc_exit(proc, sig);
	return 0;
}
