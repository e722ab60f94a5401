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

static struct sigaction actions[NSIG];

static void signal_entry(int sig, siginfo_t *info, struct croft_ucontext *context)
	__attribute__((noreturn));

static void signal_entry(int sig, siginfo_t *info, struct croft_ucontext *context)
{
	struct sigaction action = actions[sig];
	sigset_t mask = context->mask | action.sa_mask;

	if (!(action.sa_flags & SA_NODEFER))
		mask |= (sigset_t)1 << sig;
	if (action.sa_flags & SA_RESETHAND) {
		actions[sig].sa_handler = SIG_DFL;
		__sys_sigaction(sig, SIG_DISP_DEFAULT, 0, NULL);
	}
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

int sigaction(int sig, const struct sigaction *action, struct sigaction *old)
{
	struct sigaction before;
	int err;

	if (sig < 1 || sig >= NSIG) {
		errno = EINVAL;
		return -1;
	}
	before = actions[sig];
	if (action) {
		/* The table first: the signal may come as soon as the kernel knows. */
		actions[sig] = *action;
		err = (int)syscall_result(__sys_sigaction(sig, disposition(action), flags(action),
							  (const void *)signal_entry));
		if (err) {
			actions[sig] = before;
			return err;
		}
	}
	if (old)
		*old = before;
	return 0;
}

_sig_func_ptr signal(int sig, _sig_func_ptr handler)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART }, old;

	return sigaction(sig, &action, &old) ? SIG_ERR : old.sa_handler;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	return (int)syscall_result(
		__sys_sigprocmask(how, (const unsigned int *)set, (unsigned int *)old));
}

/* newlib has these two beside a signal() of its own, which must not come in. */
int raise(int sig)
{
	return (int)syscall_result(__sys_thread_kill((int)__sys_gettid(), sig));
}

int _raise_r(struct _reent *reent, int sig)
{
	(void)reent;
	return raise(sig);
}
