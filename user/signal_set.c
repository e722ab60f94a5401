/* SPDX-License-Identifier: MIT */
/* The calls of System V: one signal at a time.  Source: POSIX.1-2017 sighold(), sigset(), sigpause(). */
#include "syscall.h"

#include <signal.h>
#include <stdbool.h>

/* Block or unblock one.  1: it was blocked, 0: not, -1: no signal. */
static int block(int how, int sig)
{
	sigset_t one, old;

	sigemptyset(&one);
	if (sigaddset(&one, sig) || sigprocmask(how, &one, &old))
		return -1;
	return sigismember(&old, sig);
}

int sighold(int sig)
{
	return block(SIG_BLOCK, sig) < 0 ? -1 : 0;
}

int sigrelse(int sig)
{
	return block(SIG_UNBLOCK, sig) < 0 ? -1 : 0;
}

int sigignore(int sig)
{
	struct sigaction action = { .sa_handler = SIG_IGN };

	return sigaction(sig, &action, NULL);
}

int sigpause(int sig)
{
	sigset_t mask;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	return sigdelset(&mask, sig) ? -1 : sigsuspend(&mask);
}

void (*sigset(int sig, void (*handler)(int sig)))(int sig)
{
	struct sigaction action = { .sa_handler = handler }, old;
	bool holds = handler == SIG_HOLD;
	int was;

	if (sigaction(sig, holds ? NULL : &action, &old))
		return SIG_ERR;
	was = block(holds ? SIG_BLOCK : SIG_UNBLOCK, sig);
	if (was < 0)
		return SIG_ERR;
	return was ? SIG_HOLD : old.sa_handler;
}
