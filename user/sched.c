/* SPDX-License-Identifier: MIT */
/*
 * Scheduling of processes, which is that of their first threads.
 *
 * Priorities are 0 to 31, and 31 is the most urgent.  SCHED_FIFO threads run until they wait; those
 * of SCHED_RR take turns with others of their priority, and SCHED_OTHER is another name of that.
 */
#include "syscall.h"

#include <sched.h>
#include <time.h>

#include <croft/limits.h>
#include <croft/thread.h>

#include "sched.h"

_Static_assert(SCHED_FIFO == CROFT_SCHED_FIFO && SCHED_RR == CROFT_SCHED_RR, "newlib's numbers");

int __croft_policy(int policy)
{
	if (policy == SCHED_OTHER)
		return CROFT_SCHED_RR;
	return policy == SCHED_RR || policy == SCHED_FIFO ? policy : -EINVAL;
}

int sched_get_priority_min(int policy)
{
	return __croft_policy(policy) < 0 ? (int)syscall_result(-EINVAL) : CROFT_PRIORITY_MIN;
}

int sched_get_priority_max(int policy)
{
	return __croft_policy(policy) < 0 ? (int)syscall_result(-EINVAL) : CROFT_PRIORITY_MAX;
}

int sched_rr_get_interval(pid_t pid, struct timespec *interval)
{
	long ms = __sys_system_info(INFO_TIME_SLICE);

	if (__call_thread_get_sched(pid) < 0)
		return -1;
	*interval =
		(struct timespec){ .tv_sec = (time_t)(ms / 1000), .tv_nsec = ms % 1000 * 1000000 };
	return 0;
}

int sched_getscheduler(pid_t pid)
{
	long sched = __call_thread_get_sched(pid);

	return sched < 0 ? -1 : CROFT_SCHED_POLICY(sched);
}

int sched_getparam(pid_t pid, struct sched_param *param)
{
	long sched = __call_thread_get_sched(pid);

	if (sched < 0)
		return -1;
	param->sched_priority = CROFT_SCHED_PRIORITY(sched);
	return 0;
}

int sched_setparam(pid_t pid, const struct sched_param *param)
{
	return (int)__call_thread_set_sched(pid, CROFT_SCHED_KEEP, param->sched_priority);
}

/* The policy that was before. */
int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
	int before = sched_getscheduler(pid);

	policy = __croft_policy(policy);
	if (before < 0)
		return -1;
	if (policy < 0)
		return (int)syscall_result(policy);
	if (__call_thread_set_sched(pid, policy, param->sched_priority))
		return -1;
	return before;
}
