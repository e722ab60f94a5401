/* SPDX-License-Identifier: MIT */
/* Process groups.  See include/kernel/group.h. */
#include <croft/signal.h>
#include <errno.h>
#include <kernel/group.h>
#include <kernel/proc.h>
#include <kernel/signal.h>

bool group_exists(int pgid)
{
	const struct proc *proc;

	LIST_FOREACH(proc, &procs, link)
		if (proc->pgid == pgid)
			return true;
	return false;
}

/* The first process is sent nothing: nobody would be left to do its work. */
static bool is_meant(const struct proc *proc, int pgid)
{
	if (proc->pid == 1)
		return false;
	return pgid == GROUP_ALL ? proc != current_proc() : proc->pgid == pgid;
}

int group_kill(int pgid, int sig)
{
	struct proc *proc;
	int result = -ESRCH;

	LIST_FOREACH(proc, &procs, link) {
		int err = is_meant(proc, pgid) ? signal_kill(proc, NULL, sig, CROFT_SI_USER, 0)
					       : -ESRCH;

		if (err == 0 || (err == -EPERM && result == -ESRCH))
			result = err;
	}
	return result;
}

void group_signal(int pgid, int sig)
{
	struct proc *proc;

	LIST_FOREACH(proc, &procs, link)
		if (proc->pid != 1 && proc->pgid == pgid)
			signal_raise(proc, sig);
}
