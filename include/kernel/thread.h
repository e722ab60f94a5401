/* SPDX-License-Identifier: MIT */
/*
 * Threads.
 *
 *	ready --kernel/switch.h-> running +--> ready	 another of its priority, or a better one
 *	  ^				  +--> waiting	 its call cannot be finished yet
 *	  +------- wake, timer -----------+
 *
 * A thread of a process that is stopped is not ready but THREAD_STOPPED: see kernel/stop.h.
 *
 * A system call never sleeps on the kernel stack.  One that must wait puts its thread on a queue
 * and returns NO_RESULT, having said how it goes on:
 *
 *	thread_wait(q)		the call is made again when the queue is woken
 *	thread_wait_result(..)	whoever wakes the thread gives the result
 *
 * A call with long work leaves a job in its mm: the scheduler does it step by step when a thread of
 * the process is the one to run, and only then lets any of them go on.
 *
 * Context: kernel.
 */
#ifndef KERNEL_THREAD_H
#define KERNEL_THREAD_H

#include <arch/context.h>
#include <croft/channel.h>
#include <fs/vfs.h>
#include <kernel/call.h>
#include <kernel/entry.h>
#include <kernel/timer.h>
#include <kernel/waitq.h>
#include <mm/mmap.h>
#include <mm/space.h>

#define NO_RESULT (-4096) /* of a system call: leave the frame alone; trap.S knows it too */

#define NPRIORITIES	 32 /* 31 is the most urgent */
#define PRIORITY_DEFAULT 16

struct load;
struct proc;

/* The running thread is ready, too. */
enum thread_state { THREAD_READY, THREAD_WAITING, THREAD_STOPPED };

LIST_HEAD(thread_list, thread);

struct thread {
	struct context context; /* first: trap.S saves into it */
	int tid;		/* then: trap.S traces it; of the first thread: the process's id */
	struct proc *proc;	/* NULL: the placeholder of boot and idleness */
	LIST_ENTRY(thread) sibling;
	union {
		TAILQ_ENTRY(thread) link; /* of waiting_on */
		struct {		  /* of the ready ones of its priority, a ring */
			struct thread *next, *prev;
		};
	};
	struct timer timer;
	struct mm_stack stack;
	struct waitq *waiting_on;

	/* See kernel/settle.c. */
	uint32_t settled; /* mm->changes when it was settled; 0: something has come to it since */
	struct mm *mm;	  /* of its process then */
	addr_t *tls_at;	  /* where its tls is put while it runs, or where that does no harm */

	uint8_t state; /* enum thread_state */
	uint8_t base_priority;
	uint8_t priority;	   /* what it runs with: base_priority, or a donor's */
	bool is_fifo;		   /* others of its priority wait until it waits */
	struct thread_list donors; /* wait for what this thread has; see kernel/donate.c */
	struct thread *donates_to;
	LIST_ENTRY(thread) donation;

	struct load *load; /* the program that its call starts, see kernel/exec.h; NULL: none */
	struct thread *fork_child; /* waits for this thread's registers to be saved */
	struct frame *fork_frame;  /* kept while a vfork child has the stack; NULL: none has */

	long result; /* to be put into the frame when it runs next */
	bool has_result;
	bool has_words;	     /* and these with it, in registers; see include/kernel/channel.h */
	bool is_interrupted; /* its call ends with EINTR */
	bool is_repeated;    /* its call is made again */
	bool fills : 1;	     /* a mapping is to be filled, see kernel/remote.h */
	bool is_exiting : 1;
	bool is_suspended : 1;
	bool frame_lost : 1;
	bool walks : 1; /* its call is made again, and goes on at ->place; handlers come behind it */
	uint8_t fault_signal; /* not 0: what its fault comes to, at fault_at */
	uint8_t fault_code;   /* SEGV_MAPERR ... */
	addr_t fault_at;
	size_t progress;    /* bytes that a call which is made again has moved */
	struct place place; /* of the path that its call is about */
	union {
		uint32_t words[CHANNEL_WORDS];
		addr_t futex;		 /* the word that it waits for */
		uint32_t suspended_mask; /* what was blocked before sigsuspend() */
	};
	struct call call;
	struct channel_list channels; /* from which it received last */

	addr_t tls;	     /* its own word, put into proc->tls_slot while it runs */
	addr_t exit_word;    /* cleared and woken when it ends; 0: none */
	addr_t altstack_end; /* 0: there is none */
	size_t altstack_len;
	addr_t sigreturn;     /* not 0: the registers to go on with are there */
	uint32_t blocked;     /* bit n: signal n waits */
	uint32_t pending;     /* sent to this thread */
	uint32_t sigwait_set; /* in sigtimedwait() for these; 0: in none */
	addr_t sigwait_info;
};

/* Put the running thread on a queue, to make its call again when woken.  Returns NO_RESULT. */
long thread_wait(struct waitq *q);

/* The same, and at @deadline (ns since boot) at the latest. */
long thread_wait_until(struct waitq *q, uint64_t deadline);

/* The same, to return what thread_wake_result() says; or -ETIMEDOUT at @deadline (ns since boot),
 * where that is not 0.  @q may be NULL. */
long thread_wait_result(struct waitq *q, uint64_t deadline);

/* Let a thread that is running or ready, or waits on nothing, wait in that way. */
void thread_park(struct thread *thread, struct waitq *q, uint64_t deadline);

/* A waiting thread leaves its queue and its timer, and is about to be woken or to wait anew. */
void thread_stop_waiting(struct thread *thread);

/* Let the running thread make its call again, after better ones have run.  Returns NO_RESULT. */
long thread_restart(void);

/* A call that is made again finds in ->progress how much it has done.  Where a signal's handler comes
 * first, it is not made again: let it return that. */
void thread_end_progress(struct thread *thread);

/* Let the running thread wait until @deadline (ns since boot), and then return 0. */
long thread_sleep_until(struct waitq *q, uint64_t deadline);

/* Put what a call came to into the frame of a thread that is about to run. */
void thread_settle_result(struct thread *thread);

/* Bring a thread to where it can go on with its program; false: there is more to do first. */
bool thread_settle(struct thread *thread);

/* Forget what was found of the spaces of all threads (mm_numbers_are_new).  Context: the scheduler. */
void thread_forget_found(void);

/* Let the running thread wait for a signal that is handled. */
long thread_pause(void);

/* End the call that a thread waits in: with EINTR, or, where @restarts, and that is possible,
 * by making it again.  One that cannot be interrupted goes on waiting. */
void thread_interrupt(struct thread *thread, bool restarts);

/* Make a thread ready that waits; its call is made again, or returns @result. */
void thread_wake(struct thread *thread);
void thread_wake_result(struct thread *thread, long result);

/* Do the job of the running thread's mm, and return @result.  Where others are to run meanwhile, leave
 * what is left of it to the scheduler. */
long thread_finish_job(long result);

/* Pin what a call of the running thread has left to be pinned (mm/lock.c), as far as nothing else is to run. */
void thread_pin_steps(struct mm *mm);

static inline void thread_pin_locked(struct mm *mm)
{
	if (mm->nlocked)
		thread_pin_steps(mm);
}

/**
 * thread_fork - let @child go on as the running thread's double, and that one wait
 *
 * The running thread's call returns @child's process id, after thread_unfork().
 *
 * Return: NO_RESULT, or -ENOMEM; then @child's process is gone.
 */
long thread_fork(struct thread *child);
void thread_unfork(struct thread *thread, long result);

/* Start the double, now that the registers of @thread are saved. */
void thread_fork_finish(struct thread *thread);

/* A thread of a process, waiting; NULL: no memory. */
struct thread *thread_create(struct proc *proc, unsigned int priority);

/* Take it off every queue and forget it. */
void thread_free(struct thread *thread);

struct thread *thread_find(int tid);

/* Do a step of ending a thread that is exiting. */
void thread_exit_step(struct thread *thread);

/* Donations: @thread lends its priority to @owner until it has what it waits for. */
void donate(struct thread *thread, struct thread *owner);
void donate_end(struct thread *thread);
bool donate_would_loop(const struct thread *thread, const struct thread *owner);
void thread_set_priority(struct thread *thread, unsigned int base);

/* May the caller give a thread that policy and priority?  0, -EINVAL, -EPERM.  And giving it. */
int thread_judge_sched(int policy, int priority);
void thread_set_policy(struct thread *thread, int policy);

/* The scheduler's queues. */
void sched_init(void);
void sched_insert(struct thread *thread);
void sched_remove(struct thread *thread);
void sched_change_priority(struct thread *thread, unsigned int priority); /* first of its equals */
void sched_put_last(struct thread *thread); /* of its equals, if it is ready */
void sched_request(void);	 /* settle the running thread anew, or run a better one */
void sched_forget_current(void); /* its record is about to go */
void sched_forget_proc(const struct proc *proc);
uint64_t sched_ran(const struct proc *proc); /* counts of the clock, until now, that it ran */
uint64_t sched_idle_counts(void);	     /* of the clock, in which no process ran */

#endif
