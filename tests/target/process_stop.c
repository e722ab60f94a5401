/* SPDX-License-Identifier: MIT */
/*
 * Stopping and continuing: nothing of a stopped process runs, nothing that it waits for is lost, and
 * its parent learns of it as it has asked to.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>

#include "tap.h"

#define SOON 30000 /* microseconds: more than a child takes to start or to stop */

/* A page of a RAM file, which parts count into. */
static volatile unsigned int *shared;
static int shared_fd;

static volatile unsigned int *map_shared(int fd)
{
	return mmap(NULL, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
}

/* Two threads, each of which counts. */
static void *count(void *at)
{
	for (volatile unsigned int *word = at;;)
		++*word;
	return NULL;
}

static int count_twice(long fd, long b)
{
	pthread_t thread;

	(void)b;
	shared = map_shared((int)fd);
	pthread_create(&thread, NULL, count, (void *)&shared[0]);
	count((void *)&shared[1]);
	return 0;
}

static int read_one(long fd, long b)
{
	char c = 0;

	(void)b;
	return read((int)fd, &c, 1) == 1 ? c : 1;
}

static int stop_self(long sig, long b)
{
	(void)b;
	raise((int)sig);
	return 7;
}

static volatile sig_atomic_t seen;

static void see(int sig)
{
	seen = sig;
}

/* Handle SIGTSTP, and so not stop; SIGCONT comes as well as what it does. */
static int handles(long a, long b)
{
	(void)a;
	(void)b;
	signal(SIGTSTP, see);
	signal(SIGCONT, see);
	raise(SIGTSTP);
	if (seen != SIGTSTP)
		return 1;
	raise(SIGSTOP);
	return seen == SIGCONT ? 7 : 2;
}

/* Block SIGTSTP: it stops when it is let in. */
static int blocks(long a, long b)
{
	sigset_t set, pending;

	(void)a;
	(void)b;
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGTSTP);
	if (sigpending(&pending) || !sigismember(&pending, SIGTSTP))
		return 1;
	raise(SIGCONT); /* takes it away */
	if (sigpending(&pending) || sigismember(&pending, SIGTSTP))
		return 2;
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	return 7;
}

/* Let it in by sigsuspend(): no handler is called, which would give the old mask back. */
static int suspends(long a, long b)
{
	sigset_t set, none;

	(void)a;
	(void)b;
	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGTSTP);
	if (sigsuspend(&none) != -1 || errno != EINTR)
		return 1;
	sigemptyset(&set);
	sigprocmask(SIG_BLOCK, NULL, &set);
	return sigismember(&set, SIGTSTP) ? 7 : 2;
}

/* Sleep; how long it took is told by the time of the end. */
static int doze(long ms, long b)
{
	struct timespec ts = { .tv_nsec = ms * 1000000 };

	(void)b;
	return nanosleep(&ts, NULL) ? 1 : 7;
}

static const struct part parts[] = { { "count", count_twice }, { "read", read_one },
				     { "self", stop_self },    { "handles", handles },
				     { "blocks", blocks },     { "suspends", suspends },
				     { "doze", doze },	       { 0 } };

static int stopped_by(pid_t pid, int sig)
{
	int status = -1;

	if (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) &&
	    WSTOPSIG(status) == sig)
		return 1;
	note("wait status", status);
	return 0;
}

static int continued(pid_t pid)
{
	int status = -1;

	if (waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status))
		return 1;
	note("wait status", status);
	return 0;
}

/* Does neither of the two counters move? */
static int stands_still(void)
{
	unsigned int a = shared[0], b = shared[1];

	usleep(SOON);
	return shared[0] == a && shared[1] == b;
}

/* Do both? */
static int moves(void)
{
	unsigned int a = shared[0], b = shared[1];

	for (int i = 0; i < 20 && (shared[0] == a || shared[1] == b); i++)
		usleep(SOON);
	return shared[0] != a && shared[1] != b;
}

static void test_threads(void)
{
	pid_t pid = part_start("count", shared_fd, 0);
	int status;

	OK(moves(), "two threads of a process count");
	IS(kill(pid, SIGSTOP), 0, "SIGSTOP");
	OK(stands_still(), "both stand still");
	OK(stopped_by(pid, SIGSTOP), "waitpid(WUNTRACED) tells");
	IS(waitpid(pid, &status, WUNTRACED | WNOHANG), 0, "once");
	kill(pid, SIGSTOP);
	IS(waitpid(pid, &status, WUNTRACED | WNOHANG), 0, "stopped again it is no news");
	IS(waitpid(pid, &status, WNOHANG), 0, "it has not ended");
	IS(kill(pid, SIGTERM), 0, "SIGTERM waits");
	IS(waitpid(pid, &status, WNOHANG), 0, "while it is stopped");
	IS(kill(pid, SIGCONT), 0, "SIGCONT");
	OK(part_died(pid, SIGTERM), "then it ends");
	pid = part_start("count", shared_fd, 0);
	OK(moves(), "another one counts");
	kill(pid, SIGTSTP);
	OK(stopped_by(pid, SIGTSTP) && stands_still(), "SIGTSTP stops it too");
	kill(pid, SIGCONT);
	OK(continued(pid), "waitpid(WCONTINUED) tells");
	OK(moves(), "both threads go on");
	kill(pid, SIGTTIN);
	OK(stopped_by(pid, SIGTTIN), "SIGTTIN stops it");
	kill(pid, SIGCONT);
	kill(pid, SIGTTOU);
	OK(stopped_by(pid, SIGTTOU), "SIGTTOU, and the news of before is forgotten");
	IS(kill(pid, SIGKILL), 0, "SIGKILL");
	OK(part_died(pid, SIGKILL), "ends one that is stopped");
}

static void test_waits(void)
{
	int fds[2], status;
	pid_t pid;

	pipe(fds);
	pid = part_start("read", fds[0], 0);
	usleep(SOON);
	kill(pid, SIGSTOP);
	OK(stopped_by(pid, SIGSTOP), "one that waits for a pipe is stopped");
	kill(pid, SIGCONT);
	OK(continued(pid), "and continued");
	IS(waitpid(pid, &status, WNOHANG), 0, "and waits as before");
	kill(pid, SIGSTOP);
	write(fds[1], "\7", 1);
	usleep(SOON);
	IS(waitpid(pid, &status, WNOHANG), 0, "it is stopped when the byte comes");
	kill(pid, SIGCONT);
	OK(part_ended(pid, 7), "and has it when it is continued");
	close(fds[0]);
	close(fds[1]);
	pid = part_start("doze", 60, 0);
	usleep(SOON);
	kill(pid, SIGSTOP);
	usleep(3 * SOON);
	IS(waitpid(pid, &status, WNOHANG), 0, "a sleep that is over while it is stopped");
	kill(pid, SIGCONT);
	OK(part_ended(pid, 7), "is over when it is continued, with nothing to tell");
}

static void test_own(void)
{
	static const int sigs[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU };
	pid_t pid;

	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++) {
		pid = part_start("self", sigs[i], 0);
		OK(stopped_by(pid, sigs[i]), "a process stops itself");
		kill(pid, SIGCONT);
		OK(part_ended(pid, 7), "and goes on behind raise()");
	}
	pid = part_start("handles", 0, 0);
	OK(stopped_by(pid, SIGSTOP), "SIGTSTP is handled, SIGSTOP stops");
	kill(pid, SIGCONT);
	OK(part_ended(pid, 7), "SIGCONT continues, and is handled");
	pid = part_start("blocks", 0, 0);
	OK(stopped_by(pid, SIGTSTP), "SIGTSTP is blocked, taken away by SIGCONT, let in");
	kill(pid, SIGCONT);
	OK(part_ended(pid, 7), "and continued");
	pid = part_start("suspends", 0, 0);
	OK(stopped_by(pid, SIGTSTP), "sigsuspend() lets it in");
	kill(pid, SIGCONT);
	OK(part_ended(pid, 7), "behind it, it is blocked as before");
}

static volatile siginfo_t child_info;
static volatile int child_signals;

static void on_child(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	memcpy((void *)&child_info, info, sizeof(*info));
	child_signals++;
}

static void handle_children(int flags)
{
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_RESTART | flags };

	action.sa_sigaction = on_child;
	sigaction(SIGCHLD, &action, NULL);
	child_signals = 0;
}

static int told(pid_t pid, int code, int status)
{
	for (int i = 0; i < 20 && child_signals == 0; i++)
		usleep(SOON);
	if (child_signals == 1 && child_info.si_pid == pid && child_info.si_code == code &&
	    child_info.si_status == status) {
		child_signals = 0;
		return 1;
	}
	note("signals", child_signals);
	note("code", child_info.si_code);
	note("status", child_info.si_status);
	return 0;
}

static void test_sigchld(void)
{
	long before = system_info(INFO_FREE_PAGES);
	pid_t pid;

	handle_children(0);
	pid = part_start("self", SIGSTOP, 0);
	OK(told(pid, CLD_STOPPED, SIGSTOP), "SIGCHLD: CLD_STOPPED");
	kill(pid, SIGCONT);
	OK(continued(pid), "it is continued");
	/* What it does then comes soon after: either may be told first. */
	OK(part_ended(pid, 7), "and ends");
	OK(child_info.si_code == CLD_EXITED && child_info.si_status == 7, "SIGCHLD: CLD_EXITED");
	handle_children(0);
	pid = part_start("doze", 900, 0);
	kill(pid, SIGSTOP);
	OK(told(pid, CLD_STOPPED, SIGSTOP), "stopped");
	kill(pid, SIGCONT);
	OK(told(pid, CLD_CONTINUED, SIGCONT), "SIGCHLD: CLD_CONTINUED");
	kill(pid, SIGTERM);
	OK(told(pid, CLD_KILLED, SIGTERM), "SIGCHLD: CLD_KILLED");
	part_died(pid, SIGTERM);

	handle_children(SA_NOCLDSTOP);
	pid = part_start("self", SIGSTOP, 0);
	OK(stopped_by(pid, SIGSTOP), "SA_NOCLDSTOP: waitpid() tells");
	kill(pid, SIGCONT);
	OK(part_ended(pid, 7), "it ends");
	OK(told(pid, CLD_EXITED, 7), "that is the only signal");

	handle_children(SA_NOCLDWAIT);
	pid = part_start("self", SIGCONT, 0);
	OK(waitpid(pid, NULL, 0) == -1 && errno == ECHILD, "SA_NOCLDWAIT: no status, when it ends");
	OK(kill(pid, 0) == -1 && errno == ESRCH, "and no process");
	IS(child_signals, 1, "but a signal");
	signal(SIGCHLD, SIG_IGN);
	pid = part_start("self", SIGCONT, 0);
	OK(waitpid(-1, NULL, 0) == -1 && errno == ECHILD, "SIG_IGN: the same");
	signal(SIGCHLD, SIG_DFL);
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
}

static void test(void)
{
	char name[] = "/tmp/stop";

	shared_fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (!OK(shared_fd >= 0 && ftruncate(shared_fd, 64) == 0, "a file to count in"))
		return;
	unlink(name);
	shared = map_shared(shared_fd);
	signal(SIGTSTP, SIG_DFL); /* the shell of a command line ignores it */
	test_threads();
	test_waits();
	test_own();
	test_sigchld();
}

TAP_MAIN(parts, test)
