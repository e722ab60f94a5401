/* SPDX-License-Identifier: MIT */
/* Signals of one thread. */
#include "thread.h"

#include <signal.h>

int pthread_kill(pthread_t thread, int sig)
{
	unsigned int tid;
	int err;

	if (!__croft_thread_exists(thread))
		return ESRCH;
	tid = WORD_LOAD(&thread->tid);
	err = tid ? (int)-__sys_thread_kill((int)tid, sig) : ESRCH;

	/* One that has ended is there until it is joined. */
	if (err == ESRCH)
		err = sig < 0 || sig >= NSIG ? EINVAL : 0;
	return err;
}
