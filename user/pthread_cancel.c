/* SPDX-License-Identifier: MIT */
/*
 * Ending another thread.
 *
 *	asked ----> looks, at a point of cancellation	pthread_testcancel(), and calls that wait
 *	      \---> is interrupted in a call that waits	by a signal, see cancel_point.S
 *	      \---> is interrupted anywhere		PTHREAD_CANCEL_ASYNCHRONOUS
 *
 * A request stays until it is acted upon.  Calls that wait come here where the program has
 * pthread_cancel() and its kin at all; else they are plain system calls.
 */
#include "thread.h"

#include <croft/signal.h>
#include <signal.h>

extern char __croft_cancel_begin[], __croft_cancel_end[], __croft_cancel_now[];

long __croft_cancel_point(long a, long b, long c, long d, long e, int number,
			  const unsigned int *due);

static const unsigned int never;

static void ask(int sig, siginfo_t *info, void *at)
{
	struct croft_ucontext *context = at;
	struct __pthread *self = thread_self();
	uintptr_t pc = context->pc & ~1u, begin = (uintptr_t)__croft_cancel_begin & ~1u;

	(void)sig, (void)info;
	if (!cancel_is_due(self))
		return;
	if (self->cancel_async) {
		__sys_sigprocmask(SIG_SETMASK, &context->mask, NULL);
		pthread_exit(PTHREAD_CANCELED);
	}
	if (pc - begin < ((uintptr_t)__croft_cancel_end & ~1u) - begin)
		context->pc = (uintptr_t)__croft_cancel_now & ~1u;
}

int pthread_cancel(pthread_t thread)
{
	struct sigaction action = { .sa_sigaction = ask, .sa_flags = SA_SIGINFO };
	unsigned int tid;

	if (!__croft_thread_exists(thread))
		return ESRCH;
	sigaction(CANCEL_SIGNAL, &action, NULL);
	WORD_STORE(&thread->cancelled, 1);
	if (thread->cancel_off)
		return 0;
	if (thread == thread_self()) {
		if (thread->cancel_async)
			pthread_exit(PTHREAD_CANCELED);
		return 0;
	}
	tid = WORD_LOAD(&thread->tid);
	if (tid) /* one that ends meanwhile needs no signal */
		__sys_thread_kill((int)tid, CANCEL_SIGNAL);
	return 0;
}

void pthread_testcancel(void)
{
	if (cancel_is_due(thread_self()))
		pthread_exit(PTHREAD_CANCELED);
}

void __croft_cancel_here(void)
{
	pthread_testcancel();
}

/* What came while it was another state is acted upon now, if at any time. */
static int set(bool *what, int to, int other, int *old)
{
	struct __pthread *self = thread_self();

	if (to != 0 && to != other)
		return EINVAL;
	if (old)
		*old = *what ? other : 0;
	*what = to == other;
	if (self->cancel_async)
		pthread_testcancel();
	return 0;
}

int pthread_setcancelstate(int state, int *old)
{
	return set(&thread_self()->cancel_off, state, PTHREAD_CANCEL_DISABLE, old);
}

int pthread_setcanceltype(int type, int *old)
{
	return set(&thread_self()->cancel_async, type, PTHREAD_CANCEL_ASYNCHRONOUS, old);
}

static long interruptible(long a, long b, long c, long d, long e, int number)
{
	const struct __pthread *self = thread_self();

	return __croft_cancel_point(a, b, c, d, e, number,
				    self->cancel_off ? &never : &self->cancelled);
}

long __croft_cancel_5(long a, long b, long c, long d, long e, int number)
{
	long result = interruptible(a, b, c, d, e, number);

	if (result == -EINTR)
		pthread_testcancel();
	return result;
}

int __croft_cancel_wait(unsigned int *word, unsigned int value, const struct timespec *deadline)
{
	return (int)-interruptible((long)word, FUTEX_WAIT, (long)value, (long)deadline, 0,
				   SYS_futex);
}
