/* SPDX-License-Identifier: MIT */
/* What signals tell: who sent them and why, with the value that was given; in which order. */
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>

#include "tap.h"

#define MANY 40 /* more than may be pending */

static volatile int count;
static volatile siginfo_t last;

static void keep(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	memcpy((void *)&last, info, sizeof(*info));
	count++;
}

static void handle(int sig)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_RESTART };

	action.sa_sigaction = keep;
	sigaction(sig, &action, NULL);
	count = 0;
}

static sigset_t only(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	return set;
}

static int send(long pid, long value)
{
	return sigqueue((pid_t)pid, SIGUSR1, (union sigval){ .sival_int = (int)value });
}

static int nothing(long a, long b)
{
	(void)a;
	(void)b;
	return 0;
}

static const struct part parts[] = { { "send", send }, { "nothing", nothing }, { 0 } };

static void test_users(void)
{
	pid_t child;

	handle(SIGUSR1);
	kill(getpid(), SIGUSR1);
	OK(count == 1 && last.si_code == SI_USER && last.si_pid == getpid(), "kill(): SI_USER");
	IS(last.si_uid, getuid(), "and the user");
	child = part_start("send", getpid(), -77);
	OK(part_ended(child, 0), "a child calls sigqueue()");
	OK(count == 2 && last.si_code == SI_QUEUE && last.si_pid == child, "SI_QUEUE, the child");
	IS(last.si_value.sival_int, -77, "and the value");
	IS(sigqueue(getpid(), 0, (union sigval){ .sival_int = 0 }), 0, "signal 0 only asks");
	OK(sigqueue(getpid(), 99, (union sigval){ .sival_int = 0 }) == -1 && errno == EINVAL,
	   "no such signal: EINVAL");
	OK(sigqueue(31999, 0, (union sigval){ .sival_int = 0 }) == -1 && errno == ESRCH,
	   "no such process: ESRCH");
	OK(sigqueue(1, SIGUSR1, (union sigval){ .sival_int = 0 }) == -1 && errno == EPERM,
	   "the first process: EPERM");
}

/* Those with values queue, in order, up to a number; the others do not. */
static void test_queue(void)
{
	sigset_t usr1 = only(SIGUSR1), old, pending;
	long before = system_info(INFO_FREE_PAGES);
	int sent = 0, taken = 0, in_order = 1;
	siginfo_t info;

	sigprocmask(SIG_BLOCK, &usr1, &old);
	errno = 0;
	while (sent < MANY && sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = sent }) == 0)
		sent++;
	OK(sent >= 8 && sent < MANY && errno == EAGAIN, "so many may wait: EAGAIN");
	IS(kill(getpid(), SIGUSR1), 0, "kill() never fails for that");
	while (sigtimedwait(&usr1, &info, &(struct timespec){ 0 }) == SIGUSR1)
		in_order &= info.si_code == SI_QUEUE && info.si_value.sival_int == taken++;
	IS(taken, sent, "all of them come");
	OK(in_order, "in order, with their values");
	sigqueue(getpid(), SIGUSR1, (union sigval){ .sival_int = 1 });
	signal(SIGUSR1, SIG_IGN);
	OK(sigpending(&pending) == 0 && !sigismember(&pending, SIGUSR1), "SIG_IGN forgets them");
	handle(SIGUSR1);
	OK(sigtimedwait(&usr1, &info, &(struct timespec){ 0 }) == -1 && errno == EAGAIN,
	   "for good");
	sigprocmask(SIG_SETMASK, &old, NULL);
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
}

static void test_timers(void)
{
	struct itimerspec soon = { .it_value.tv_nsec = 5000000 };
	sigset_t usr2 = only(SIGUSR2), old;
	int found[2] = { 0, 0 };
	timer_t timers[2];
	siginfo_t info;

	sigprocmask(SIG_BLOCK, &usr2, &old);
	for (int i = 0; i < 2; i++) {
		struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
					  .sigev_signo = SIGUSR2,
					  .sigev_value.sival_ptr = &found[i] };

		OK(timer_create(CLOCK_MONOTONIC, &event, &timers[i]) == 0 &&
			   timer_settime(timers[i], 0, &soon, NULL) == 0,
		   "a timer with a value");
	}
	usleep(20000);
	for (int i = 0; i < 2; i++)
		if (sigtimedwait(&usr2, &info, &(struct timespec){ 0 }) == SIGUSR2 &&
		    info.si_code == SI_TIMER)
			++*(int *)info.si_value.sival_ptr;
	OK(found[0] == 1 && found[1] == 1, "two of one signal both come, SI_TIMER, each its value");
	handle(SIGUSR2);
	timer_settime(timers[1], 0, &soon, NULL);
	usleep(20000);
	sigprocmask(SIG_SETMASK, &old, NULL);
	OK(count == 1 && last.si_code == SI_TIMER && last.si_value.sival_ptr == &found[1],
	   "a handler is told the value");
	sigprocmask(SIG_BLOCK, &usr2, NULL);
	timer_settime(timers[0], 0, &soon, NULL);
	usleep(20000);
	timer_delete(timers[0]);
	timer_delete(timers[1]);
	sigprocmask(SIG_SETMASK, &old, NULL);
	IS(count, 1, "a timer that is deleted takes its signal with it");
	handle(SIGALRM);
	alarm(1);
	pause();
	OK(count == 1 && last.si_code == SI_TIMER, "alarm(): SI_TIMER");
}

/* A status that has been waited for has no signal any more, that of another child has. */
static void test_children(void)
{
	sigset_t chld = only(SIGCHLD), old, pending;
	siginfo_t info;
	pid_t a, b;

	handle(SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, &old);
	a = part_start("nothing", 0, 0);
	b = part_start("nothing", 0, 0);
	OK(part_ended(a, 0), "one of two children has ended");
	usleep(20000);
	OK(sigtimedwait(&chld, &info, NULL) == SIGCHLD && info.si_pid == b, "SIGCHLD of the other");
	part_status(b);
	part_status(part_start("nothing", 0, 0));
	OK(sigpending(&pending) == 0 && !sigismember(&pending, SIGCHLD),
	   "none when all have been waited for");
	sigprocmask(SIG_SETMASK, &old, NULL);
	IS(count, 0, "nor later");
}

static sigjmp_buf back;

static void jump(int sig, siginfo_t *info, void *context)
{
	keep(sig, info, context);
	siglongjmp(back, 1);
}

static void divide(void)
{
	int zero = 0, result;

	__asm volatile("sdiv %0, %1, %1" : "=r"(result) : "r"(zero));
}

static void undefined(void)
{
	__asm volatile("udf #0");
}

static void coprocessor(void)
{
	__asm volatile("mcr p7, 0, r0, c0, c0, 0");
}

static void unaligned(void)
{
	static long long there;

	__asm volatile("ldrd r2, r3, [%0]" : : "r"((char *)&there + 1) : "r2", "r3");
}

static void breakpoint(void)
{
	__asm volatile("bkpt #1");
}

/* What a fault was; where is the program counter, but for SIGSEGV. */
static void test_faults(void)
{
	static const struct {
		void (*make)(void);
		int sig, code;
		const char *name;
	} faults[] = {
		{ divide, SIGFPE, FPE_INTDIV, "a division by zero: SIGFPE, FPE_INTDIV" },
		{ undefined, SIGILL, ILL_ILLOPC, "no instruction: SIGILL, ILL_ILLOPC" },
		{ coprocessor, SIGILL, ILL_COPROC, "no coprocessor: SIGILL, ILL_COPROC" },
		{ unaligned, SIGBUS, BUS_ADRALN, "not aligned: SIGBUS, BUS_ADRALN" },
		{ breakpoint, SIGTRAP, TRAP_BRKPT, "a breakpoint: SIGTRAP, TRAP_BRKPT" },
	};
	struct sigaction action = { .sa_flags = SA_SIGINFO };

	action.sa_sigaction = jump;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		uintptr_t from = (uintptr_t)faults[i].make & ~1u, at;

		sigaction(faults[i].sig, &action, NULL);
		last.si_signo = 0;
		if (sigsetjmp(back, 1) == 0)
			faults[i].make();
		at = (uintptr_t)last.si_addr;
		OK(last.si_signo == faults[i].sig && last.si_code == faults[i].code && at >= from &&
			   at < from + 32,
		   faults[i].name);
		signal(faults[i].sig, SIG_DFL);
	}
}

static void test(void)
{
	test_faults();
	test_users();
	test_queue();
	test_timers();
	test_children();
}

TAP_MAIN(parts, test)
