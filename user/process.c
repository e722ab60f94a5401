/* SPDX-License-Identifier: MIT */
/*
 * Processes: who one is, waiting for children, signals as far as the kernel has them.
 * spawn.c starts them, exit.c ends them.
 */
#include "syscall.h"

#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

pid_t _getpid(void)
{
	return (pid_t)__sys_getpid();
}

pid_t getpid(void) WEAK_ALIAS(_getpid);

pid_t getppid(void)
{
	return (pid_t)__sys_getppid();
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	if (__croft_cancel_5)
		return (pid_t)CANCEL_3(waitpid, pid, status, options);
	return (pid_t)__call_waitpid(pid, status, options);
}

pid_t _wait(int *status)
{
	return waitpid(-1, status, 0);
}

pid_t wait(int *status) WEAK_ALIAS(_wait);

int _kill(pid_t pid, int sig)
{
	return (int)__call_kill(pid, sig);
}

int kill(pid_t pid, int sig) WEAK_ALIAS(_kill);

int killpg(pid_t pgid, int sig)
{
	if (pgid == 0)
		return kill(0, sig);
	if (pgid > 1)
		return kill(-pgid, sig);
	errno = pgid == 1 ? ESRCH : EINVAL;
	return -1;
}

int sigqueue(pid_t pid, int sig, const union sigval value)
{
	return (int)__call_sigqueue(pid, sig, (unsigned long)value.sival_ptr);
}

int setpgid(pid_t pid, pid_t pgid)
{
	return (int)__call_setpgid(pid, pgid);
}

pid_t getpgid(pid_t pid)
{
	return (pid_t)__call_getpgid(pid);
}

pid_t getpgrp(void)
{
	return (pid_t)__sys_getpgid(0);
}

int setpgrp(void)
{
	return setpgid(0, 0);
}

int tcsetpgrp(int fd, pid_t pgid)
{
	return (int)__call_tcsetpgrp(fd, pgid);
}

/* Where no group is in front POSIX has it a number that no group has. */
pid_t tcgetpgrp(int fd)
{
	pid_t pgid = (pid_t)__call_tcgetpgrp(fd);

	return pgid ? pgid : INT_MAX;
}

int pause(void)
{
	if (__croft_cancel_5)
		return (int)CANCEL_3(pause, 0, 0, 0);
	return (int)__call_pause();
}

int sched_yield(void)
{
	return (int)__call_sched_yield();
}

uid_t getuid(void)
{
	return (uid_t)__sys_getuid();
}

uid_t geteuid(void)
{
	return (uid_t)__sys_geteuid();
}

gid_t getgid(void)
{
	return (gid_t)__sys_getgid();
}

gid_t getegid(void)
{
	return (gid_t)__sys_getegid();
}

int setuid(uid_t uid)
{
	return (int)__call_setuid(uid);
}

int setgid(gid_t gid)
{
	return (int)__call_setgid(gid);
}

int seteuid(uid_t uid)
{
	return (int)__call_seteuid(uid);
}

int setegid(gid_t gid)
{
	return (int)__call_setegid(gid);
}

/* No process is in a group but its own. */
int getgroups(int size, gid_t *groups)
{
	(void)groups;
	if (size >= 0)
		return 0;
	errno = EINVAL;
	return -1;
}
