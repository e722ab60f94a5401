/* SPDX-License-Identifier: MIT */
/*
 * A queue of threads that wait for something.
 *
 * The kernel never sleeps on its stack: a system call that must wait puts its thread on a queue
 * and returns; whoever makes the thing true wakes the queue, and the call is made again.
 *
 * Context: kernel.
 */
#ifndef KERNEL_WAITQ_H
#define KERNEL_WAITQ_H

#include <kernel/types.h>
#include <sys/queue.h>

struct thread;

TAILQ_HEAD(thread_queue, thread);

struct waitq {
	struct thread_queue threads;
	bool is_polled; /* someone in poll() has asked; see kernel/poll.h */
};

void waitq_init(struct waitq *q);

/* Every thread on @q becomes ready, and makes its call again. */
void waitq_wake_all(struct waitq *q);

#endif
