/* SPDX-License-Identifier: MIT */
/*
 * Threads: made, joined, left alone, ended.
 *
 *	| guard |      <-- stack | descriptor |		one mapping, by MAP_STACK
 *
 * The descriptor lies at the top of the stack: so a thread takes no memory of malloc(), and one
 * mapping is all there is to give back.  The price is that a thread that can be joined keeps its
 * stack until it is.  One that is detached has the kernel take the stack when it ends.
 *
 *	JOINABLE --join--> JOINED	the joiner unmaps
 *	  |   \--detach--> DETACHED	the kernel does, when it ends
 *	  \-----exit-----> EXITED	who joins or detaches it does
 *
 * tid is the kernel's exit_word: the thread's id from the start on, and 0 when it has ended.
 */
#include "thread.h"

#include <croft/thread.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/lock.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sched.h"

#define ALIGN 8u

static unsigned int nthreads = 1; /* that have not ended; the last one ends the process */
static bool has_slot;		  /* the kernel keeps _impure_ptr */

/* newlib's locks are dummies; lock.c has real ones, and comes in with threads. */
static void *const wants_locks __attribute__((used)) = (void *)__retarget_lock_acquire_recursive;

/* Those that can be named: all but the first that have not been joined, or are detached and run. */
static struct __pthread *threads;
static unsigned int threads_lock;

static void remember(struct __pthread *thread)
{
	__croft_lock(&threads_lock, NULL);
	thread->next = threads;
	threads = thread;
	__croft_unlock(&threads_lock);
}

static void forget(const struct __pthread *thread)
{
	struct __pthread **link = &threads;

	__croft_lock(&threads_lock, NULL);
	while (*link && *link != thread)
		link = &(*link)->next;
	if (*link)
		*link = thread->next;
	__croft_unlock(&threads_lock);
}

bool __croft_thread_exists(const struct __pthread *thread)
{
	const struct __pthread *one;

	__croft_lock(&threads_lock, NULL);
	for (one = threads; one && one != thread; one = one->next)
		;
	__croft_unlock(&threads_lock);
	return one || thread == &__croft_main_thread;
}

static size_t whole_pages(size_t size)
{
	size_t page = (size_t)getpagesize();

	return (size + page - 1) & ~(page - 1);
}

static void start(struct __pthread *self)
{
	__asm volatile(".cfi_undefined lr"); /* nobody called this: a backtrace ends here */
	pthread_exit(self->start(self->arg));
}

/* The descriptor at the top of a stack that ends at @end. */
static struct __pthread *place(uintptr_t end)
{
	return (struct __pthread *)((end - sizeof(struct __pthread)) & ~(ALIGN - 1));
}

/* Map a stack and a guard below it.  NULL: no memory. */
static struct __pthread *make_stack(const pthread_attr_t *attr)
{
	size_t guard = whole_pages(attr->_guard);
	size_t len = guard + whole_pages(attr->_size + sizeof(struct __pthread));
	struct __pthread *thread;
	char *map;

	if (len < attr->_size)
		return NULL;
	map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1,
		   0);
	if (map == MAP_FAILED)
		return NULL;
	if (guard && mprotect(map, guard, PROT_NONE)) {
		munmap(map, len);
		return NULL;
	}
	thread = place((uintptr_t)map + len);
	thread->map = map;
	thread->map_len = len;
	return thread;
}

int pthread_create(pthread_t *restrict to, const pthread_attr_t *restrict attr,
		   void *(*routine)(void *), void *restrict arg)
{
	struct thread_args args = { .entry = (unsigned int)start,
				    .policy = CROFT_SCHED_KEEP,
				    .priority = -1 };
	struct __pthread *thread;
	pthread_attr_t usual;
	int saved = errno;
	long tid;

	if (!attr) {
		pthread_attr_init(&usual);
		attr = &usual;
	}
	if (attr->_stack) {
		thread = place((uintptr_t)attr->_stack + attr->_size);
		memset(thread, 0, sizeof(*thread));
	} else {
		thread = make_stack(attr);
		errno = saved;
		if (!thread)
			return EAGAIN;
	}
	if (!has_slot) {
		__croft_tid();
		__sys_set_tls((unsigned int *)&_impure_ptr, (unsigned long)_impure_ptr);
		has_slot = true;
	}
	__croft_reent_init(&thread->reent);
	thread->start = routine;
	thread->arg = arg;
	thread->state = attr->_is_detached ? THREAD_DETACHED : THREAD_JOINABLE;
	args.arg = args.stack_top = (unsigned int)thread;
	args.tls = (unsigned int)&thread->reent;
	args.exit_word = (unsigned int)&thread->tid;
	if (attr->_is_explicit) {
		args.policy = __croft_policy(attr->_policy);
		args.priority = attr->_param.sched_priority;
	}
	*to = thread;
	remember(thread);
	WORD_ADD(&nthreads, 1);
	tid = __sys_thread_create(&args);
	/* From here on it may have ended, and be gone. */
	if (tid > 0)
		return 0;
	WORD_SUB(&nthreads, 1);
	forget(thread);
	if (!attr->_stack)
		munmap(thread->map, thread->map_len);
	errno = saved;
	return tid == -EFAULT ? EINVAL : (int)-tid; /* the stack is not one */
}

void pthread_exit(void *result)
{
	struct __pthread *self = thread_self();
	struct __pthread_cleanup *cleanup;
	unsigned int state = THREAD_JOINABLE;

	self->cancel_off = true;
	while ((cleanup = self->cleanup) != NULL) {
		self->cleanup = cleanup->_next;
		cleanup->_routine(cleanup->_arg);
	}
	if (__croft_keys_end)
		__croft_keys_end(self);
	if (WORD_SUB(&nthreads, 1) == 0)
		exit(0);
	self->result = result;
	if (self == &__croft_main_thread) { /* the kernel knows no exit_word of it */
		word_change(&self->state, &state, THREAD_EXITED);
		WORD_STORE(&self->tid, 0);
		__croft_wake(&self->tid, UINT_MAX);
	} else {
		__croft_reent_end(&self->reent);
		word_change(&self->state, &state, THREAD_EXITED);
	}
	if (state == THREAD_DETACHED)
		forget(self);
	for (;;) {
		if (state == THREAD_DETACHED && self->map)
			__sys_thread_exit(self->map, self->map_len);
		__sys_thread_exit(NULL, 0);
	}
}

/* Wait for the end of a thread that is to be joined; who is cancelled meanwhile leaves it to others. */
static void await(struct __pthread *thread)
{
	unsigned int tid, state = THREAD_JOINABLE;

	while ((tid = WORD_LOAD(&thread->tid)) != 0) {
		if (wait_or_cancel(&thread->tid, tid, NULL) != EINTR ||
		    !cancel_is_due(thread_self()))
			continue;
		WORD_STORE(&thread->state, THREAD_JOINABLE);
		if (WORD_LOAD(&thread->tid) == 0)
			word_change(&thread->state, &state, THREAD_EXITED);
		cancel_here();
	}
}

/* Wait for the end of a thread that is nobody else's, and give its stack back. */
static void *reap(struct __pthread *thread)
{
	unsigned int tid;
	void *result;

	while ((tid = WORD_LOAD(&thread->tid)) != 0)
		__croft_wait(&thread->tid, tid, NULL);
	result = thread->result;
	forget(thread);
	if (thread->map)
		munmap(thread->map, thread->map_len);
	return result;
}

int pthread_join(pthread_t thread, void **result)
{
	unsigned int state;
	void *got;

	if (thread == thread_self())
		return EDEADLK;
	if (!__croft_thread_exists(thread))
		return ESRCH;
	cancel_here();
	state = WORD_LOAD(&thread->state);
	do
		if (state == THREAD_DETACHED || state == THREAD_JOINED)
			return EINVAL;
	while (!word_change(&thread->state, &state, THREAD_JOINED));
	await(thread);
	got = reap(thread);
	if (result)
		*result = got;
	return 0;
}

int pthread_detach(pthread_t thread)
{
	unsigned int state = THREAD_JOINABLE;

	if (!__croft_thread_exists(thread))
		return ESRCH;
	if (word_change(&thread->state, &state, THREAD_DETACHED))
		return 0;
	if (state != THREAD_EXITED || !word_change(&thread->state, &state, THREAD_JOINED))
		return EINVAL;
	reap(thread);
	return 0;
}
