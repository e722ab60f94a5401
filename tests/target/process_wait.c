/* SPDX-License-Identifier: MIT */
/* How processes end, and how others learn of it. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "tap.h"

#define SOON 50000 /* microseconds: more than a child takes to end */

static int leave(long a, long b)
{
	(void)b;
	return (int)a;
}

static int stay(long a, long b)
{
	(void)b;
	while (a > 0)
		usleep((useconds_t)a);
	return 0;
}

/* Spin without ever calling the kernel. */
static int spin(long a, long b)
{
	volatile long forever = a + 1;

	(void)b;
	while (forever)
		;
	return 0;
}

/* Tell at descriptor @a who one's parent is after one's first parent has ended. */
static int orphan(long a, long b)
{
	pid_t parent;

	while ((parent = getppid()) == (pid_t)b)
		usleep(10000);
	write((int)a, &parent, sizeof(parent));
	return 0;
}

/* Start an orphan and leave it. */
static int abandon(long a, long b)
{
	(void)b;
	return part_start("orphan", a, getpid()) < 0;
}

static const struct part parts[] = { { "leave", leave },   { "stay", stay },	   { "spin", spin },
				     { "orphan", orphan }, { "abandon", abandon }, { 0 } };

static void test_status(void)
{
	int status = -1;
	pid_t pid = part_start("leave", 42, 0);

	IS(waitpid(pid, &status, 0), pid, "waitpid gives the child's id");
	OK(WIFEXITED(status) && WEXITSTATUS(status) == 42, "and its status");
	IS(waitpid(pid, &status, 0), -1, "a second time there is no such child");
	IS(errno, ECHILD, "ECHILD");
	OK(part_ended(part_start("leave", 0x1ff, 0), 0xff), "a status has 8 bits");
	pid = part_start("leave", 7, 0);
	IS(waitpid(pid, NULL, 0), pid, "a status that nobody wants");
	IS(waitpid(-1, &status, WNOHANG), -1, "no child at all");
	IS(errno, ECHILD, "ECHILD");
	IS(waitpid(1, &status, 0), -1, "a process that is no child");
	IS(errno, ECHILD, "ECHILD");
	IS(waitpid(-1, &status, 0x4000), -1, "an option that is none");
	IS(errno, EINVAL, "EINVAL");
}

static void test_many(void)
{
	pid_t stays = part_start("stay", SOON, 0), leaves;
	int status;

	IS(waitpid(stays, &status, WNOHANG), 0, "WNOHANG: it has not ended");
	IS(waitpid(-1, &status, WNOHANG), 0, "nor has any other");
	leaves = part_start("leave", 3, 0);
	IS(waitpid(-1, &status, 0), leaves, "any child: the one that ends");
	leaves = part_start("leave", 4, 0);
	usleep(SOON);
	IS(waitpid(-1, &status, WNOHANG), leaves, "WNOHANG: it has ended before");
	IS(kill(stays, 0), 0, "signal 0 only asks");
	IS(waitpid(stays, &status, WNOHANG), 0, "it lives");
	IS(kill(stays, SIGTERM), 0, "SIGTERM");
	OK(part_died(stays, SIGTERM), "ends one that sleeps");
	stays = part_start("spin", 0, 0);
	usleep(SOON);
	IS(kill(stays, SIGKILL), 0, "SIGKILL");
	OK(part_died(stays, SIGKILL), "ends one that spins");
	IS(kill(stays, SIGKILL), -1, "it is gone");
	IS(errno, ESRCH, "ESRCH");
	IS(kill(1, SIGKILL), -1, "the first process cannot be killed");
	IS(errno, EPERM, "EPERM");
	IS(kill(getpid(), 99), -1, "a signal that is none");
	IS(errno, EINVAL, "EINVAL");
	stays = part_start("stay", SOON, 0);
	IS(kill(stays, SIGCHLD), 0, "a signal that does nothing");
	IS(waitpid(stays, &status, WNOHANG), 0, "does nothing");
	kill(stays, SIGKILL);
	part_status(stays);
}

static void test_orphan(void)
{
	pid_t parent = 0;
	int fds[2];

	if (!OK(pipe(fds) == 0, "a pipe"))
		return;
	OK(part_ended(part_start("abandon", fds[1], 0), 0), "a parent ends before its child");
	close(fds[1]);
	IS(read(fds[0], &parent, sizeof(parent)), sizeof(parent), "the child goes on");
	IS(parent, 1, "as a child of the first process");
	close(fds[0]);
	IS(waitpid(-1, NULL, WNOHANG), -1, "it is nobody else's");
}

static void test(void)
{
	test_status();
	test_many();
	test_orphan();
}

TAP_MAIN(parts, test)
