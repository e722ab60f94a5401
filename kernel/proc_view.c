/* SPDX-License-Identifier: MIT */
/* What /proc is told of processes.  See include/fs/procfs.h. */
#include <fs/procfs.h>
#include <kernel/proc.h>
#include <kernel/timer.h>

struct mm *proc_view_mm(int pid)
{
	struct proc *proc = proc_find(pid);

	return proc ? proc->mm : NULL;
}

struct mm *proc_view_next_mm(struct mm *mm)
{
	return proc_next_mm(mm);
}

int proc_view_next(int pid)
{
	const struct proc *proc;
	int next = 0;

	LIST_FOREACH(proc, &procs, link)
		if (proc->pid > pid && proc->mm && (next == 0 || proc->pid < next))
			next = proc->pid;
	return next;
}

int proc_view_self(void)
{
	return current->proc ? current->proc->pid : 0;
}

uint64_t proc_view_uptime(void)
{
	return timer_now();
}
