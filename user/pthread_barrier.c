/* SPDX-License-Identifier: MIT */
/* Barriers: the last of so many to come opens it for all, and tells by the new _seq. */
#include "thread.h"

#include <limits.h>

int pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *restrict attr,
			 unsigned int count)
{
	(void)attr;
	if (count == 0)
		return EINVAL;
	*barrier = (pthread_barrier_t){ ._count = count };
	return 0;
}

int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
	__croft_lock(&barrier->_lock, NULL);
	if (barrier->_here) {
		__croft_unlock(&barrier->_lock);
		return EBUSY;
	}
	__croft_unlock(&barrier->_lock);
	__croft_guests_await(&barrier->_guests);
	return 0;
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
	unsigned int seq;
	bool is_last;

	__croft_lock(&barrier->_lock, NULL);
	WORD_ADD(&barrier->_guests, 1);
	seq = barrier->_seq;
	is_last = ++barrier->_here == barrier->_count;
	if (is_last) {
		barrier->_here = 0;
		WORD_ADD(&barrier->_seq, 1);
		__croft_wake(&barrier->_seq, UINT_MAX);
	}
	__croft_unlock(&barrier->_lock);
	while (!is_last && WORD_LOAD(&barrier->_seq) == seq)
		__croft_wait(&barrier->_seq, seq, NULL);
	__croft_guest_leave(&barrier->_guests);
	return is_last ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}

int pthread_barrierattr_init(pthread_barrierattr_t *attr)
{
	attr->_shared = PTHREAD_PROCESS_PRIVATE;
	return 0;
}

int pthread_barrierattr_destroy(pthread_barrierattr_t *attr)
{
	(void)attr;
	return 0;
}

int pthread_barrierattr_getpshared(const pthread_barrierattr_t *restrict attr, int *restrict shared)
{
	*shared = (int)attr->_shared;
	return 0;
}

int pthread_barrierattr_setpshared(pthread_barrierattr_t *attr, int shared)
{
	if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED)
		return EINVAL;
	attr->_shared = (unsigned int)shared;
	return 0;
}
