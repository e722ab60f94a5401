/* SPDX-License-Identifier: MIT */
/* Who runs.  Apart from pthread.c, since a program that has locks need not have threads. */
#include "thread.h"

struct __pthread __croft_main_thread;

unsigned int __croft_tid(void)
{
	struct __pthread *self = thread_self();

	if (!self->tid)
		self->tid = (unsigned int)__sys_gettid();
	return self->tid;
}

pthread_t pthread_self(void)
{
	__croft_tid();
	return thread_self();
}

int pthread_equal(pthread_t a, pthread_t b)
{
	return a == b;
}
