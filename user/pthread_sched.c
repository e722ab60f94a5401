/* SPDX-License-Identifier: MIT */
/* Policies and priorities of threads: see sched.c. */
#include "thread.h"

#include <croft/thread.h>

#include "sched.h"

/* Of what it was given, not of what others lend it. */
int pthread_getschedparam(pthread_t thread, int *restrict policy,
			  struct sched_param *restrict param)
{
	unsigned int tid = WORD_LOAD(&thread->tid);
	long sched = tid ? __sys_thread_get_sched((int)tid) : -ESRCH;

	if (sched < 0)
		return (int)-sched;
	*policy = CROFT_SCHED_POLICY(sched);
	param->sched_priority = CROFT_SCHED_PRIORITY(sched);
	return 0;
}

static int set(pthread_t thread, int policy, int priority)
{
	unsigned int tid = WORD_LOAD(&thread->tid);

	return tid ? (int)-__sys_thread_set_sched((int)tid, policy, priority) : ESRCH;
}

int pthread_setschedprio(pthread_t thread, int priority)
{
	return set(thread, CROFT_SCHED_PRIO, priority);
}

int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param *param)
{
	policy = __croft_policy(policy);
	return policy < 0 ? -policy : set(thread, policy, param->sched_priority);
}
