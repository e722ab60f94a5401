/* SPDX-License-Identifier: MIT */
/* What thread_create() takes; the library makes it for pthread_create(). */
#ifndef CROFT_UAPI_THREAD_H
#define CROFT_UAPI_THREAD_H

#define CROFT_PRIORITY_MIN 0
#define CROFT_PRIORITY_MAX 31 /* the most urgent */

/* Policies, by newlib's numbers. */
#define CROFT_SCHED_KEEP (-1) /* as it is, or as the caller's */
#define CROFT_SCHED_PRIO                                                                           \
	(-2) /* as it is; and a thread whose priority is lowered comes before its equals */
#define CROFT_SCHED_FIFO 1
#define CROFT_SCHED_RR	 2

/* What thread_get_sched() returns. */
#define CROFT_SCHED(policy, priority) ((policy) << 8 | (priority))
#define CROFT_SCHED_POLICY(sched)     ((int)(sched) >> 8)
#define CROFT_SCHED_PRIORITY(sched)   ((int)(sched)&0xff)

struct thread_args {
	unsigned int entry; /* called with @arg; must not return */
	unsigned int arg;
	unsigned int stack_top; /* 8-byte aligned, the end of (a part of) a MAP_STACK mapping */
	unsigned int tls;	/* a word of its own: see set_tls() */
	unsigned int exit_word; /* gets the thread's id before it runs; cleared, and woken as a futex,
				 * when it has ended, unless it lay on the stack; 0: none */
	int policy;		/* CROFT_SCHED_ */
	int priority;		/* -1: as the caller's */
};

#endif
