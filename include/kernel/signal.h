/* SPDX-License-Identifier: MIT */
/*
 * Signals: sent, held back while blocked, and delivered when their thread is the one to run.
 *
 *	signal_send --> pending --(not blocked)--> signal_deliver: a call of the program's entry on
 *							   its own stack, with croft/signal.h
 *			  program's sigreturn() --> signal_return: the registers of before
 *
 * What a process does not handle ends it, or is nothing to it; a fault that ends it is told on the
 * console first.
 *
 * Context: kernel.
 */
#ifndef KERNEL_SIGNAL_H
#define KERNEL_SIGNAL_H

#include <kernel/types.h>

struct proc;
struct thread;

#define LAST_SIGNAL 31

/* The fault that a thread's record tells of comes to its signal. */
void signal_fault(struct thread *thread);

/* A thread's stack is no longer mapped: there is nowhere to go on. */
void signal_stack_lost(struct thread *thread);

/* Send a signal to a process; @pid: from whom.  0 only asks whether one may. */
void signal_send(struct proc *proc, int sig, int pid);

/* Send a signal to one thread. */
void signal_send_thread(struct thread *thread, int sig, int pid);

/* Take one of @set that is pending for a thread, and tell of it: its number, or 0. */
struct croft_siginfo;
int signal_take(struct thread *thread, uint32_t set, struct croft_siginfo *info);

/* Tell a parent that @child has ended. */
void signal_child_ended(const struct proc *child);

/* Make a thread go on with a pending signal.  false: it cannot go on. */
bool signal_deliver(struct thread *thread);

/* Make a thread go on with the registers that its sigreturn() named.  false: it cannot. */
bool signal_return(struct thread *thread);

#endif
