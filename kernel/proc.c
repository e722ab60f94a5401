/* SPDX-License-Identifier: MIT */
/* Processes: made, found, ended.  See include/kernel/proc.h. */
#include <errno.h>
#include <kernel/assert.h>
#include <kernel/check.h>
#include <kernel/fd.h>
#include <kernel/proc.h>
#include <kernel/signal.h>
#include <mm/pool.h>

#define ID_MAX 32767

struct proc_list procs = LIST_HEAD_INITIALIZER(procs);

static struct pool proc_pool = POOL_INIT("proc", struct proc);
static int last_id;
static unsigned int nprocs;

struct proc *proc_find(int pid)
{
	struct proc *proc;

	LIST_FOREACH(proc, &procs, link)
		if (proc->pid == pid)
			return proc;
	return NULL;
}

int proc_next_id(void)
{
	do
		last_id = last_id == ID_MAX ? 2 : last_id + 1;
	while (proc_find(last_id) || thread_find(last_id));
	return last_id;
}

/* An address space, and the processes that have it: more than one while a vfork child borrows. */
struct space {
	struct mm mm; /* first */
	LIST_ENTRY(space) link;
	uint32_t users;
};

static LIST_HEAD(, space) spaces = LIST_HEAD_INITIALIZER(spaces);
static struct pool space_pool = POOL_INIT("mm", struct space);

static struct space *space_of(struct mm *mm)
{
	return container_of(mm, struct space, mm);
}

struct mm *proc_next_mm(struct mm *mm)
{
	struct space *space = mm ? LIST_NEXT(space_of(mm), link) : LIST_FIRST(&spaces);

	return space ? &space->mm : NULL;
}

static struct mm *mm_create(const struct proc *proc)
{
	struct space *space = pool_alloc(&space_pool);
	struct mm *mm;

	if (!space)
		return NULL;
	mm = &space->mm;
	mm_init(mm);
	space->users = 1;
	LIST_INSERT_HEAD(&spaces, space, link);
	mm->pid = proc->pid;
	if (proc->parent) {
		mm->max_pages = proc->parent->mm->max_pages;
		mm->top_pages = proc->parent->mm->top_pages;
	}
	return mm;
}

static void mm_free(struct proc *proc)
{
	struct space *space = proc->mm ? space_of(proc->mm) : NULL;

	proc->mm = NULL;
	if (!space || --space->users > 0)
		return;
	mm_destroy(&space->mm);
	LIST_REMOVE(space, link);
	pool_free(&space_pool, space);
}

struct proc *proc_create(struct proc *parent)
{
	struct thread *thread = NULL;
	struct proc *proc;

	if (nprocs >= CONFIG_MAX_PROCS)
		return NULL;
	proc = pool_alloc(&proc_pool);
	if (!proc)
		return NULL;
	LIST_INIT(&proc->threads);
	proc->parent = parent;
	thread = thread_create(proc, parent ? current->base_priority : PRIORITY_DEFAULT);
	if (thread)
		proc->pid = thread->tid;
	proc->mm = mm_create(proc);
	waitq_init(&proc->child_ended);
	LIST_INSERT_HEAD(&procs, proc, link);
	nprocs++;
	if (!thread || !proc->mm) {
		proc_free(proc);
		return NULL;
	}
	if (parent) {
		thread->blocked = current->blocked;
		proc->sig_ignored = parent->sig_ignored;
		proc->uid = parent->uid, proc->euid = parent->euid;
		proc->gid = parent->gid, proc->egid = parent->egid;
	}
	return proc;
}

void proc_free(struct proc *proc)
{
	while (!LIST_EMPTY(&proc->threads))
		thread_free(LIST_FIRST(&proc->threads));
	mm_free(proc);
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
			ended |= proc_has_ended(proc);
		}
	if (ended && first)
		waitq_wake_all(&first->child_ended);
}

void proc_exit(struct proc *proc, int status)
{
	struct thread *thread = proc_first_thread(proc);

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

/* End one thread other than @thread; false: there is none. */
static bool end_other_thread(struct thread *thread)
{
	struct thread *other = proc_first_thread(thread->proc);

	if (other == thread)
		other = LIST_NEXT(thread, sibling);
	if (!other)
		return false;
	thread_free(other);
	return true;
}

void proc_exit_step(struct thread *thread)
{
	struct proc *proc = thread->proc;

	if (end_other_thread(thread) || !fd_close_step(proc) || !mm_unmap_all_step(proc->mm))
		return;
	thread_free(thread);
	mm_free(proc);
	memory_check();
	orphan_children(proc, proc_find(1));
	if (proc->parent) {
		waitq_wake_all(&proc->parent->child_ended);
		signal_child_ended(proc);
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
		if (proc->parent == parent && proc_has_ended(proc) &&
		    (pid <= 0 || proc->pid == pid))
			return proc;
	return NULL;
}
