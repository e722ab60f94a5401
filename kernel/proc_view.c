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
	struct proc *proc = LIST_FIRST(&procs);

	if (mm) {
		while (proc && proc->mm != mm)
			proc = LIST_NEXT(proc, link);
		if (proc)
			proc = LIST_NEXT(proc, link);
	}
	while (proc && !proc->mm)
		proc = LIST_NEXT(proc, link);
	return proc ? proc->mm : NULL;
}

int proc_view_next(int pid)
{
	const struct proc *proc;
	int next = 0;

	LIST_FOREACH(proc, &procs, link)
		if (proc->pid > pid && (next == 0 || proc->pid < next))
			next = proc->pid;
	return next;
}

int proc_view_self(void)
{
	return current->proc ? current->proc->pid : 0;
}

uint64_t proc_view_ticks(void)
{
	return timer_now();
}
