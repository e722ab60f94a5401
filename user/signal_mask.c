/* SPDX-License-Identifier: MIT */
/* The signals that a thread blocks: never the one that is pthread_cancel()'s, where a program has that. */
#include "syscall.h"

#include <signal.h>

static const unsigned int *without(const sigset_t *set, unsigned int *to)
{
	if (!set || !__croft_cancel_5)
		return (const unsigned int *)set;
	*to = (unsigned int)*set & ~(1u << CANCEL_SIGNAL);
	return to;
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	unsigned int to;

	return (int)-__sys_sigprocmask(
		how, how == SIG_UNBLOCK ? (const unsigned int *)set : without(set, &to),
		(unsigned int *)old);
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return (int)syscall_result(-pthread_sigmask(how, set, old));
}

int sigsuspend(const sigset_t *mask)
{
	unsigned int to;
	const unsigned int *set = without(mask, &to);

	if (__croft_cancel_5)
		return (int)CANCEL_3(sigsuspend, set, 0, 0);
	return (int)__call_sigsuspend(set);
}
