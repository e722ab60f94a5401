/* SPDX-License-Identifier: MIT */
/*
 * From one thread to another: what the scheduler and the short way share.
 *
 * The scheduler (sched.c) looks at news, chooses the best thread and settles it.  On the short way
 * (short.c) a call ends with arch_switch():
 * nothing is chosen, since the other has the priority of this one, nothing is settled, since nothing
 * has come to the other since it was, and no alarm is set.  What asks for the scheduler meanwhile
 * (PendSV) has it choose before the other runs.
 */
#ifndef KERNEL_SWITCH_H
#define KERNEL_SWITCH_H

#include <arch/tick.h>
#include <kernel/proc.h>
#include <kernel/tracing.h>
#include <mm/page.h>

struct level {
	struct thread *first; /* NULL: none is ready */
	uint32_t used;	      /* counts of the clock, of the slice of its first thread */
};

/* Times are low words of the clock, which is read many times while they go round. */
extern struct sched {
	struct level *charged;	/* whose first thread has the processor; NULL: none */
	uint32_t charged_since; /* when that was found */
	uint32_t slice_alarm;	/* with has_alarm: an alarm comes by then */
	bool has_alarm;
	uint64_t *bill; /* who has had the processor since then: proc->ran */
	uint32_t billed_since;
	uint32_t nonempty; /* bit p: ready[p] has a thread */
	struct level ready[NPRIORITIES];
	uint64_t idle_counts;
} sched;

static inline struct level *level_of(const struct thread *thread)
{
	return &sched.ready[thread->priority];
}

static inline bool is_alone(const struct thread *thread)
{
	return thread->next == thread;
}

/* May @thread, which waits or is ready, go on as it is? */
static inline bool is_settled(const struct thread *thread)
{
	addr_t psp = thread->context.psp;

	return thread->settled && thread->settled == thread->mm->changes &&
	       psp >= thread->stack.start && psp + ARCH_FRAME_MIN <= thread->stack.end;
}

/* Bill the time since the last look to whose it was; from now on it is @to's.  Returns the time. */
static inline uint32_t bill_to(uint64_t *to)
{
	uint32_t now = arch_clock_low(), past = now - sched.billed_since;

	if (past >= ARCH_CLOCK_AHEAD) {
		now = (uint32_t)arch_clock_now();
		past = now - sched.billed_since > INT32_MAX ? 0 : now - sched.billed_since;
	}
	*sched.bill += past;
	sched.bill = to;
	sched.billed_since = now;
	return now;
}

static inline void keep_reserve(const struct proc *proc)
{
	page_set_reserve(proc->euid ? CONFIG_RESERVE_PAGES : 0);
}

/* Let the hardware and the program know who runs. */
static inline void enter(struct thread *thread)
{
	mm_switch(thread->mm, &thread->stack);
	*thread->tls_at = thread->tls;
}

static inline void trace_switch(const struct thread *thread)
{
	tracing(TRACING_switch, (uint32_t)thread->tid, (uint32_t)thread->proc->pid,
		thread->stack.start, thread->stack.end);
}

#endif
