/* SPDX-License-Identifier: MIT */
/* Waiting and waking.  See include/kernel/thread.h. */
#include <errno.h>
#include <kernel/assert.h>
#include <kernel/thread.h>

#define SVC_BYTES 2u /* of the instruction that made the call */

void thread_settle_result(struct thread *thread)
{
	struct frame *frame = arch_frame(&thread->context);

	if (thread->is_interrupted) {
		frame->pc += SVC_BYTES;
		frame->r0 = (uint32_t)-EINTR;
	} else if (thread->has_result) {
		frame->r0 = (uint32_t)thread->result;
	}
	thread->has_result = thread->is_interrupted = false;
}

void waitq_init(struct waitq *q)
{
	TAILQ_INIT(&q->threads);
}

/* Take the running thread off the processor. */
static struct thread *stop_current(void)
{
	struct thread *thread = current;

	ASSERT(thread->state == THREAD_RUNNING);
	sched_remove(thread);
	current = thread; /* its registers are still to be saved */
	thread->state = THREAD_WAITING;
	return thread;
}

long thread_restart(void)
{
	arch_current_frame()->pc -= SVC_BYTES;
	sched_request();
	return NO_RESULT;
}

long thread_wait(struct waitq *q)
{
	struct thread *thread;

	thread_restart();
	thread = stop_current();
	thread->waiting_on = q;
	TAILQ_INSERT_TAIL(&q->threads, thread, link);
	return NO_RESULT;
}

long thread_sleep_until(uint64_t deadline, long result)
{
	struct thread *thread = stop_current();

	thread->result = result;
	thread->has_result = true;
	timer_set(&thread->timer, deadline);
	return NO_RESULT;
}

long thread_pause(void)
{
	struct thread *thread = stop_current();

	thread->result = -EINTR;
	thread->has_result = true;
	return NO_RESULT;
}

void thread_interrupt(struct thread *thread)
{
	if (thread->has_result)
		thread->result = -EINTR;
	else
		thread->is_interrupted = true; /* it would make its call again */
	thread_wake(thread);
}

void timer_expired(struct timer *timer)
{
	thread_wake(container_of(timer, struct thread, timer));
}

void thread_wake(struct thread *thread)
{
	ASSERT(thread->state == THREAD_WAITING);
	if (thread->waiting_on)
		TAILQ_REMOVE(&thread->waiting_on->threads, thread, link);
	thread->waiting_on = NULL;
	timer_cancel(&thread->timer);
	sched_insert(thread);
}

void thread_wake_result(struct thread *thread, long result)
{
	thread->result = result;
	thread->has_result = true;
	thread_wake(thread);
}

void waitq_wake_all(struct waitq *q)
{
	struct thread *thread;

	while ((thread = TAILQ_FIRST(&q->threads)) != NULL)
		thread_wake(thread);
}

long thread_finish_job(long result)
{
	if (mm_job_is_done(&current->job))
		return result;
	current->result = result;
	current->has_result = true;
	sched_request();
	return NO_RESULT;
}
