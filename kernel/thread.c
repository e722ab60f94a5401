/* SPDX-License-Identifier: MIT */
/* Threads: made, waiting, woken, ended.  See include/kernel/thread.h. */
#include <arch/irq.h>
#include <errno.h>
#include <kernel/assert.h>
#include <kernel/channel.h>
#include <kernel/exec.h>
#include <kernel/fd.h>
#include <kernel/futex.h>
#include <kernel/poll.h>
#include <kernel/tracing.h>
#include <mm/pool.h>
#include <mm/uaccess.h>

#define SVC_BYTES 2u /* of the instruction that made the call */

static struct pool thread_pool = POOL_INIT(struct thread);
static struct pool frame_pool = POOL_INIT(struct frame);

/* A waiting thread's deadline has come: its result is there already. */
static void timed_out(struct timer *timer)
{
	thread_wake(container_of(timer, struct thread, timer));
}

struct thread *thread_create(struct proc *proc, unsigned int priority)
{
	struct thread *thread = pool_alloc(&thread_pool);

	if (!thread)
		return NULL;
	thread->proc = proc;
	thread->tid = proc_next_id();
	thread->state = THREAD_WAITING;
	thread->timer.expired = timed_out;
	thread->priority = thread->base_priority = (uint8_t)priority;
	LIST_INIT(&thread->donors);
	LIST_INIT(&thread->channels);
	LIST_INSERT_HEAD(&proc->threads, thread, sibling);
	return thread;
}

void thread_stop_waiting(struct thread *thread)
{
	if (thread->waiting_on)
		TAILQ_REMOVE(&thread->waiting_on->threads, thread, link);
	thread->waiting_on = NULL;
	thread->sigwait_set = 0;
	timer_cancel(&thread->timer);
	donate_end(thread);
	if (thread->call.channel)
		channel_call_end(thread);
}

void thread_free(struct thread *thread)
{
	struct thread *donor;

	if (thread->state == THREAD_WAITING)
		thread_stop_waiting(thread);
	else
		sched_remove(thread);
	thread->state = THREAD_WAITING; /* on no queue, so the end of a donation moves it nowhere */
	channel_forget_owner(thread);
	/* Who waits for what it had, waits for nobody now. */
	while ((donor = LIST_FIRST(&thread->donors)) != NULL)
		if (donor->call.channel)
			channel_end(donor, -EPIPE);
		else
			thread_wake_result(donor, -EOWNERDEAD);
	if (thread->call.parcel)
		channel_call_drop(thread);
	load_forget(thread);
	vfs_place_put(&thread->place);
	if (current == thread)
		sched_forget_current();
	proc_forget_lender(thread);
	pool_free(&frame_pool, thread->fork_frame);
	notes_drop(thread->proc, thread);
	LIST_REMOVE(thread, sibling);
	pool_free(&thread_pool, thread);
}

struct thread *thread_find(int tid)
{
	struct proc *proc;
	struct thread *thread;

	LIST_FOREACH(proc, &procs, link)
		LIST_FOREACH(thread, &proc->threads, sibling)
			if (thread->tid == tid)
				return thread;
	return NULL;
}

void waitq_init(struct waitq *q)
{
	TAILQ_INIT(&q->threads);
	q->is_polled = false;
}

static void stop(struct thread *thread, struct waitq *q)
{
	if (thread->state != THREAD_WAITING)
		sched_remove(thread);
	thread->state = THREAD_WAITING;
	thread->waiting_on = q;
	if (q)
		TAILQ_INSERT_TAIL(&q->threads, thread, link);
}

long thread_restart(void)
{
	arch_current_frame()->pc -= SVC_BYTES;
	arch_kernel_switch();
	return NO_RESULT;
}

void thread_end_progress(struct thread *thread)
{
	struct frame *frame = arch_frame(&thread->context);

	if (!thread->progress)
		return;
	frame->pc += SVC_BYTES;
	frame->r0 = thread->progress;
	thread->progress = 0;
}

long thread_wait(struct waitq *q)
{
	ASSERT(current->state == THREAD_READY);
	thread_restart();
	stop(current, q);
	return NO_RESULT;
}

void thread_park(struct thread *thread, struct waitq *q, uint64_t deadline)
{
	ASSERT(!thread->waiting_on);
	stop(thread, q);
	thread->result = -ETIMEDOUT;
	thread->has_result = true;
	if (deadline)
		timer_set(&thread->timer, deadline);
}

long thread_wait_until(struct waitq *q, uint64_t deadline)
{
	thread_wait(q);
	timer_set(&current->timer, deadline);
	return NO_RESULT;
}

long thread_wait_result(struct waitq *q, uint64_t deadline)
{
	ASSERT(current->state == THREAD_READY);
	thread_park(current, q, deadline);
	return NO_RESULT;
}

long thread_sleep_until(struct waitq *q, uint64_t deadline)
{
	struct thread *thread = current;

	thread_wait_result(q, deadline);
	thread->result = 0;
	return NO_RESULT;
}

long thread_pause(void)
{
	return thread_wait_result(NULL, 0);
}

/* What a wait without a result does when woken is to make the call again. */
void thread_interrupt(struct thread *thread, bool restarts)
{
	const struct parcel *parcel = thread->call.channel ? thread->call.parcel : NULL;
	const struct call_ops *ops = parcel ? parcel->ops : NULL;

	if (thread->fork_frame || thread->proc->loader || (ops && ops->put))
		return;
	if (restarts && (ops || futex_holds(thread))) {
		thread->has_result = false;
		thread->is_repeated = true;
	} else if (thread->has_result) {
		thread->result = -EINTR;
	} else if (!restarts && !thread->progress) {
		thread->is_interrupted = true;
	}
	thread_wake(thread);
}

void thread_settle_result(struct thread *thread)
{
	struct frame *frame = arch_frame(&thread->context);

	if (thread->fork_frame) {
		*frame = *thread->fork_frame;
		pool_free(&frame_pool, thread->fork_frame);
		thread->fork_frame = NULL;
	}
	if (thread->is_interrupted) {
		frame->pc += SVC_BYTES;
		frame->r0 = (uint32_t)-EINTR;
	} else if (thread->is_repeated) {
		frame->pc -= SVC_BYTES;
	} else if (thread->has_result) {
		frame->r0 = (uint32_t)thread->result;
		tracing(TRACING_result, (uint32_t)thread->result);
		if (thread->has_words)
			arch_frame_set_words(frame, thread->words);
	}
	if (thread->call.parcel)
		channel_call_drop(thread);
	thread->has_result = thread->has_words = thread->is_interrupted = false;
	thread->is_repeated = false;
}

void thread_wake(struct thread *thread)
{
	ASSERT(thread->state == THREAD_WAITING);
	thread_stop_waiting(thread);
	thread->settled = 0;
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
	if (q->is_polled)
		poll_wake(q);
}

long thread_finish_job(long result)
{
	struct mm_job *job = &current_mm()->job;

	current->result = result;
	job->result = &current->result;
	while (!mm_job_is_done(job) && !arch_kernel_requested())
		mm_job_step(job);
	if (mm_job_is_done(job))
		return current->result;
	mm_change(current_mm()); /* no thread of it goes on before the job is done */
	current->has_result = true;
	sched_request();
	return NO_RESULT;
}

void thread_pin_steps(struct mm *mm)
{
	while (!arch_kernel_requested() && !mm_pin_step(mm))
		;
}

long thread_fork(struct thread *child)
{
	struct thread *thread = current;

	thread->fork_frame = pool_alloc(&frame_pool);
	if (!thread->fork_frame) {
		while (!fd_close_step(child->proc))
			;
		proc_free(child->proc);
		return -ENOMEM;
	}
	*thread->fork_frame = *arch_current_frame();
	thread->fork_child = child;
	return thread_wait_result(NULL, 0);
}

void thread_fork_finish(struct thread *thread)
{
	struct thread *child = thread->fork_child;

	thread->fork_child = NULL;
	child->context = thread->context;
	child->result = 0;
	child->has_result = true;
	sched_insert(child);
}

void thread_unfork(struct thread *thread, long result)
{
	if (thread->state == THREAD_WAITING) /* it may have been woken to end */
		thread_wake_result(thread, result);
}

/* The stack has gone; now whoever joins is told. */
void thread_exit_step(struct thread *thread)
{
	static const uint32_t zero;
	struct mm *mm = thread->proc->mm;
	uaddr_t word = { thread->exit_word };

	if (word.addr && user_write(mm, word, &zero, sizeof(zero)) == 0)
		futex_wake(mm, word.addr, UINT32_MAX);
	if (LIST_NEXT(LIST_FIRST(&thread->proc->threads), sibling) == NULL)
		proc_exit(thread->proc, 0); /* the last one */
	else
		thread_free(thread);
}
