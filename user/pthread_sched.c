/* SPDX-License-Identifier: MIT */
/*
 * Priorities: 0 to 31, and 31 is the most urgent.  Those of one priority take turns, so the policy
 * is SCHED_RR; SCHED_OTHER is taken for the same, and SCHED_FIFO does not exist.
 */
#include "thread.h"

#include <croft/thread.h>

static int is_policy(int policy)
{
	return policy == SCHED_RR || policy == SCHED_OTHER;
}

int sched_get_priority_min(int policy)
{
	if (is_policy(policy))
		return CROFT_PRIORITY_MIN;
	errno = EINVAL;
	return -1;
}

int sched_get_priority_max(int policy)
{
	if (is_policy(policy))
		return CROFT_PRIORITY_MAX;
	errno = EINVAL;
	return -1;
}

/* Of the priority that it was given, not of what others lend it. */
int pthread_getschedparam(pthread_t thread, int *restrict policy,
			  struct sched_param *restrict param)
{
	unsigned int tid = WORD_LOAD(&thread->tid);
	long priority = tid ? __sys_thread_get_priority((int)tid) : -ESRCH;

	if (priority < 0)
		return (int)-priority;
	*policy = SCHED_RR;
	param->sched_priority = (int)priority;
	return 0;
}

int pthread_setschedprio(pthread_t thread, int priority)
{
	unsigned int tid = WORD_LOAD(&thread->tid);

	return tid ? (int)-__sys_thread_set_priority((int)tid, priority) : ESRCH;
}

int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param *param)
{
	if (policy == SCHED_FIFO)
		return ENOTSUP;
	return is_policy(policy) ? pthread_setschedprio(thread, param->sched_priority) : EINVAL;
}
