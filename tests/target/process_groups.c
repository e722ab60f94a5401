/* SPDX-License-Identifier: MIT */
/* Process groups: who is in which, who gets the signals of one, and whom waitpid() means. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>

#include "tap.h"

#define SOON 30000 /* microseconds */

static int stay(long a, long b)
{
	(void)b;
	while (a == 0)
		pause();
	return 0;
}

/* Signal one's own group, having left the parent's. */
static int turmoil(long a, long b)
{
	pid_t child;

	(void)a;
	(void)b;
	if (setpgid(0, 0))
		return 1;
	child = part_start("stay", 0, 0);
	signal(SIGTERM, SIG_IGN);
	return kill(0, SIGTERM) || !part_died(child, SIGTERM);
}

/* Become another user: what may that one signal? */
static int stranger(long a, long b)
{
	(void)b;
	if (setuid(7))
		return 1;
	return kill((pid_t)-a, SIGTERM) != -1 || errno != EPERM;
}

static const struct part parts[] = {
	{ "stay", stay }, { "turmoil", turmoil }, { "stranger", stranger }, { 0 }
};

/* Start a part in a group: 0 is one of its own. */
static pid_t start_in(const char *part, pid_t pgid)
{
	char *argv[] = { tap_self, (char *)part, (char *)"0", (char *)"0", NULL };
	struct spawn_args args = { .path = tap_self,
				   .argv = argv,
				   .envp = environ,
				   .flags = SPAWN_SETPGROUP,
				   .pgid = pgid };

	return croft_spawnp(&args);
}

static void test_membership(void)
{
	pid_t old = getpgrp(), child;

	IS(getpgid(0), old, "getpgid(0) is getpgrp()");
	OK(old != getpid(), "a program of the shell is in its group");
	IS(getpgid(getppid()), old, "in which its parent is");
	IS(setpgid(0, 0), 0, "a group of one's own");
	IS(getpgrp(), getpid(), "has one's own number");
	IS(setpgid(0, old), 0, "back to the other");
	IS(getpgrp(), old, "one is in it");
	errno = 0;
	OK(setpgid(0, -1) == -1 && errno == EINVAL, "a negative group: EINVAL");
	OK(setpgid(0, 31999) == -1 && errno == EPERM, "a group without members: EPERM");
	OK(setpgid(getppid(), 0) == -1 && errno == ESRCH, "no child: ESRCH");
	OK(getpgid(31999) == -1 && errno == ESRCH, "the group of nobody: ESRCH");
	child = part_start("stay", 0, 0);
	IS(getpgid(child), old, "a child is in its parent's group");
	OK(setpgid(child, 0) == -1 && errno == EACCES, "it has its program: EACCES");
	kill(child, SIGKILL);
	part_died(child, SIGKILL);
	child = vfork();
	if (child == 0) {
		setpgid(0, 0);
		_exit(getpgrp() != getpid());
	}
	OK(part_ended(child, 0) && getpgrp() == old, "a vfork child leaves, its parent stays");
}

static void test_signals(void)
{
	pid_t a = start_in("stay", 0), b = start_in("stay", a), c = start_in("stay", 0);

	IS(getpgid(a), a, "SPAWN_SETPGROUP: a group of its own");
	IS(getpgid(b), a, "or another's");
	usleep(SOON);
	IS(kill(-a, 0), 0, "is anybody there?");
	OK(part_ended(part_start("stranger", a, 0), 0), "a stranger may signal none of them");
	IS(kill(-a, SIGTERM), 0, "a signal to the group");
	OK(part_died(b, SIGTERM), "ends one");
	OK(part_died(a, SIGTERM), "ends the other");
	IS(waitpid(c, NULL, WNOHANG), 0, "and nobody else");
	OK(kill(-a, SIGTERM) == -1 && errno == ESRCH, "the group is gone: ESRCH");
	OK(kill(INT_MIN, SIGTERM) == -1 && errno == ESRCH, "INT_MIN: ESRCH");
	IS(killpg(c, SIGKILL), 0, "killpg()");
	OK(part_died(c, SIGKILL), "ends the third");
	OK(start_in("stay", 31999) == -1 && errno == EPERM, "spawned into no group: EPERM");
	OK(part_ended(part_start("turmoil", 0, 0), 0), "kill(0): all of the group, and only them");
}

static void test_wait(void)
{
	pid_t a = start_in("stay", 0), b = start_in("stay", a), c = start_in("stay", getpgrp());
	int status;

	OK(waitpid(-31999, NULL, 0) == -1 && errno == ECHILD, "no child in that group: ECHILD");
	kill(c, SIGKILL);
	usleep(SOON);
	IS(waitpid(-a, &status, WNOHANG), 0, "none of the group has ended");
	IS(waitpid(0, &status, 0), c, "waitpid(0): one of the own group");
	kill(b, SIGKILL);
	IS(waitpid(-a, &status, 0), b, "waitpid(-pgid): one of that group");
	kill(a, SIGKILL);
	IS(waitpid(-a, &status, 0), a, "then the other");
	OK(waitpid(-a, &status, 0) == -1 && errno == ECHILD, "then ECHILD");
}

static void test_terminal(void)
{
	int null = open("/dev/null", O_RDWR), tty = open("/dev/tty", O_RDWR);
	pid_t before = tcgetpgrp(tty), other;

	OK(tcgetpgrp(null) == -1 && errno == ENOTTY, "/dev/null is no terminal: ENOTTY");
	OK(tcgetpgrp(99) == -1 && errno == EBADF, "EBADF");
	OK(before > 1, "the terminal's group is no process of the system's");
	IS(tcsetpgrp(tty, getpgrp()), 0, "the own group to the front");
	IS(tcgetpgrp(tty), getpgrp(), "there it is");
	OK(tcsetpgrp(tty, 31999) == -1 && errno == EPERM, "a group without members: EPERM");
	OK(tcsetpgrp(tty, 0) == -1 && errno == EINVAL, "none: EINVAL");
	other = start_in("stay", 0);
	IS(tcsetpgrp(tty, other), 0, "a child's group to the front");
	signal(SIGTTIN, SIG_IGN);
	OK(read(tty, &null, 1) == -1 && errno == EIO, "read behind, SIGTTIN ignored: EIO");
	signal(SIGTTIN, SIG_DFL);
	signal(SIGTTOU, SIG_IGN);
	IS(tcsetpgrp(tty, getpgrp()), 0, "to the front from behind, SIGTTOU ignored");
	signal(SIGTTOU, SIG_DFL);
	kill(other, SIGKILL);
	part_died(other, SIGKILL);
	close(null);
	close(tty);
}

static void test(void)
{
	test_membership();
	test_signals();
	test_wait();
	test_terminal();
}

TAP_MAIN(parts, test)
