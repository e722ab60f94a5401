/* SPDX-License-Identifier: MIT */
/* Waiting for signals, and the stack to handle them on. */
#include "syscall.h"

#include <croft/signal.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

int sigpending(sigset_t *set)
{
	return (int)__call_sigpending((unsigned int *)set);
}

int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *timeout)
{
	if (__croft_cancel_5)
		return (int)CANCEL_3(sigtimedwait, set, info, timeout);
	return (int)__call_sigtimedwait((const unsigned int *)set, (struct croft_siginfo *)info,
					timeout);
}

int sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
	return sigtimedwait(set, info, NULL);
}

int sigwait(const sigset_t *set, int *sig)
{
	long result;

	do
		result = __croft_cancel_5
				 ? __croft_cancel_5((long)set, 0, 0, 0, 0, SYS_sigtimedwait)
				 : __sys_sigtimedwait((const unsigned int *)set, NULL, NULL);
	while (result == -EINTR);
	if (result < 0)
		return (int)-result;
	*sig = (int)result;
	return 0;
}

/* The stack must be MAP_STACK memory: one that is not cannot take an exception frame. */
int sigaltstack(const stack_t *stack, stack_t *old)
{
	return (int)__call_sigaltstack((const struct croft_altstack *)stack,
				       (struct croft_altstack *)old);
}
