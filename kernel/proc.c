/* SPDX-License-Identifier: MIT */
/*
 * Processes: made, found, ended.
 *
 * A process that ended keeps its record, without thread, mappings or files, until its parent has
 * waited for it.  One whose parent is gone belongs to the first process.
 */
#include <errno.h>
#include <kernel/assert.h>
#include <kernel/fd.h>
#include <kernel/signal.h>
#include <kernel/thread.h>
#include <mm/pool.h>

#define PID_MAX 32767

struct proc_list procs = LIST_HEAD_INITIALIZER(procs);

static struct pool proc_pool = POOL_INIT("proc", struct proc);
static struct pool thread_pool = POOL_INIT("thread", struct thread);
static int last_pid;
static unsigned int nprocs;

struct proc *proc_find(int pid)
{
	struct proc *proc;

	LIST_FOREACH(proc, &procs, link)
		if (proc->pid == pid)
			return proc;
	return NULL;
}

static int next_pid(void)
{
	do
		last_pid = last_pid == PID_MAX ? 2 : last_pid + 1;
	while (proc_find(last_pid));
	return last_pid;
}

struct proc *proc_create(struct proc *parent)
{
	struct thread *thread;
	struct proc *proc;

	if (nprocs >= CONFIG_MAX_PROCS)
		return NULL;
	proc = pool_alloc(&proc_pool);
	thread = pool_alloc(&thread_pool);
	if (!proc || !thread) {
		pool_free(&proc_pool, proc);
		pool_free(&thread_pool, thread);
		return NULL;
	}
	nprocs++;
	thread->proc = proc;
	thread->state = THREAD_WAITING;
	thread->priority = parent ? parent->thread->priority : PRIORITY_DEFAULT;
	proc->thread = thread;
	proc->parent = parent;
	proc->pid = next_pid();
	if (parent) {
		proc->uid = parent->uid, proc->euid = parent->euid;
		proc->gid = parent->gid, proc->egid = parent->egid;
	}
	waitq_init(&proc->child_ended);
	mm_init(&proc->mm);
	proc->mm.pid = proc->pid;
	if (parent) {
		proc->mm.max_pages = parent->mm.max_pages;
		proc->mm.top_pages = parent->mm.top_pages;
	}
	LIST_INSERT_HEAD(&procs, proc, link);
	return proc;
}

static void thread_free(struct thread *thread)
{
	if (thread->state != THREAD_WAITING)
		sched_remove(thread);
	thread->proc->thread = NULL;
	pool_free(&thread_pool, thread);
}

void proc_free(struct proc *proc)
{
	if (proc->thread)
		thread_free(proc->thread);
	mm_destroy(&proc->mm);
	LIST_REMOVE(proc, link);
	nprocs--;
	pool_free(&proc_pool, proc);
}

/* Give the children of a process that ends to the first process. */
static void orphan_children(struct proc *parent, struct proc *first)
{
	struct proc *proc;
	bool ended = false;

	LIST_FOREACH(proc, &procs, link)
		if (proc->parent == parent) {
			proc->parent = first;
			ended |= !proc->thread;
		}
	if (ended && first)
		waitq_wake_all(&first->child_ended);
}

void proc_exit(struct proc *proc, int status)
{
	struct thread *thread = proc->thread;

	if (proc->pid == 1)
		panic("the first process has ended, status %d", status);
	if (proc->is_exiting)
		return;
	proc->is_exiting = true;
	proc->status = status;
	if (thread->state == THREAD_WAITING)
		thread_wake(thread);
	sched_request();
}

void proc_exit_step(struct proc *proc)
{
	if (fd_close_step(proc) && mm_unmap_all_step(&proc->mm)) {
		thread_free(proc->thread);
		orphan_children(proc, proc_find(1));
		if (proc->parent) {
			waitq_wake_all(&proc->parent->child_ended);
			signal_child_ended(proc);
		}
	}
}

bool proc_has_child(const struct proc *parent, int pid)
{
	struct proc *proc;

	LIST_FOREACH(proc, &procs, link)
		if (proc->parent == parent && (pid <= 0 || proc->pid == pid))
			return true;
	return false;
}

struct proc *proc_ended_child(const struct proc *parent, int pid)
{
	struct proc *proc;

	LIST_FOREACH(proc, &procs, link)
		if (proc->parent == parent && !proc->thread && (pid <= 0 || proc->pid == pid))
			return proc;
	return NULL;
}
