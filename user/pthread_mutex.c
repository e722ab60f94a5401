/* SPDX-License-Identifier: MIT */
/*
 * Mutexes.
 *
 * The word of a mutex is that of a lock with priority inheritance (croft/futex.h) in every kind: 0,
 * or its owner's id, and whether others wait.  So one that nobody else wants is taken and given
 * back by one compare-exchange, and who owns it is always known.  The kinds differ in what waiting
 * does: with PTHREAD_PRIO_INHERIT the kernel hands the lock to the most urgent; without, it wakes
 * that one, and whoever is first takes it.
 */
#include "thread.h"

#include "mutex.h"

int pthread_mutex_init(pthread_mutex_t *restrict mutex, const pthread_mutexattr_t *restrict attr)
{
	*mutex = (pthread_mutex_t){ ._kind = attr ? attr->_kind : 0 };
	return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
	return WORD_LOAD(&mutex->_word) ? EBUSY : 0;
}

/* Wait for a mutex without inheritance, and take it. */
static int wait_for(pthread_mutex_t *mutex, unsigned int self, const struct timespec *deadline)
{
	unsigned int word = WORD_LOAD(&mutex->_word);
	int err;

	for (;; word = WORD_LOAD(&mutex->_word)) {
		/* Who has slept does not know whether others still do. */
		if (word == 0) {
			if (word_change(&mutex->_word, &word, self | FUTEX_WAITERS))
				return 0;
			continue;
		}
		if (!(word & FUTEX_WAITERS) &&
		    !word_change(&mutex->_word, &word, word | FUTEX_WAITERS))
			continue;
		err = __croft_wait(&mutex->_word, word | FUTEX_WAITERS, deadline);
		if (err && err != EAGAIN && err != EINTR)
			return err;
	}
}

/* Does the caller have it already?  What comes of that, or -1. */
static int again(pthread_mutex_t *mutex, unsigned int word, unsigned int self)
{
	if ((word & FUTEX_TID_MASK) != self)
		return -1;
	if (!(mutex->_kind & MUTEX_RECURSIVE))
		return mutex->_kind & MUTEX_ERRORCHECK ? EDEADLK : -1;
	if (mutex->_count == (unsigned int)-1)
		return EAGAIN;
	mutex->_count++;
	return 0;
}

/* @until: NULL: for ever. */
static int lock(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *until)
{
	unsigned int self = __croft_tid(), word = 0;
	struct timespec deadline;
	int err;

	if (word_change(&mutex->_word, &word, self))
		return 0;
	err = again(mutex, word, self);
	if (err >= 0)
		return err;
	if (until) {
		err = __croft_deadline(clock, until, &deadline);
		if (err)
			return err;
		until = &deadline;
	}
	if (mutex->_kind & MUTEX_INHERIT)
		return __croft_lock(&mutex->_word, until);
	return wait_for(mutex, self, until);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	return lock(mutex, 0, NULL);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict until)
{
	return lock(mutex, CLOCK_REALTIME, until);
}

int pthread_mutex_clocklock(pthread_mutex_t *restrict mutex, clockid_t clock,
			    const struct timespec *restrict until)
{
	return lock(mutex, clock, until);
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
	unsigned int self = __croft_tid(), word = 0;
	int err;

	if (word_change(&mutex->_word, &word, self))
		return 0;
	err = again(mutex, word, self);
	return err == 0 || err == EAGAIN ? err : EBUSY;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	unsigned int self = __croft_tid(), word = WORD_LOAD(&mutex->_word);

	if ((word & FUTEX_TID_MASK) != self)
		return EPERM;
	if (mutex->_count) {
		mutex->_count--;
		return 0;
	}
	if (mutex->_kind & MUTEX_INHERIT)
		return __croft_unlock(&mutex->_word);
	if (__atomic_exchange_n(&mutex->_word, 0, __ATOMIC_ACQ_REL) & FUTEX_WAITERS)
		__croft_wake(&mutex->_word, 1);
	return 0;
}
