/* SPDX-License-Identifier: MIT */
/*
 * Threads and processes.
 *
 *	ready --sched_switch--> running --+--> ready	 another of its priority, or a better one
 *	  ^				  +--> waiting	 its call cannot be finished yet
 *	  +------- wake, timer -----------+
 *
 * A system call never sleeps on the kernel stack.  One that must wait puts its thread on a queue
 * and returns NO_RESULT, having said how it goes on:
 *
 *	thread_wait(q)		the call is made again when the queue is woken
 *	thread_wait_result(..)	whoever wakes the thread gives the result
 *
 * A call with long work leaves a job: the scheduler does it step by step when the thread is the
 * one to run, and only then lets it go on with job_result.
 *
 * Context: kernel.
 */
#ifndef KERNEL_THREAD_H
#define KERNEL_THREAD_H

#include <arch/context.h>
#include <kernel/entry.h>
#include <kernel/timer.h>
#include <kernel/waitq.h>
#include <mm/mmap.h>
#include <mm/space.h>

#define NO_RESULT (-4096) /* of a system call: leave the frame alone; trap.S knows it too */

#define NPRIORITIES	 32 /* 31 is the most urgent */
#define PRIORITY_DEFAULT 16

struct file;

enum thread_state { THREAD_READY, THREAD_RUNNING, THREAD_WAITING, THREAD_DEAD };

struct thread {
	struct context context; /* first: trap.S saves into it */
	struct proc *proc;	/* NULL: the placeholder of boot and idleness */
	TAILQ_ENTRY(thread) link; /* of the ready queue or of waiting_on */
	struct waitq *waiting_on;
	struct timer timer;
	struct mm_stack stack;
	struct mm_job job;
	long result;	 /* to be put into the frame when it runs next */
	bool has_result;
	uint8_t state;	 /* enum thread_state */
	uint8_t priority;
	int fault_signal; /* not 0: what its fault comes to, at fault_at */
	int fault_code;	  /* SEGV_MAPERR ... */
	bool frame_lost;
	bool is_interrupted; /* its call ends with EINTR */
	addr_t fault_at;
	addr_t sigreturn;    /* not 0: the registers to go on with are there */
	uint32_t blocked;    /* bit n: signal n waits */
	uint32_t pending;
	int pending_pid, pending_status; /* of the signal that came last */
};

#define PROC_NAME_MAX 15

struct proc {
	LIST_ENTRY(proc) link; /* of all processes */
	struct proc *parent;   /* NULL: the first process */
	struct thread *thread; /* NULL: it has ended and waits to be waited for */
	struct mm mm;
	struct file *files[CONFIG_OPEN_MAX];
	uint32_t cloexec; /* bit fd: closed in a program that is started */
	struct waitq child_ended;
	int pid;
	int status; /* as waitpid tells it */
	bool is_exiting;
	uint32_t sig_handled, sig_ignored, sig_restart; /* bit n: signal n */
	addr_t sig_entry;
	uid_t uid, euid;
	gid_t gid, egid;
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
	return &current->proc->mm;
}

/* Put the running thread on a queue, to make its call again when woken.  Returns NO_RESULT. */
long thread_wait(struct waitq *q);

/* Let the running thread make its call again, after better ones have run.  Returns NO_RESULT. */
long thread_restart(void);

/* Let the running thread wait until @deadline (ticks), and then return @result. */
long thread_sleep_until(uint64_t deadline, long result);

/* Put what a call came to into the frame of a thread that is about to run. */
void thread_settle_result(struct thread *thread);

/* Let the running thread wait for a signal that is handled. */
long thread_pause(void);

/* End the call that a thread waits in with EINTR. */
void thread_interrupt(struct thread *thread);

/* Make a thread ready that waits; its call is made again, or returns @result. */
void thread_wake(struct thread *thread);
void thread_wake_result(struct thread *thread, long result);

/* Leave the job to the scheduler, and return @result when it is done. */
long thread_finish_job(long result);

/* The scheduler's queues. */
void sched_init(void);
void sched_insert(struct thread *thread);
void sched_remove(struct thread *thread);
void sched_tick(void); /* let another of the running thread's priority run */
void sched_request(void);

/* Processes. */

/* A process without a program.  NULL: too many, or no memory. */
struct proc *proc_create(struct proc *parent);

/* Free what proc_create() made; it has no mappings and no files. */
void proc_free(struct proc *proc);

/**
 * proc_exit - end a process
 * @status: as waitpid tells it
 *
 * Its thread never runs its program again.  Files and mappings go in steps, when the thread would
 * have run; then @status waits for the parent.
 */
void proc_exit(struct proc *proc, int status);

/* Do a step of that. */
void proc_exit_step(struct proc *proc);

struct proc *proc_find(int pid);

/* Any child, or the one with this id (pid > 0). */
bool proc_has_child(const struct proc *proc, int pid);
struct proc *proc_ended_child(const struct proc *proc, int pid);

/* Tell on the console why a process dies. */
void report_death(const struct thread *thread, int sig);

#endif
