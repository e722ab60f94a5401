/* SPDX-License-Identifier: MIT */
/*
 * Processes: an address space, descriptors, an owner, and threads that run in it.
 *
 * A process that has ended keeps its record, without threads, mappings or files, until its parent
 * has waited for it.  One whose parent is gone belongs to the first process.
 *
 * Context: kernel.
 */
#ifndef KERNEL_PROC_H
#define KERNEL_PROC_H

#include <kernel/alarm.h>
#include <kernel/note.h>
#include <kernel/thread.h>

#define PROC_NAME_MAX 15

struct core;
struct file;

struct proc {
	LIST_ENTRY(proc) link;	    /* of all processes */
	struct proc *parent;	    /* NULL: the first process */
	struct thread_list threads; /* none: it has ended and waits to be waited for */
	struct mm *mm;		    /* NULL: it has ended */
	struct file *files[CONFIG_OPEN_MAX];
	uint32_t cloexec; /* bit fd: closed in a program that is started */
	struct waitq child_news;
	int pid;
	int pgid;	    /* its group: see kernel/group.h */
	int status;	    /* as waitpid tells it */
	int news;	    /* the same, of its being stopped or continued; 0: waitpid knows */
	struct note note;   /* for its parent */
	struct note *notes; /* of its own pending signals */
	bool is_exiting;
	bool is_stopped;
	bool no_child_stop;	       /* SA_NOCLDSTOP */
	bool no_child_wait;	       /* SA_NOCLDWAIT: children leave no status */
	struct core *core;	       /* the dump under way; NULL: none */
	uint32_t core_limit, core_top; /* RLIMIT_CORE, and what it may be set to */
	struct mm *old_mm;	       /* those of before an exec, being torn down */
	struct thread *loader;	       /* whose call loads its program; NULL: that is done */
	struct thread *borrowed_from;  /* waits until this vfork child gives its memory back */
	addr_t data_base;	       /* r9 of its threads */
	addr_t tls_slot;	       /* where the running thread's tls is put; 0: nowhere */
	uint32_t tls_changes;	       /* mm->changes when tls_slot was found good */
	/* bit n: signal n */
	uint32_t sig_handled, sig_ignored, sig_restart, sig_onstack;
	uint32_t sig_pending; /* sent to the process */
	addr_t sig_entry;
	struct alarm alarm;	    /* of alarm() and setitimer() */
	struct alarm_list alarms;   /* of timer_create() */
	uint64_t started;	    /* counts of the clock */
	uint64_t ran, children_ran; /* counts on the processor; of children waited for */
	uid_t uid, euid;
	gid_t gid, egid;
	uint16_t umask; /* permission bits that files it makes lack */
	char name[PROC_NAME_MAX + 1];
};

LIST_HEAD(proc_list, proc);
extern struct proc_list procs;

static inline struct proc *current_proc(void)
{
	return current->proc;
}

static inline struct mm *current_mm(void)
{
	return current->proc->mm;
}

/* The permission bits of a file that a process makes with @mode. */
static inline mode_t proc_new_mode(const struct proc *proc, unsigned int mode)
{
	return (mode_t)(mode & 0777 & ~(unsigned int)proc->umask);
}

static inline bool proc_has_ended(const struct proc *proc)
{
	return LIST_EMPTY(&proc->threads);
}

static inline struct thread *proc_first_thread(const struct proc *proc)
{
	return LIST_FIRST(&proc->threads);
}

/* Something has come to a process that its threads are to be settled for anew. */
static inline void proc_unsettle(struct proc *proc)
{
	struct thread *thread;

	LIST_FOREACH(thread, &proc->threads, sibling)
		thread->settled = 0;
}

/* A thread goes that may have lent its memory to a vfork child. */
void proc_forget_lender(const struct thread *thread);

/* May @parent start one more (CONFIG_MAX_PROCS)? */
bool proc_has_room(const struct proc *parent);

/* A process with one thread, without a program.  NULL: too many, or no memory. */
struct proc *proc_create(struct proc *parent);

/* The same, but in the memory of @parent, on the stack of the running thread: for vfork. */
struct proc *proc_create_borrowing(struct proc *parent);

/* An empty address space with the limits of @proc, and giving it up unused. */
struct mm *proc_mm_create(const struct proc *proc);
void proc_mm_discard(struct mm *mm);

/* Let a space that the process does not use be torn down as its old ones are. */
void proc_bury_mm(struct proc *proc, struct mm *mm);

/* Leave @thread alone in the process, and @mm instead of what it had; the rest is torn down in
 * steps.  @thread is the running one, and its registers are no longer those of its record. */
void proc_replace(struct proc *proc, struct thread *thread, struct mm *mm);

/* Do a step of tearing the old address spaces down; true: they are gone. */
bool proc_old_mm_step(struct proc *proc);

/* Free what proc_create() made; it has no mappings and no files. */
void proc_free(struct proc *proc);

/**
 * proc_exit - end a process
 * @status: as waitpid tells it
 *
 * Its threads never run its program again.  They, its files and mappings go in steps, when one
 * of the threads would have run; then @status waits for the parent.
 */
void proc_exit(struct proc *proc, int status);

/* Do a step of that, in the place of @thread; true: that was all, and the thread is gone. */
bool proc_exit_step(struct thread *thread);

struct proc *proc_find(int pid);

/* A number for a process or thread that no other has. */
int proc_next_id(void);

/* Is it a child of @parent of those that waitpid() means by @pid? */
bool proc_is_child(const struct proc *proc, const struct proc *parent, int pid);

/* Tell on the console why a process dies. */
void report_death(const struct thread *thread, int sig);

#endif
