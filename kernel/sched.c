/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: fixed priorities, round robin within one, found by a bitmap.
 *
 * The running thread stays at the head of its queue.  sched_switch() is the only place where
 * one thread follows another, and where a thread's call is settled before it goes on.
 */
#include <arch/irq.h>
#include <kernel/assert.h>
#include <kernel/console.h>
#include <kernel/signal.h>
#include <kernel/thread.h>
#include <mm/page.h>

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
	if (thread == current)
		current = &nobody;
	sched_request();
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

/* Bring a thread to where it can go on with its program; false: there is more to do first. */
static bool settle(struct thread *thread)
{
	if (thread->proc->is_exiting) {
		proc_exit_step(thread->proc);
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
	if (!mm_stack_holds(&thread->proc->mm, &thread->stack)) {
		signal_stack_lost(thread);
		return false;
	}
	thread_settle_result(thread);
	if (thread->sigreturn)
		return signal_return(thread);
	if (thread->pending & ~thread->blocked)
		return signal_deliver(thread);
	return true;
}

struct thread *sched_switch(void)
{
	struct thread *thread;

	if (current->state == THREAD_RUNNING)
		current->state = THREAD_READY;
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
	mm_activate(&thread->proc->mm, &thread->stack);
	page_set_reserve(thread->proc->euid ? CONFIG_RESERVE_PAGES : 0);
	return thread;
}
