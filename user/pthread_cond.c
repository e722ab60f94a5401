/* SPDX-License-Identifier: MIT */
/*
 * Condition variables.
 *
 *	wait:	with _lock: note _seq		signal:	with _lock: _seq++, wake one that sleeps
 *		give the mutex back
 *		sleep while _seq is as noted
 *
 * A signal between a waiter's note and its sleep changes _seq, so that it does not sleep.  _lock is
 * what keeps a signal whole: one that came to wait after it cannot be woken in place of another
 * that waited before, however urgent.  A signal that nobody waits for looks at one word.
 *
 * _guests are those who wait, and those woken who have not left yet.
 */
#include "thread.h"

#include <limits.h>

int pthread_cond_init(pthread_cond_t *restrict cond, const pthread_condattr_t *restrict attr)
{
	*cond = (pthread_cond_t){ ._clock = attr ? attr->_clock : CLOCK_REALTIME };
	return 0;
}

int pthread_cond_destroy(pthread_cond_t *cond)
{
	__croft_guests_await(&cond->_guests);
	return 0;
}

/* @deadline: on the kernel's clock; NULL: for ever. */
static int wait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *deadline)
{
	unsigned int seq;
	int err, slept;

	__croft_lock(&cond->_lock, NULL);
	WORD_ADD(&cond->_guests, 1);
	seq = cond->_seq;
	__croft_unlock(&cond->_lock);
	err = pthread_mutex_unlock(mutex);
	if (err) {
		__croft_guest_leave(&cond->_guests);
		return err;
	}
	slept = wait_or_cancel(&cond->_seq, seq, deadline);
	__croft_guest_leave(&cond->_guests);
	err = pthread_mutex_lock(mutex);
	if (slept == EINTR)
		cancel_here(); /* with the mutex, and without a signal that another then lacks */
	if (err)
		return err;
	return slept == ETIMEDOUT ? ETIMEDOUT : 0;
}

int pthread_cond_wait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex)
{
	return wait(cond, mutex, NULL);
}

int pthread_cond_clockwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
			   clockid_t clock, const struct timespec *restrict until)
{
	struct timespec deadline;
	int err = __croft_deadline(clock, until, &deadline);

	return err ? err : wait(cond, mutex, &deadline);
}

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex,
			   const struct timespec *restrict until)
{
	/* PTHREAD_COND_INITIALIZER leaves it 0. */
	clockid_t clock = cond->_clock ? (clockid_t)cond->_clock : CLOCK_REALTIME;

	return pthread_cond_clockwait(cond, mutex, clock, until);
}

static int wake(pthread_cond_t *cond, unsigned int most)
{
	if (WORD_LOAD(&cond->_guests) == 0)
		return 0;
	__croft_lock(&cond->_lock, NULL);
	WORD_ADD(&cond->_seq, 1);
	__croft_wake(&cond->_seq, most);
	__croft_unlock(&cond->_lock);
	return 0;
}

int pthread_cond_signal(pthread_cond_t *cond)
{
	return wake(cond, 1);
}

int pthread_cond_broadcast(pthread_cond_t *cond)
{
	return wake(cond, UINT_MAX);
}

int pthread_condattr_init(pthread_condattr_t *attr)
{
	*attr = (pthread_condattr_t){ ._clock = CLOCK_REALTIME };
	return 0;
}

int pthread_condattr_destroy(pthread_condattr_t *attr)
{
	(void)attr;
	return 0;
}

int pthread_condattr_getclock(const pthread_condattr_t *restrict attr, clockid_t *restrict clock)
{
	*clock = (clockid_t)attr->_clock;
	return 0;
}

int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock)
{
	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
		return EINVAL;
	attr->_clock = (unsigned int)clock;
	return 0;
}

int pthread_condattr_getpshared(const pthread_condattr_t *restrict attr, int *restrict shared)
{
	*shared = (int)attr->_shared;
	return 0;
}

int pthread_condattr_setpshared(pthread_condattr_t *attr, int shared)
{
	if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED)
		return EINVAL;
	attr->_shared = (unsigned int)shared;
	return 0;
}
