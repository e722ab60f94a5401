/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: fixed priorities, round robin within one, found by a bitmap.
 *
 * The running thread stays at the head of its queue.  sched_switch() is the only place where
 * one thread follows another, and where a thread's call is settled before it goes on.
 *
 * A thread of SCHED_FIFO has no slice: it runs until it waits, yields, or a better one is ready.
 * The time slice is the queue's, not the thread's: what its head has had since it came to the
 * head.  So a thread that is often preempted comes to the end of its slice too, and one without
 * another of its priority needs no alarm.
 */
#include <arch/irq.h>
#include <arch/tick.h>
#include <croft/mman.h>
#include <kernel/assert.h>
#include <kernel/channel.h>
#include <kernel/console.h>
#include <kernel/signal.h>
#include <kernel/proc.h>
#include <kernel/remote.h>
#include <kernel/tracing.h>
#include <mm/page.h>
#include <mm/uaccess.h>

struct level {
	struct thread_queue threads;
	uint32_t used; /* counts of the clock, of the slice of its first thread */
};

static struct level ready[NPRIORITIES];
static uint32_t nonempty;      /* bit p: ready[p] has a thread */
static struct level *charged;  /* whose first thread has the processor; NULL: none */
static uint64_t charged_since; /* counts of the clock */
static struct proc *billed;    /* who has had the processor since then; NULL: nobody */
static uint64_t idle_counts;

/* Holds the registers that PendSV saves where no thread is left to have them. */
static struct thread nobody;
struct thread *current = &nobody;

void sched_init(void)
{
	for (unsigned int p = 0; p < NPRIORITIES; p++)
		TAILQ_INIT(&ready[p].threads);
}

void sched_request(void)
{
	arch_kernel_request();
}

void sched_insert(struct thread *thread)
{
	if (thread->proc->is_stopped) {
		thread->state = THREAD_STOPPED;
		return;
	}
	thread->state = THREAD_READY;
	TAILQ_INSERT_TAIL(&ready[thread->priority].threads, thread, link);
	nonempty |= 1u << thread->priority;
	sched_request();
}

/* The first of @level will be another one, with a slice of its own. */
static void slice_begin(struct level *level)
{
	level->used = 0;
	if (charged == level)
		charged = NULL;
}

void sched_remove(struct thread *thread)
{
	struct level *level = &ready[thread->priority];

	if (thread->state == THREAD_STOPPED)
		return;
	if (TAILQ_FIRST(&level->threads) == thread)
		slice_begin(level);
	TAILQ_REMOVE(&level->threads, thread, link);
	if (TAILQ_EMPTY(&level->threads))
		nonempty &= ~(1u << thread->priority);
	sched_request();
}

void sched_forget_current(void)
{
	current = &nobody;
}

void sched_forget_proc(const struct proc *proc)
{
	if (billed == proc)
		billed = NULL;
}

uint64_t sched_idle_counts(void)
{
	return idle_counts;
}

/* It keeps its place in the row only where its priority stays. */
void sched_change_priority(struct thread *thread, unsigned int priority)
{
	if (thread->state == THREAD_WAITING || thread->state == THREAD_STOPPED) {
		thread->priority = (uint8_t)priority;
		return;
	}
	sched_remove(thread);
	thread->priority = (uint8_t)priority;
	slice_begin(&ready[priority]);
	TAILQ_INSERT_HEAD(&ready[priority].threads, thread, link);
	nonempty |= 1u << priority;
}

static void rotate(struct level *level)
{
	struct thread *thread = TAILQ_FIRST(&level->threads);

	slice_begin(level);
	TAILQ_REMOVE(&level->threads, thread, link);
	TAILQ_INSERT_TAIL(&level->threads, thread, link);
}

void sched_yield_slice(void)
{
	struct level *level = &ready[current->priority];

	if (TAILQ_FIRST(&level->threads) == current)
		rotate(level);
	sched_request();
}

/* Does a slice of its first thread end?  Not where there is no other, or it is SCHED_FIFO. */
static bool has_slices(const struct level *level)
{
	const struct thread *first = TAILQ_FIRST(&level->threads);

	return TAILQ_NEXT(first, link) != NULL && !first->is_fifo;
}

/* Charge the time since the last look to whose it was: to a slice, and to a process. */
static void charge(void)
{
	uint64_t now = arch_clock_now();

	if (charged)
		charged->used = (uint32_t)MIN(charged->used + (now - charged_since), timer_slice);
	if (billed)
		billed->ran += now - charged_since;
	else
		idle_counts += now - charged_since;
	charged_since = now;
	charged = NULL;
}

uint64_t sched_ran(const struct proc *proc)
{
	return proc->ran + (billed == proc ? arch_clock_now() - charged_since : 0);
}

/* The thread to run, which has some of its slice left or is alone; NULL: none is ready. */
static struct thread *best(void)
{
	struct level *level;

	billed = NULL;
	if (!nonempty)
		return NULL;
	level = &ready[31 - __builtin_clz(nonempty)];
	if (level->used >= timer_slice && has_slices(level))
		rotate(level);
	charged = level;
	billed = TAILQ_FIRST(&level->threads)->proc;
	return TAILQ_FIRST(&level->threads);
}

/* When the slice of the thread that best() chose ends. */
static uint64_t slice_end(void)
{
	return has_slices(charged) ? charged_since + (timer_slice - charged->used)
				   : ARCH_CLOCK_NEVER;
}

/* Look at what interrupts have brought. */
static void poll(void)
{
	arch_kernel_request_clear();
	charge();
	console_poll();
	timer_poll(charged_since);
	channel_poll();
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
	struct mm_job *job = &thread->proc->mm->job;

	/* First of all: a thread that exits may leave memory to a process that lent it. */
	if (!mm_job_is_done(job)) {
		page_set_reserve(thread->proc->euid ? CONFIG_RESERVE_PAGES : 0);
		mm_job_step(job);
		return false;
	}
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
	if (!is_on_stack(thread)) {
		signal_stack_lost(thread);
		return false;
	}
	if (thread->fills) {
		remote_fill(thread);
		return false;
	}
	thread_settle_result(thread);
	if (thread->sigreturn && !signal_return(thread))
		return false;
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
	bool was_idle = false;

	if (current->state == THREAD_RUNNING)
		current->state = THREAD_READY;
	if (current->fork_child)
		thread_fork_finish(current);
	poll();
	for (;;) {
		thread = best();
		if (!thread) {
			timer_arm(ARCH_CLOCK_NEVER, charged_since);
			tracing(TRACING_idle, 0);
			was_idle = true;
			arch_idle();
			poll();
			continue;
		}
		if (settle(thread))
			break;
		if (arch_kernel_requested())
			poll();
		else
			charge();
	}
	timer_arm(slice_end(), charged_since);
	if (thread != current || was_idle)
		tracing(TRACING_switch, (uint32_t)thread->tid, (uint32_t)thread->proc->pid,
			thread->stack.start, thread->stack.end);
	current = thread;
	thread->state = THREAD_RUNNING;
	mm_activate(thread->proc->mm, &thread->stack);
	tls_put(thread);
	page_set_reserve(thread->proc->euid ? CONFIG_RESERVE_PAGES : 0);
	return thread;
}
