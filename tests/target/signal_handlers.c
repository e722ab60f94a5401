/* SPDX-License-Identifier: MIT */
/*
 * Signals that are handled: what the handler is told, what is blocked meanwhile, where it runs, how
 * it is left, and what a forged way back gains.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include <croft/signal.h>
#include <generated/syscalls.h>

#include "tap.h"

static volatile int seen, depth, deepest, raised;
static volatile siginfo_t info;
static volatile uintptr_t handler_sp;
static sigjmp_buf back;

static void keep(int sig, siginfo_t *about, void *context)
{
	char here;

	(void)context;
	seen = sig;
	memcpy((void *)&info, about, sizeof(info));
	handler_sp = (uintptr_t)&here;
	if (++depth > deepest)
		deepest = depth;
	if (sig == SIGUSR1 && raised++ == 0)
		raise(SIGUSR1); /* blocked while its handler runs, unless it said otherwise */
	depth--;
}

static volatile int came;

static void come(int sig)
{
	if (came++ == 0)
		raise(sig);
}

static void jump_back(int sig)
{
	siglongjmp(back, sig);
}

static int handle(int sig, void (*handler)(int, siginfo_t *, void *), int flags)
{
	struct sigaction action = { .sa_flags = flags | SA_SIGINFO };

	action.sa_sigaction = handler;
	seen = depth = deepest = raised = 0;
	return sigaction(sig, &action, NULL);
}

static int is_blocked(int sig)
{
	sigset_t set;

	sigprocmask(SIG_SETMASK, NULL, &set);
	return sigismember(&set, sig);
}

static sigset_t only(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	return set;
}

static void handled(void)
{
	handle(SIGUSR2, keep, 0);
	OK(raise(SIGUSR2) == 0 && seen == SIGUSR2, "raise() calls the handler");
	OK(info.si_signo == SIGUSR2 && info.si_pid == getpid(),
	   "it is told the signal and the sender");
	OK(!is_blocked(SIGUSR2), "the mask is as before when it has returned");
	handle(SIGUSR1, keep, 0);
	raise(SIGUSR1);
	IS(deepest, 1, "a signal is blocked while its handler runs");
	handle(SIGUSR1, keep, SA_NODEFER);
	raise(SIGUSR1);
	IS(deepest, 2, "but not with SA_NODEFER");
	handle(SIGUSR2, keep, SA_RESETHAND);
	raise(SIGUSR2);
	struct sigaction action;
	OK(sigaction(SIGUSR2, NULL, &action) == 0 && action.sa_handler == SIG_DFL,
	   "SA_RESETHAND: once");
	OK(sigaction(SIGKILL, &action, NULL) == -1 && errno == EINVAL, "SIGKILL cannot be handled");
	OK(sigaction(NSIG, NULL, &action) == -1 && errno == EINVAL, "nor a signal that is none");
	signal(SIGUSR2, SIG_IGN);
	OK(raise(SIGUSR2) == 0, "SIG_IGN: nothing");
}

static void blocked(void)
{
	sigset_t usr2 = only(SIGUSR2), none, pending;

	sigemptyset(&none);
	handle(SIGUSR2, keep, 0);
	sigprocmask(SIG_BLOCK, &usr2, NULL);
	raise(SIGUSR2);
	OK(seen == 0, "a blocked signal waits");
	OK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR2) == 1, "and is pending");
	errno = 0;
	OK(sigsuspend(&none) == -1 && errno == EINTR && seen == SIGUSR2,
	   "sigsuspend() lets it come");
	OK(is_blocked(SIGUSR2), "and blocks it again");
	raise(SIGUSR2);
	int sig = 0;
	OK(sigwait(&usr2, &sig) == 0 && sig == SIGUSR2, "sigwait() takes it");
	struct timespec soon = { .tv_nsec = 20000000 };
	errno = 0;
	OK(sigtimedwait(&usr2, NULL, &soon) == -1 && errno == EAGAIN, "sigtimedwait(): EAGAIN");
	sigprocmask(SIG_UNBLOCK, &usr2, NULL);
}

static int is_pending(int sig)
{
	sigset_t set;

	sigpending(&set);
	return sigismember(&set, sig);
}

/* What a handler leaves behind comes at once, and not when something else happens. */
static void again(void)
{
	signal(SIGUSR1, come);
	raise(SIGUSR1);
	IS(came, 2, "one that comes while its handler runs is handled when that returns");
	signal(SIGUSR1, SIG_DFL);
}

/* Each of the two takes the other away, also where both are blocked. */
static void stops(void)
{
	static const int stop[] = { SIGTSTP, SIGTTIN, SIGTTOU };
	sigset_t all, before;
	int good = 1;

	signal(SIGTSTP, SIG_DFL); /* the shell ignores it */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	for (int i = 0; i < 3; i++) {
		raise(stop[i]);
		good &= is_pending(stop[i]);
		raise(SIGCONT);
		good &= !is_pending(stop[i]) && is_pending(SIGCONT);
		raise(stop[i]);
		good &= is_pending(stop[i]) && !is_pending(SIGCONT);
	}
	OK(good, "SIGCONT discards a stop that is pending, and a stop SIGCONT");
	raise(SIGCONT);
	sigprocmask(SIG_SETMASK, &before, NULL);
	OK(!is_pending(SIGCONT), "then nothing stops");
}

static void faults(void)
{
	volatile int tries = 0;
	char *page = mmap(NULL, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	signal(SIGSEGV, jump_back);
	if (sigsetjmp(back, 1) == 0) {
		*(volatile char *)page = 1;
	} else {
		tries = 1;
	}
	OK(tries == 1, "siglongjmp() out of a fault");
	OK(!is_blocked(SIGSEGV), "restores the mask");
	for (tries = 0; tries < 50; tries++)
		if (sigsetjmp(back, 1) == 0)
			*(volatile char *)page = 1;
	OK(tries == 50, "fifty times");
	signal(SIGSEGV, SIG_DFL);
}

/* What is no handler is told as it is, with its flags. */
static void unhandled(void)
{
	struct sigaction action;

	signal(SIGALRM, SIG_IGN);
	OK(sigaction(SIGALRM, NULL, &action) == 0 && action.sa_handler == SIG_IGN,
	   "SIG_IGN is told");
	OK(sigaction(SIGKILL, NULL, &action) == 0 && action.sa_handler == SIG_DFL,
	   "so is what becomes of SIGKILL");
	action.sa_flags = SA_NOCLDSTOP | SA_NOCLDWAIT;
	sigaction(SIGCHLD, &action, NULL);
	OK(sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_DFL &&
		   action.sa_flags == (SA_NOCLDSTOP | SA_NOCLDWAIT),
	   "and of SIGCHLD, with its flags");
	signal(SIGCHLD, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
}

/* The program of a vfork() child begins without handlers; the parent's stay. */
static void vforked(void)
{
	char *argv[] = { tap_self, (char *)"ignores", (char *)"0", (char *)"0", NULL };
	char path[32] = "/bin/";
	pid_t pid;

	handle(SIGUSR2, keep, 0);
	signal(SIGUSR1, SIG_IGN);
	strcat(path, tap_self);
	pid = vfork();
	if (pid == 0) {
		signal(SIGUSR2, SIG_DFL);
		execv(path, argv);
		_exit(9);
	}
	OK(part_ended(pid, 0), "a program finds ignored what was, and signal() tells it");
	OK(raise(SIGUSR2) == 0 && seen == SIGUSR2,
	   "SIG_DFL in a vfork() child: the parent's handler stays");
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
}

static char *alt_end(size_t len)
{
	char *stack = mmap(NULL, len, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	stack_t alt = { .ss_sp = stack, .ss_size = len };

	return sigaltstack(&alt, NULL) == 0 ? stack + len : NULL;
}

static int overflow(volatile int n)
{
	volatile char frame[64];

	frame[n & 63] = 1;
	return n < 0 ? 0 : overflow(n + 1) + frame[0];
}

static void alternate(void)
{
	static char no_stack[2048];
	stack_t alt = { .ss_sp = no_stack, .ss_size = sizeof(no_stack) };

	OK(sigaltstack(&alt, NULL) == -1 && errno == EINVAL, "memory that is no stack is refused");
	char *end = alt_end(2048);
	handle(SIGUSR2, keep, SA_ONSTACK);
	raise(SIGUSR2);
	OK(end && handler_sp < (uintptr_t)end && handler_sp >= (uintptr_t)end - 2048,
	   "SA_ONSTACK: the handler runs there");
	handle(SIGUSR2, keep, 0);
	raise(SIGUSR2);
	OK(handler_sp >= (uintptr_t)end || handler_sp < (uintptr_t)end - 2048, "without it: not");
	alt.ss_sp = end - MINSIGSTKSZ;
	alt.ss_size = MINSIGSTKSZ - 8;
	OK(sigaltstack(&alt, NULL) == -1 && errno == ENOMEM, "one that is too small: ENOMEM");
	alt.ss_size = MINSIGSTKSZ;
	OK(sigaltstack(&alt, NULL) == 0, "the least size is good");
}

/* Parts that must die. */

static int forge(long what, long unused)
{
	struct croft_ucontext context;

	(void)unused;
	memset(&context, 0, sizeof(context));
	context.sp = (unsigned int)(uintptr_t)&context;
	context.pc = (unsigned int)(uintptr_t)forge;
	context.xpsr = 1 << 24;
	switch (what) {
	case 0:
		context.pc = 0x100; /* kernel text */
		break;
	case 1:
		context.pc = 0xfffffffd; /* EXC_RETURN */
		break;
	case 2:
		context.sp = 0x20000100; /* kernel RAM */
		break;
	case 3:
		context.sp = 0;
		break;
	case 4:
		context.xpsr = 0xffffffff; /* an exception number, every IT bit */
		context.pc = 0xe000e000;
		break;
	default:
		__sys_sigreturn((struct croft_ucontext *)0x20000000);
		return 1;
	}
	__sys_sigreturn(&context);
	return 1;
}

/* A handler on the alternate stack sees a stack overflow where the frame could still be stored. */
static void leave(int sig)
{
	_exit(sig == SIGSEGV ? 42 : 1);
}

static int overflow_handled(long unused, long unused2)
{
	struct sigaction action = { .sa_flags = SA_ONSTACK };

	(void)unused, (void)unused2;
	action.sa_handler = leave;
	alt_end(2048);
	sigaction(SIGSEGV, &action, NULL);
	return overflow(0);
}

static int waits_for_kill(long unused, long unused2)
{
	(void)unused, (void)unused2;
	signal(SIGTERM, SIG_IGN);
	while (pause())
		;
	return 1;
}

static int ignores(long unused, long unused2)
{
	struct sigaction action;

	(void)unused, (void)unused2;
	sigaction(SIGUSR2, NULL, &action);
	if (action.sa_handler != SIG_DFL)
		return 1;
	sigaction(SIGUSR1, NULL, &action);
	if (action.sa_handler != SIG_IGN)
		return 2;
	return signal(SIGUSR1, SIG_DFL) == SIG_IGN ? 0 : 3;
}

static const struct part parts[] = { { "forge", forge },
				     { "overflow", overflow_handled },
				     { "wait", waits_for_kill },
				     { "ignores", ignores },
				     { 0 } };

static int gained_nothing(long what)
{
	int status = part_status(part_start("forge", what, 0));

	return status != -1 && WIFSIGNALED(status);
}

static void children(void)
{
	sigset_t chld = only(SIGCHLD);
	siginfo_t about;

	handle(SIGCHLD, keep, 0);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	pid_t pid = part_start("wait", 0, 0);
	kill(pid, SIGTERM);
	kill(pid, SIGKILL);
	OK(sigwaitinfo(&chld, &about) == SIGCHLD && about.si_pid == pid &&
		   about.si_code == CLD_KILLED && about.si_status == SIGKILL,
	   "SIGCHLD tells which child died of what");
	OK(raise(SIGCHLD) == 0 && is_pending(SIGCHLD), "one more is pending");
	signal(SIGCHLD, SIG_DFL);
	OK(!is_pending(SIGCHLD), "SIG_DFL forgets it, as SIG_IGN would");
	part_status(pid);
	sigprocmask(SIG_UNBLOCK, &chld, NULL);
	for (long what = 0; what <= 5; what++)
		OK(gained_nothing(what), "5 a forged sigreturn frame gains nothing");
	int status = part_status(part_start("overflow", 0, 0));
	OK(status != -1 &&
		   ((WIFEXITED(status) && WEXITSTATUS(status) == 42) || WIFSIGNALED(status)),
	   "a stack overflow: the handler on the other stack, or death");
}

static void test(void)
{
	handled();
	blocked();
	again();
	stops();
	faults();
	unhandled();
	vforked();
	alternate();
	children();
}

TAP_MAIN(parts, test)
