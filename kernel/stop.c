/* SPDX-License-Identifier: MIT */
/* Stopping and continuing.  See include/kernel/stop.h. */
#include <croft/wait.h>
#include <kernel/proc.h>
#include <kernel/signal.h>
#include <kernel/stop.h>
#include <signal.h>

#define STATUS_STOPPED(sig) ((sig) << 8 | 0x7f) /* as waitpid() tells it */

void proc_stop(struct proc *proc, int sig)
{
	struct thread *thread;

	if (proc->is_stopped || proc->is_exiting)
		return;
	proc->is_stopped = true;
	proc_unsettle(proc);
	LIST_FOREACH(thread, &proc->threads, sibling)
		if (thread->state != THREAD_WAITING) {
			sched_remove(thread);
			thread->state = THREAD_STOPPED;
		}
	proc->news = STATUS_STOPPED(sig);
	signal_child_news(proc);
}

void proc_release(struct proc *proc)
{
	struct thread *thread;

	proc->is_stopped = false;
	LIST_FOREACH(thread, &proc->threads, sibling)
		if (thread->state == THREAD_STOPPED)
			sched_insert(thread);
}

void proc_continue(struct proc *proc)
{
	if (!proc->is_stopped)
		return;
	proc_release(proc);
	proc->news = CROFT_STATUS_CONTINUED;
	signal_child_news(proc);
}
