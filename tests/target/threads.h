/* SPDX-License-Identifier: MIT */
/* What the tests of threads have in common. */
#ifndef THREADS_H
#define THREADS_H

#include <pthread.h>
#include <time.h>

#include "tap.h"

/* The time in @ms, less than 900. */
TAP_UNUSED static struct timespec soon(clockid_t clock, int ms)
{
	struct timespec t;

	clock_gettime(clock, &t);
	t.tv_nsec += ms * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	} else if (t.tv_nsec < 0) {
		t.tv_nsec += 1000000000;
		t.tv_sec--;
	}
	return t;
}

/* What a thread returns that does @what; -1: there is none. */
TAP_UNUSED static void *run(void *(*what)(void *), void *arg)
{
	pthread_t thread;
	void *result = (void *)-1;

	if (pthread_create(&thread, NULL, what, arg) == 0)
		pthread_join(thread, &result);
	return result;
}

#endif
