/* SPDX-License-Identifier: MIT */
/*
 * Signal handlers.
 *
 * The kernel calls signal_entry() for every signal that is handled, with all signals blocked; what
 * to do about which is in a table here.  See croft/signal.h.
 */
#include "syscall.h"

#include <croft/signal.h>
#include <signal.h>
#include <string.h>

/*
 * What was last given to handle a signal with.  It stays when the signal is no longer handled: one
 * that is on its way in another thread still finds its handler, and a vfork child takes nothing from
 * its parent by signal(sig, SIG_DFL).
 */
static struct sigaction actions[NSIG];

static void signal_entry(int sig, siginfo_t *info, struct croft_ucontext *context)
	__attribute__((noreturn));

static void signal_entry(int sig, siginfo_t *info, struct croft_ucontext *context)
{
	struct sigaction action = actions[sig];
	sigset_t mask = context->mask | action.sa_mask;

	if (!(action.sa_flags & SA_NODEFER))
		mask |= (sigset_t)1 << sig;
	if (action.sa_flags & SA_RESETHAND)
		__sys_sigaction(sig, SIG_DISP_DEFAULT, 0, NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	if (action.sa_flags & SA_SIGINFO)
		action.sa_sigaction(sig, info, context);
	else
		action.sa_handler(sig);
	for (;;)
		__sys_sigreturn(context);
}

static int disposition(const struct sigaction *action)
{
	if (action->sa_handler == SIG_DFL)
		return SIG_DISP_DEFAULT;
	return action->sa_handler == SIG_IGN ? SIG_DISP_IGNORE : SIG_DISP_HANDLE;
}

static int flags(const struct sigaction *action)
{
	return (action->sa_flags & SA_RESTART ? CROFT_SA_RESTART : 0) |
	       (action->sa_flags & SA_ONSTACK ? CROFT_SA_ONSTACK : 0) |
	       (action->sa_flags & SA_NOCLDSTOP ? CROFT_SA_NOCLDSTOP : 0) |
	       (action->sa_flags & SA_NOCLDWAIT ? CROFT_SA_NOCLDWAIT : 0);
}

/* What the kernel tells of a signal that is not handled: also what was so when the program began. */
static struct sigaction unhandled(long result)
{
	int is = CROFT_SIGACTION_FLAGS(result);

	return (struct sigaction){
		.sa_handler = CROFT_SIGACTION_DISPOSITION(result) == SIG_DISP_IGNORE ? SIG_IGN
										     : SIG_DFL,
		.sa_flags = (is & CROFT_SA_RESTART ? SA_RESTART : 0) |
			    (is & CROFT_SA_ONSTACK ? SA_ONSTACK : 0) |
			    (is & CROFT_SA_NOCLDSTOP ? SA_NOCLDSTOP : 0) |
			    (is & CROFT_SA_NOCLDWAIT ? SA_NOCLDWAIT : 0),
	};
}

int sigaction(int sig, const struct sigaction *action, struct sigaction *old)
{
	int to = action ? disposition(action) : SIG_DISP_ASK;
	struct sigaction before = { 0 };
	long result;

	if (sig < 1 || sig >= NSIG) {
		errno = EINVAL;
		return -1;
	}
	before = actions[sig];
	/* The table first: the signal may come as soon as the kernel knows. */
	if (to == SIG_DISP_HANDLE)
		actions[sig] = *action;
	result = __call_sigaction(sig, to, action ? flags(action) : 0, (const void *)signal_entry);
	if (result < 0) {
		actions[sig] = before;
		return -1;
	}
	if (CROFT_SIGACTION_DISPOSITION(result) != SIG_DISP_HANDLE)
		before = unhandled(result);
	if (old)
		*old = before;
	return 0;
}

_sig_func_ptr signal(int sig, _sig_func_ptr handler)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART }, old;

	return sigaction(sig, &action, &old) ? SIG_ERR : old.sa_handler;
}

/* newlib has these two beside a signal() of its own, which must not come in. */
int raise(int sig)
{
	return (int)__call_thread_kill((int)__sys_gettid(), sig);
}

int _raise_r(struct _reent *reent, int sig)
{
	(void)reent;
	return raise(sig);
}
