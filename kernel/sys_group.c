/* SPDX-License-Identifier: MIT */
/* The calls about process groups. */
#include <errno.h>
#include <kernel/fd.h>
#include <kernel/group.h>
#include <kernel/syscall.h>
#include <kernel/terminal.h>
#include <signal.h>

/* A child may be put into a group until it has a program of its own. */
long sys_setpgid(int pid, int pgid)
{
	struct proc *self = current_proc(), *proc = pid ? proc_find(pid) : self;

	if (pgid < 0)
		return -EINVAL;
	if (!proc || (proc != self && proc->parent != self))
		return -ESRCH;
	if (proc != self && !proc->borrowed_from)
		return -EACCES;
	if (pgid == 0)
		pgid = proc->pid;
	if (pgid != proc->pid && !group_exists(pgid))
		return -EPERM;
	proc->pgid = pgid;
	return 0;
}

long sys_getpgid(int pid)
{
	const struct proc *proc = pid ? proc_find(pid) : current_proc();

	return proc ? proc->pgid : -ESRCH;
}

static int judge_terminal(int fd)
{
	const struct file *file = fd_file(current_proc(), fd);

	if (!file)
		return -EBADF;
	return is_terminal(file) ? 0 : -ENOTTY;
}

long sys_tcgetpgrp(int fd)
{
	int err = judge_terminal(fd);

	return err ? err : terminal_group();
}

long sys_tcsetpgrp(int fd, int pgid)
{
	long result = judge_terminal(fd);

	if (!result && pgid <= 0)
		result = -EINVAL;
	if (!result && !group_exists(pgid))
		result = -EPERM;
	if (!result)
		result = terminal_ask(SIGTTOU);
	if (!result)
		terminal_set_group(pgid);
	return result;
}
