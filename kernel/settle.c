/* SPDX-License-Identifier: MIT */
/*
 * Settling: what there is to do before a thread goes on with its program.
 *
 * Has it a fault to die of, a job to do, does its stack still exist, is there a result to store?  Only
 * then is its frame touched, since a frame lies in the program's memory.
 *
 * A thread that was settled is so still until something comes to it: whoever wakes it, sends it or its
 * process a signal, stops or ends it, or lets its call ask for the scheduler, says so (settled = 0).
 * What was found of the space holds while mm->changes is what it was then.
 */
#include <arch/irq.h>
#include <croft/mman.h>
#include <kernel/exec.h>
#include <kernel/remote.h>
#include <kernel/signal.h>
#include <mm/page.h>
#include <mm/uaccess.h>

/*
 * Does the thread run on a stack that is there?  One that has moved its stack pointer to another
 * stack mapping runs on that from now on.
 */
static bool is_on_stack(struct thread *thread)
{
	struct mm_stack *stack = &thread->stack;
	addr_t psp = thread->context.psp;

	if (psp < stack->start || psp + ARCH_FRAME_MIN > stack->end)
		mm_stack_find(thread->proc->mm, psp + 1, stack);
	return mm_stack_holds(thread->proc->mm, stack) && psp >= stack->start &&
	       psp + ARCH_FRAME_MIN <= stack->end;
}

/* Find where to tell a process with threads which of them runs. */
static void find_tls(struct thread *thread)
{
	static addr_t nowhere;
	struct proc *proc = thread->proc;
	uaddr_t slot = { proc->tls_slot };
	void *ptr;

	if (slot.addr && proc->tls_changes != proc->mm->changes) {
		mm_rely_on(proc->mm, slot.addr);
		if (user_range(proc->mm, slot, sizeof(addr_t), PROT_WRITE, &ptr))
			proc->tls_slot = 0; /* the program has taken the slot away */
	}
	proc->tls_changes = proc->mm->changes;
	thread->tls_at = proc->tls_slot ? addr_ptr(proc->tls_slot) : &nowhere;
}

void thread_forget_found(void)
{
	struct thread *thread;
	struct proc *proc;

	LIST_FOREACH(proc, &procs, link) {
		proc->tls_changes = 0;
		LIST_FOREACH(thread, &proc->threads, sibling) {
			thread->stack.changes = 0;
			thread->settled = 0;
		}
	}
	mm_numbers_are_new = false;
}

bool thread_settle(struct thread *thread)
{
	struct proc *proc = thread->proc;
	struct mm_job *job = &proc->mm->job;

	/* First of all: a thread that exits may leave memory to a process that lent it. */
	if (!mm_job_is_done(job)) {
		page_set_reserve(proc->euid ? CONFIG_RESERVE_PAGES : 0);
		mm_job_step(job);
		return false;
	}
	if (proc->is_exiting) {
		while (!proc_exit_step(thread) && !arch_kernel_requested())
			;
		return false;
	}
	if (thread->is_exiting) {
		thread_exit_step(thread);
		return false;
	}
	if (proc->old_mm) {
		proc_old_mm_step(proc);
		return false;
	}
	if (thread->load) {
		load_go_on(thread);
		return false;
	}
	if (thread->fault_signal) {
		signal_fault(thread);
		return false;
	}
	if (!is_on_stack(thread)) {
		signal_stack_lost(thread);
		return false;
	}
	if (thread->fills) {
		remote_fill(thread);
		return false;
	}
	thread_settle_result(thread);
	if (thread->sigreturn) {
		signal_return(thread);
		return false;
	}
	if (((thread->pending | proc->sig_pending) & ~thread->blocked) && !thread->walks) {
		signal_deliver(thread);
		return false;
	}
	if (thread->is_suspended) { /* its sigsuspend() has ended, and no handler is called */
		thread->is_suspended = false;
		thread->blocked = thread->suspended_mask;
		return false;
	}
	find_tls(thread);
	thread->mm = proc->mm;
	thread->settled = proc->mm->changes;
	return true;
}
