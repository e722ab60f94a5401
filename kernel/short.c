/* SPDX-License-Identifier: MIT */
/*
 * The short way from one thread to another, for the calls that are nothing but that: to yield, to call
 * through a channel, to reply and receive.  See switch.h; where it cannot be taken they go the long way.
 *
 * Built for speed (mk/kernel.mk): what is inline here is a call elsewhere.
 */
#include "channel.h"
#include "switch.h"

#include <arch/irq.h>
#include <errno.h>
#include <kernel/syscall.h>

static inline struct channel *end_of(int fd, enum channel_end end)
{
	unsigned int n = (unsigned int)fd;

	return channel_of(n < CONFIG_OPEN_MAX ? current_proc()->files[n] : NULL, end);
}

/* Hand the processor to @next, the first of its row. */
static long __attribute__((noinline)) hand_over(struct thread *next)
{
	struct proc *proc = next->proc;

	trace_switch(next);
	if (sched.bill != &proc->ran) {
		bill_to(&proc->ran);
		keep_reserve(proc);
	}
	enter(next);
	return arch_switch(next);
}

long sys_sched_yield(void)
{
	struct thread *thread = current, *next = thread->next;
	struct level *level = level_of(thread);

	if (is_alone(thread))
		return 0;
	level->first = next;
	level->used = 0;
	sched.charged = NULL;
	if (!is_settled(next) || next->is_fifo != thread->is_fifo) {
		arch_kernel_switch();
		return 0;
	}
	arch_current_frame()->r0 = 0;
	return hand_over(next);
}

/* May @next, which waits for a result, go on in the place of the running thread? */
static inline bool can_follow(const struct thread *next)
{
	return next && is_settled(next) && next->priority <= current->priority &&
	       next->is_fifo == current->is_fifo && !next->timer.is_set;
}

/* A thread that waits takes the place of the running one in its row, and the rest of its slice. */
static inline void replace(struct thread *thread, struct thread *next)
{
	next->state = THREAD_READY;
	level_of(thread)->first = next;
	if (is_alone(thread)) {
		next->next = next->prev = next;
		return;
	}
	next->next = thread->next;
	next->prev = thread->prev;
	next->next->prev = next->prev->next = next;
}

/* Let the running thread wait on @q, and @next, which is on none any more, return a result and words. */
static inline void follow(struct thread *next, struct waitq *q, long result, uint32_t a, uint32_t b,
			  uint32_t c, uint32_t d)
{
	struct thread *thread = current;
	struct frame *frame = arch_frame(&next->context);

	next->waiting_on = NULL;
	next->has_result = false;
	frame->r0 = (uint32_t)result;
	frame->r1 = a;
	frame->r2 = b;
	frame->r3 = c;
	frame->r12 = d;
	tracing(TRACING_result, frame->r0);
	replace(thread, next);
	thread->state = THREAD_WAITING;
	thread->waiting_on = q;
	thread->result = -ETIMEDOUT;
	thread->has_result = true;
	TAILQ_INSERT_TAIL(&q->threads, thread, link);
}

long sys_channel_call(int fd, unsigned int a, unsigned int b, unsigned int c, unsigned int d,
		      uaddr_t buffers)
{
	struct channel *channel = end_of(fd, CHANNEL_SENDER);
	struct thread *caller = current, *receiver;
	int id;

	if (!channel)
		return -EBADF;
	receiver = TAILQ_FIRST(&channel->receivers.threads);
	if (buffers.addr || !can_follow(receiver) || TAILQ_NEXT(receiver, link) ||
	    receiver != channel->owner || !channel->nreceivers)
		return channel_call(channel, (uint32_t[]){ a, b, c, d }, buffers);
	channel->refs++;
	caller->call.channel = channel;
	id = caller->call.id = channel_next_id();
	TAILQ_INIT(&channel->receivers.threads);
	caller->donates_to = receiver;
	LIST_INSERT_HEAD(&receiver->donors, caller, donation);
	receiver->priority = caller->priority; /* at least its own */
	follow(receiver, &channel->received, id, a, b, c, d);
	return hand_over(receiver);
}

/* A caller that has gone is no reason not to receive the next. */
long sys_channel_reply_receive(int fd, int id, long status, unsigned int a, unsigned int b,
			       unsigned int c)
{
	struct channel *channel = end_of(fd, CHANNEL_RECEIVER);
	struct thread *receiver = current, *caller;

	if (!channel)
		return -EBADF;
	caller = id ? channel_caller(channel, id) : NULL;
	if (!can_follow(caller) || caller->priority != receiver->priority || caller->call.parcel ||
	    channel->bits || channel->has_interrupts || !channel->nsenders ||
	    !TAILQ_EMPTY(&channel->callers.threads)) {
		if (caller)
			channel_reply(caller, status, a, b, c);
		return channel_receive(channel, 0);
	}
	channel->refs--; /* its open files have others */
	caller->call.channel = NULL;
	TAILQ_REMOVE(&channel->received.threads, caller, link);
	caller->donates_to = NULL;
	LIST_REMOVE(caller, donation);
	follow(caller, &channel->receivers, status, a, b, c, 0);
	if (LIST_EMPTY(&receiver->donors))
		receiver->priority = receiver->base_priority;
	else
		thread_set_priority(receiver, receiver->base_priority);
	return hand_over(caller);
}
