/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: fixed priorities, round robin within one, found by a bitmap.
 *
 *	ready[p].first --> running --> next --> ... --> back to the first
 *
 * The running thread stays the first of its row.  One thread follows another in sched_switch(),
 * which chooses the best and settles it, or by the short way of kernel/switch.h.
 *
 * A thread of SCHED_FIFO has no slice: it runs until it waits, yields, or a better one is ready.
 * The time slice is the row's, not the thread's: what its first has had since it came there.  So a
 * thread that is often preempted comes to the end of its slice too, and one without another of its
 * priority needs no alarm.  Where a thread yields by the short way the clock is not read; the slice
 * of the next begins when it is read next, one slice later at most.
 */
#include "switch.h"

#include <arch/irq.h>
#include <kernel/channel.h>
#include <kernel/console.h>
#include <mm/mmap.h>

struct sched sched;

/* Holds the registers that are saved where no thread is left to have them. */
static struct thread nobody;
struct thread *current = &nobody;

void sched_init(void)
{
	sched.bill = &sched.idle_counts;
}

void sched_request(void)
{
	current->settled = 0;
	arch_kernel_switch();
}

static void ring_insert(struct thread *thread)
{
	struct level *level = level_of(thread);
	struct thread *first = level->first;

	if (!first) {
		level->first = thread->next = thread->prev = thread;
		sched.nonempty |= 1u << thread->priority;
		return;
	}
	thread->next = first;
	thread->prev = first->prev;
	thread->prev->next = thread;
	first->prev = thread;
}

void sched_insert(struct thread *thread)
{
	if (thread->proc->is_stopped) {
		thread->state = THREAD_STOPPED;
		return;
	}
	thread->state = THREAD_READY;
	ring_insert(thread);
	/* One of the same priority takes its turn at the alarm, where one is to come. */
	if (thread->priority > current->priority ||
	    (thread->priority == current->priority && !sched.has_alarm))
		arch_kernel_switch();
}

/* The first of @level will be another one, with a slice of its own. */
static void slice_begin(struct level *level)
{
	level->used = 0;
	if (sched.charged == level)
		sched.charged = NULL;
}

void sched_remove(struct thread *thread)
{
	struct level *level = level_of(thread);

	if (thread->state == THREAD_STOPPED)
		return;
	if (level->first == thread) {
		slice_begin(level);
		level->first = thread->next;
	}
	thread->prev->next = thread->next;
	thread->next->prev = thread->prev;
	if (is_alone(thread)) {
		level->first = NULL;
		sched.nonempty &= ~(1u << thread->priority);
	}
	if (thread == current)
		arch_kernel_switch();
}

void sched_forget_current(void)
{
	current = &nobody;
}

void sched_forget_proc(const struct proc *proc)
{
	static uint64_t gone;

	if (sched.bill == &proc->ran)
		sched.bill = &gone;
}

uint64_t sched_idle_counts(void)
{
	return sched.idle_counts;
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
	ring_insert(thread);
	level_of(thread)->first = thread;
	slice_begin(level_of(thread));
	arch_kernel_switch();
}

void sched_put_last(struct thread *thread)
{
	if (thread->state != THREAD_READY)
		return;
	sched_remove(thread);
	ring_insert(thread);
}

/* Does a slice of its first thread end?  Not where there is no other, or it is SCHED_FIFO. */
static bool has_slices(const struct level *level)
{
	return !is_alone(level->first) && !level->first->is_fifo;
}

uint64_t sched_ran(const struct proc *proc)
{
	bill_to(sched.bill);
	return proc->ran;
}

/* The thread to run, which has some of its slice left or is alone; NULL: none is ready. */
static struct thread *best(void)
{
	struct level *level;

	if (!sched.nonempty)
		return NULL;
	level = &sched.ready[31 - __builtin_clz(sched.nonempty)];
	if (level->used >= timer_slice && has_slices(level)) {
		level->used = 0;
		level->first = level->first->next;
	}
	sched.charged = level;
	return level->first;
}

/* Charge the time since the last look to whose it was, and choose. */
static struct thread *choose(void)
{
	uint32_t now = bill_to(sched.bill);
	struct thread *thread;

	if (sched.charged)
		sched.charged->used =
			MIN(sched.charged->used + (now - sched.charged_since), timer_slice);
	sched.charged = NULL;
	sched.charged_since = now;
	thread = best();
	sched.bill = thread ? &thread->proc->ran : &sched.idle_counts;
	return thread;
}

/* Look at what interrupts have brought; what they bring meanwhile is not missed. */
static void look_at_news(void)
{
	arch_kernel_request_clear();
	while (arch_kernel_news) {
		arch_kernel_news = 0;
		console_poll();
		if (timer_poll())
			sched.has_alarm = false;
		channel_poll();
		if (mm_numbers_are_new)
			thread_forget_found();
		arch_kernel_request_clear();
	}
}

/* Have an alarm at the end of the slice of the thread that choose() chose. */
static void arm_slice(void)
{
	uint32_t left = timer_slice - sched.charged->used, end = sched.charged_since + left;

	if (!has_slices(sched.charged) ||
	    (sched.has_alarm && (int32_t)(sched.slice_alarm - end) <= 0))
		return;
	sched.slice_alarm = end;
	sched.has_alarm = true;
	timer_arm(arch_clock_now() + left);
}

struct thread *sched_switch(void)
{
	struct thread *thread;
	bool was_idle = false;

	if (current->fork_child)
		thread_fork_finish(current);
	for (;;) {
		look_at_news();
		thread = choose();
		if (!thread) {
			tracing(TRACING_idle, 0);
			was_idle = true;
			arch_idle();
		} else if (is_settled(thread) || thread_settle(thread)) {
			enter(thread);
			if (mm_pin_locked(thread->mm))
				break;
		}
	}
	arm_slice();
	if (thread != current || was_idle)
		trace_switch(thread);
	current = thread;
	keep_reserve(thread->proc);
	return thread;
}
