/* SPDX-License-Identifier: MIT */
/*
 * Processes that are stopped: none of their threads runs until they are continued.
 *
 *	ready ---proc_stop---> THREAD_STOPPED		on no queue of the scheduler
 *	waiting ----wake-----> THREAD_STOPPED		what it waited for stays true
 *	THREAD_STOPPED --proc_continue, the end of the process--> ready
 *
 * A thread that waits goes on waiting: its place on its queue, its deadline and what it has lent
 * are as they were.
 *
 * Context: kernel.
 */
#ifndef KERNEL_STOP_H
#define KERNEL_STOP_H

#include <kernel/types.h>

struct proc;

/* Stop it, and tell its parent by which signal. */
void proc_stop(struct proc *proc, int sig);

/* Let it go on, and tell its parent; nothing, where it was not stopped. */
void proc_continue(struct proc *proc);

/* Let it go on to its end. */
void proc_release(struct proc *proc);

#endif
