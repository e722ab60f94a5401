/* SPDX-License-Identifier: MIT */
/* Processes: made, found, ended.  See include/kernel/proc.h. */
#include <arch/irq.h>
#include <arch/tick.h>
#include <errno.h>
#include <kernel/assert.h>
#include <kernel/check.h>
#include <kernel/core.h>
#include <kernel/exec.h>
#include <kernel/fd.h>
#include <kernel/config.h>
#include <kernel/group.h>
#include <kernel/mqueue.h>
#include <kernel/proc.h>
#include <kernel/signal.h>
#include <kernel/stop.h>
#include <kernel/tracing.h>
#include <mm/pool.h>
#include <signal.h>
#include <string.h>

#define ID_MAX 32767

struct proc_list procs = LIST_HEAD_INITIALIZER(procs);

static struct pool proc_pool = POOL_INIT(struct proc);
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

/* Is it the number of a process, a group or a thread? */
static bool is_id(int id)
{
	const struct thread *thread;
	const struct proc *proc;

	LIST_FOREACH(proc, &procs, link) {
		if (proc->pid == id || proc->pgid == id)
			return true;
		LIST_FOREACH(thread, &proc->threads, sibling)
			if (thread->tid == id)
				return true;
	}
	return false;
}

int proc_next_id(void)
{
	do
		last_id = last_id == ID_MAX ? 2 : last_id + 1;
	while (is_id(last_id));
	return last_id;
}

/* An address space, and the processes that have it: more than one while a vfork child borrows. */
struct space {
	struct mm mm; /* first */
	uint32_t users;
	struct mm *older; /* the next on a list of proc->old_mm; of one that has users NULL */
};

static struct pool mm_pool = POOL_INIT(struct space);

static struct space *space_of(struct mm *mm)
{
	return container_of(mm, struct space, mm);
}

struct mm *proc_mm_create(const struct proc *proc)
{
	struct space *space = pool_take(&mm_pool);
	const struct mm *like = proc->mm ? proc->mm : proc->parent ? proc->parent->mm : NULL;
	struct mm *mm;

	if (!space)
		return NULL;
	mm = &space->mm;
	mm_init(mm);
	mm->pid = (uint16_t)(proc->pid & ID_MAX);
	if (like) {
		mm->max_pages = like->max_pages;
		mm->top_pages = like->top_pages;
	}
	space->users = 1;
	space->older = NULL;
	return mm;
}

/* One user fewer; with the last, who has unmapped all, it goes. */
static void mm_put(struct mm *mm)
{
	struct space *space = mm ? space_of(mm) : NULL;

	if (!space || --space->users > 0)
		return;
	mm_destroy(mm);
	pool_free(&mm_pool, space);
}

/* Unmap a step's worth, unless others use it too; true: it is done. */
static bool mm_unmap_own_step(struct mm *mm)
{
	return space_of(mm)->users > 1 || mm_unmap_all_step(mm);
}

void proc_mm_discard(struct mm *mm)
{
	mm_unmap_all(mm);
	mm_put(mm);
}

void proc_bury_mm(struct proc *proc, struct mm *mm)
{
	space_of(mm)->older = proc->old_mm;
	proc->old_mm = mm;
}

/* The last on the list: it may be on that of a vfork child, too. */
static void bury_own_mm(struct proc *proc)
{
	struct mm **link = &proc->old_mm;

	while (*link)
		link = &space_of(*link)->older;
	*link = proc->mm;
}

bool proc_has_room(const struct proc *parent)
{
	unsigned int reserve = parent && parent->euid ? CONFIG_RESERVE_PROCS : 0;

	return nprocs + reserve < CONFIG_MAX_PROCS;
}

/* A process without threads and memory. */
static struct proc *create(struct proc *parent)
{
	struct proc *proc;

	if (!proc_has_room(parent))
		return NULL;
	proc = pool_alloc(&proc_pool);
	if (!proc)
		return NULL;
	LIST_INIT(&proc->threads);
	waitq_init(&proc->child_news);
	alarm_init(&proc->alarm, proc, SIGALRM);
	LIST_INIT(&proc->alarms);
	proc->parent = parent;
	proc->started = arch_clock_now();
	proc->core_limit = proc->core_top = UINT32_MAX;
	if (parent) {
		memcpy(proc->name, parent->name, sizeof(proc->name));
		proc->sig_ignored = parent->sig_ignored;
		proc->core_limit = parent->core_limit;
		proc->core_top = parent->core_top;
		proc->uid = parent->uid, proc->euid = parent->euid;
		proc->gid = parent->gid, proc->egid = parent->egid;
		proc->umask = parent->umask;
	}
	LIST_INSERT_HEAD(&procs, proc, link);
	nprocs++;
	return proc;
}

/* Give it its first thread.  false: no memory; the process is gone. */
static bool add_first_thread(struct proc *proc)
{
	struct thread *thread =
		thread_create(proc, proc->parent ? current->base_priority : PRIORITY_DEFAULT);

	if (!thread || !proc->mm) {
		proc_free(proc);
		return false;
	}
	proc->pid = thread->tid;
	proc->pgid = proc->parent ? proc->parent->pgid : proc->pid;
	if (!proc->borrowed_from)
		proc->mm->pid = (uint16_t)(proc->pid & ID_MAX);
	if (proc->parent) {
		thread->blocked = current->blocked;
		thread->is_fifo = current->is_fifo;
	}
	return true;
}

struct proc *proc_create(struct proc *parent)
{
	struct proc *proc = create(parent);

	if (proc)
		proc->mm = proc_mm_create(proc);
	return proc && add_first_thread(proc) ? proc : NULL;
}

struct proc *proc_create_borrowing(struct proc *parent)
{
	struct proc *proc = create(parent);
	struct thread *thread;

	if (!proc)
		return NULL;
	proc->mm = parent->mm;
	space_of(proc->mm)->users++;
	proc->borrowed_from = current;
	if (!add_first_thread(proc))
		return NULL;
	thread = proc_first_thread(proc);
	thread->stack = current->stack;
	thread->tls = current->tls;
	proc->data_base = parent->data_base;
	proc->tls_slot = parent->tls_slot;
	proc->tls_changes = parent->tls_changes;
	proc->sig_handled = parent->sig_handled;
	proc->sig_restart = parent->sig_restart;
	proc->sig_onstack = parent->sig_onstack;
	proc->sig_entry = parent->sig_entry;
	return proc;
}

/* Let the parent of a vfork child have its memory back. */
static void give_back(struct proc *proc)
{
	if (proc->borrowed_from)
		thread_unfork(proc->borrowed_from, proc->pid);
	proc->borrowed_from = NULL;
}

void proc_forget_lender(const struct thread *thread)
{
	struct proc *proc;

	if (!thread->fork_frame)
		return;
	LIST_FOREACH(proc, &procs, link)
		if (proc->borrowed_from == thread)
			proc->borrowed_from = NULL;
}

void proc_replace(struct proc *proc, struct thread *thread, struct mm *mm)
{
	struct thread *other, *next;

	for (other = proc_first_thread(proc); other; other = next) {
		next = LIST_NEXT(other, sibling);
		if (other != thread)
			thread_free(other);
	}
	alarms_delete(proc);
	if (IS_ENABLED(CONFIG_MQUEUE))
		mqueue_unwatch(NULL, proc);
	sched_forget_current();
	thread->state = THREAD_READY;
	thread->settled = 0;
	thread->tid = proc->pid;
	thread->sigreturn = thread->exit_word = 0;
	thread->tls = 0;
	proc->sig_handled = proc->sig_restart = proc->sig_onstack = 0;
	proc->no_child_stop = proc->no_child_wait = false;
	thread->altstack_end = 0;
	bury_own_mm(proc);
	proc->mm = mm;
	give_back(proc);
	sched_request();
}

bool proc_old_mm_step(struct proc *proc)
{
	struct mm *mm = proc->old_mm;

	if (!mm)
		return true;
	if (!mm_unmap_own_step(mm))
		return false;
	proc->old_mm = space_of(mm)->older;
	mm_put(mm);
	memory_check();
	return !proc->old_mm;
}

void proc_free(struct proc *proc)
{
	while (!LIST_EMPTY(&proc->threads))
		thread_free(LIST_FIRST(&proc->threads));
	mm_put(proc->mm);
	notes_drop(proc, NULL); /* one whose program could not be loaded may have been sent some */
	signal_child_known(proc);
	sched_forget_proc(proc);
	LIST_REMOVE(proc, link);
	nprocs--;
	pool_free(&proc_pool, proc);
}

/* Give the children of a process that ends to the first process. */
static void orphan_children(struct proc *parent, struct proc *first)
{
	struct proc *proc;

	LIST_FOREACH(proc, &procs, link)
		if (proc->parent == parent) {
			proc->parent = first;
			if (proc_has_ended(proc))
				signal_child_news(proc);
		}
}

void proc_exit(struct proc *proc, int status)
{
	struct thread *thread = proc_first_thread(proc);

	if (proc->pid == 1)
		panic("the first process has ended, status %d", status);
	if (proc->is_exiting)
		return;
	proc->is_exiting = true;
	load_detach(proc);
	proc_unsettle(proc);
	proc->status = status;
	proc_release(proc);
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

/* Does a parent want to hear no more of its children? */
static bool leaves_no_status(const struct proc *parent)
{
	return parent->no_child_wait || (parent->sig_ignored & 1u << SIGCHLD);
}

bool proc_exit_step(struct thread *thread)
{
	struct proc *proc = thread->proc, *parent = proc->parent;

	load_forget(thread);
	if (IS_ENABLED(CONFIG_CORE_DUMP) && !core_step(thread))
		return false;
	if (end_other_thread(thread) || !fd_close_step(proc) || !proc_old_mm_step(proc))
		return false;
	while (!mm_unmap_own_step(proc->mm))
		if (arch_kernel_requested())
			return false;
	give_back(proc);
	alarms_end(proc);
	if (IS_ENABLED(CONFIG_MQUEUE))
		mqueue_unwatch(NULL, proc);
	thread_free(thread);
	notes_drop(proc, NULL);
	mm_put(proc->mm);
	proc->mm = NULL;
	tracing(TRACING_exit, (uint32_t)proc->pid, (uint32_t)proc->status);
	memory_check();
	orphan_children(proc, proc_find(1));
	if (leaves_no_status(parent)) {
		waitq_wake_all(&parent->child_news);
		proc_free(proc);
		signal_raise(parent, SIGCHLD);
	} else {
		signal_child_news(proc);
	}
	return true;
}

bool proc_is_child(const struct proc *proc, const struct proc *parent, int pid)
{
	if (proc->parent != parent)
		return false;
	if (pid > 0)
		return proc->pid == pid;
	return pid == -1 || proc->pgid == (pid ? -pid : parent->pgid);
}
