/* SPDX-License-Identifier: MIT */
/* Jumps out of signal handlers: siglongjmp().  See setjmp.h. */
#include "syscall.h"

#include <setjmp.h>
#include <signal.h>

void __croft_sigsave(sigjmp_buf env, int savemask)
{
	env[0].has_mask = savemask;
	if (savemask)
		sigprocmask(SIG_SETMASK, NULL, &env[0].mask);
}

void siglongjmp(sigjmp_buf env, int value)
{
	if (env[0].has_mask)
		sigprocmask(SIG_SETMASK, &env[0].mask, NULL);
	longjmp(env[0].env, value);
}
