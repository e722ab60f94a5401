/* SPDX-License-Identifier: MIT */
/*
 * Signals.  What a process does not handle ends it; a fault is told on the console first.
 *
 * Context: kernel.
 */
#ifndef KERNEL_SIGNAL_H
#define KERNEL_SIGNAL_H

struct proc;
struct thread;

/* The fault that a thread's record tells of comes to its signal. */
void signal_fault(struct thread *thread);

/* A thread's stack is no longer mapped: there is nowhere to go on. */
void signal_stack_lost(struct thread *thread);

/* Send a signal to a process; 0 only asks whether one may.  -EINVAL: no such signal. */
int signal_send(struct proc *proc, int sig);

#endif
