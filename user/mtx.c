/* SPDX-License-Identifier: MIT */
/* C11's mutexes and condition variables.  See threads.h. */
#include "syscall.h"

#include <threads.h>

static int result_of(int error)
{
	if (error == ETIMEDOUT)
		return thrd_timedout;
	return error ? thrd_error : thrd_success;
}

/* Each can be waited for until a time: mtx_timed asks for what is there. */
int mtx_init(mtx_t *mutex, int type)
{
	pthread_mutexattr_t attr;

	if (type & ~(mtx_recursive | mtx_timed))
		return thrd_error;
	pthread_mutexattr_init(&attr);
	if (type & mtx_recursive)
		pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
	return result_of(pthread_mutex_init(mutex, &attr));
}

void mtx_destroy(mtx_t *mutex)
{
	pthread_mutex_destroy(mutex);
}

int mtx_lock(mtx_t *mutex)
{
	return result_of(pthread_mutex_lock(mutex));
}

int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict until)
{
	return result_of(pthread_mutex_timedlock(mutex, until));
}

int mtx_trylock(mtx_t *mutex)
{
	int error = pthread_mutex_trylock(mutex);

	return error == EBUSY ? thrd_busy : result_of(error);
}

int mtx_unlock(mtx_t *mutex)
{
	return result_of(pthread_mutex_unlock(mutex));
}

int cnd_init(cnd_t *cond)
{
	return result_of(pthread_cond_init(cond, NULL));
}

void cnd_destroy(cnd_t *cond)
{
	pthread_cond_destroy(cond);
}

int cnd_broadcast(cnd_t *cond)
{
	return result_of(pthread_cond_broadcast(cond));
}

int cnd_signal(cnd_t *cond)
{
	return result_of(pthread_cond_signal(cond));
}

int cnd_timedwait(cnd_t *restrict cond, mtx_t *restrict mutex,
		  const struct timespec *restrict until)
{
	return result_of(pthread_cond_timedwait(cond, mutex, until));
}

int cnd_wait(cnd_t *cond, mtx_t *mutex)
{
	return result_of(pthread_cond_wait(cond, mutex));
}
