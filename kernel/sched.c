/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: fixed priorities, round robin within one, found by a bitmap.
 *
 * The running thread stays at the head of its queue.  sched_switch() is the only place where
 * one thread follows another, and where a thread's call is settled before it goes on.
 */
#include <arch/irq.h>
#include <croft/mman.h>
#include <kernel/assert.h>
#include <kernel/console.h>
#include <kernel/signal.h>
#include <kernel/proc.h>
#include <mm/page.h>
#include <mm/uaccess.h>

static struct thread_queue ready[NPRIORITIES];
static uint32_t nonempty; /* bit p: ready[p] has a thread */

/* Holds the registers that PendSV saves where no thread is left to have them. */
static struct thread nobody;
struct thread *current = &nobody;

void sched_init(void)
{
	for (unsigned int p = 0; p < NPRIORITIES; p++)
		TAILQ_INIT(&ready[p]);
}

void sched_request(void)
{
	arch_kernel_request();
}

void sched_insert(struct thread *thread)
{
	thread->state = THREAD_READY;
	TAILQ_INSERT_TAIL(&ready[thread->priority], thread, link);
	nonempty |= 1u << thread->priority;
	sched_request();
}

void sched_remove(struct thread *thread)
{
	TAILQ_REMOVE(&ready[thread->priority], thread, link);
	if (TAILQ_EMPTY(&ready[thread->priority]))
		nonempty &= ~(1u << thread->priority);
	sched_request();
}

void sched_forget_current(void)
{
	current = &nobody;
}

/* It keeps its place in the row only where its priority stays. */
void sched_change_priority(struct thread *thread, unsigned int priority)
{
	if (thread->state == THREAD_WAITING) {
		thread->priority = (uint8_t)priority;
		return;
	}
	sched_remove(thread);
	thread->priority = (uint8_t)priority;
	TAILQ_INSERT_HEAD(&ready[priority], thread, link);
	nonempty |= 1u << priority;
}

void sched_tick(void)
{
	struct thread *thread = current;

	if (thread == &nobody || thread->state == THREAD_WAITING)
		return;
	TAILQ_REMOVE(&ready[thread->priority], thread, link);
	TAILQ_INSERT_TAIL(&ready[thread->priority], thread, link);
}

static struct thread *best(void)
{
	return nonempty ? TAILQ_FIRST(&ready[31 - __builtin_clz(nonempty)]) : NULL;
}

/* Look at what interrupts have brought. */
static void poll(void)
{
	arch_kernel_request_clear();
	console_poll();
	if (timer_poll())
		sched_tick();
}

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

/* Bring a thread to where it can go on with its program; false: there is more to do first. */
static bool settle(struct thread *thread)
{
	if (thread->proc->is_exiting) {
		proc_exit_step(thread);
		return false;
	}
	if (thread->is_exiting) {
		thread_exit_step(thread);
		return false;
	}
	if (thread->proc->old_mm) {
		proc_old_mm_step(thread->proc);
		return false;
	}
	if (thread->fault_signal) {
		signal_fault(thread);
		return false;
	}
	if (!mm_job_is_done(&thread->job)) {
		mm_job_step(&thread->job);
		return false;
	}
	if (!is_on_stack(thread)) {
		signal_stack_lost(thread);
		return false;
	}
	thread_settle_result(thread);
	if (thread->sigreturn)
		return signal_return(thread);
	if ((thread->pending | thread->proc->sig_pending) & ~thread->blocked)
		return signal_deliver(thread);
	return true;
}

/* Tell a process with threads which of them runs. */
static void tls_put(struct thread *thread)
{
	struct proc *proc = thread->proc;
	uaddr_t slot = { proc->tls_slot };
	void *ptr;

	if (!slot.addr)
		return;
	if (proc->tls_changes != proc->mm->changes &&
	    user_range(proc->mm, slot, sizeof(uint32_t), PROT_WRITE, &ptr)) {
		proc->tls_slot = 0; /* the program has taken the slot away */
		return;
	}
	proc->tls_changes = proc->mm->changes;
	*(uint32_t *)addr_ptr(slot.addr) = thread->tls;
}

struct thread *sched_switch(void)
{
	struct thread *thread;

	if (current->state == THREAD_RUNNING)
		current->state = THREAD_READY;
	if (current->fork_child)
		thread_fork_finish(current);
	poll();
	for (;;) {
		thread = best();
		if (!thread) {
			arch_idle();
			poll();
			continue;
		}
		if (settle(thread))
			break;
		if (arch_kernel_requested())
			poll();
	}
	current = thread;
	thread->state = THREAD_RUNNING;
	mm_activate(thread->proc->mm, &thread->stack);
	tls_put(thread);
	page_set_reserve(thread->proc->euid ? CONFIG_RESERVE_PAGES : 0);
	return thread;
}
