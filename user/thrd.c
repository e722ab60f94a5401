/* SPDX-License-Identifier: MIT */
/* C11's threads and their keys.  See threads.h. */
#include "syscall.h"

#include <sched.h>
#include <stdint.h>
#include <threads.h>

static int result_of(int error)
{
	switch (error) {
	case 0:
		return thrd_success;
	case EAGAIN:
	case ENOMEM:
		return thrd_nomem;
	default:
		return thrd_error;
	}
}

void call_once(once_flag *flag, void (*func)(void))
{
	pthread_once(flag, func);
}

/* An int and a pointer are returned in the same register (AAPCS 6.5). */
int thrd_create(thrd_t *thread, thrd_start_t func, void *arg)
{
	union {
		thrd_start_t func;
		void *(*routine)(void *);
	} start = { .func = func };

	return result_of(pthread_create(thread, NULL, start.routine, arg));
}

thrd_t thrd_current(void)
{
	return pthread_self();
}

int thrd_detach(thrd_t thread)
{
	return result_of(pthread_detach(thread));
}

int thrd_equal(thrd_t a, thrd_t b)
{
	return pthread_equal(a, b);
}

void thrd_exit(int result)
{
	pthread_exit((void *)(intptr_t)result);
}

int thrd_join(thrd_t thread, int *result)
{
	void *got;
	int error = pthread_join(thread, &got);

	if (!error && result)
		*result = (int)(intptr_t)got;
	return result_of(error);
}

int thrd_sleep(const struct timespec *duration, struct timespec *remaining)
{
	int error = clock_nanosleep(CLOCK_REALTIME, 0, duration, remaining);

	if (error == EINTR)
		return -1;
	return error ? -2 : 0;
}

void thrd_yield(void)
{
	sched_yield();
}

int tss_create(tss_t *key, tss_dtor_t destructor)
{
	return pthread_key_create(key, destructor) ? thrd_error : thrd_success;
}

void tss_delete(tss_t key)
{
	pthread_key_delete(key);
}

void *tss_get(tss_t key)
{
	return pthread_getspecific(key);
}

int tss_set(tss_t key, void *value)
{
	return pthread_setspecific(key, value) ? thrd_error : thrd_success;
}
