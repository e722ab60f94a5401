/* SPDX-License-Identifier: MIT */
/*
 * Sets of signals: bit N is signal N, as newlib has it; bit 0 is always clear.
 */
#include "syscall.h"

#include <signal.h>

#define ALL_SIGNALS (~(sigset_t)1)

/* The bit of @sig, or 0 and EINVAL. */
static sigset_t bit(int sig)
{
	if (sig > 0 && sig < NSIG)
		return (sigset_t)1 << sig;
	errno = EINVAL;
	return 0;
}

int sigemptyset(sigset_t *set)
{
	*set = 0;
	return 0;
}

int sigfillset(sigset_t *set)
{
	*set = ALL_SIGNALS;
	return 0;
}

int sigaddset(sigset_t *set, int sig)
{
	*set |= bit(sig);
	return bit(sig) ? 0 : -1;
}

int sigdelset(sigset_t *set, int sig)
{
	*set &= ~bit(sig);
	return bit(sig) ? 0 : -1;
}

int sigismember(const sigset_t *set, int sig)
{
	if (!bit(sig))
		return -1;
	return (*set & bit(sig)) != 0;
}
