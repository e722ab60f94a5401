/* SPDX-License-Identifier: MIT */
/*
 * Signals: sent, held back while blocked, and delivered when their thread is the one to run.
 *
 *	signal_kill --> pending --(not blocked)--> signal_deliver: a call of the program's entry on
 *							   its own stack, with croft/signal.h
 *			  program's sigreturn() --> signal_return: the registers of before
 *
 * What a process does not handle ends it, stops it, or is nothing to it; a fault that ends it is
 * told on the console first.
 *
 * Context: kernel.
 */
#ifndef KERNEL_SIGNAL_H
#define KERNEL_SIGNAL_H

#include <kernel/note.h>

struct proc;
struct thread;

#define LAST_SIGNAL 31

/* The fault that a thread's record tells of comes to its signal. */
void signal_fault(struct thread *thread);

/* A thread's stack is no longer mapped: there is nowhere to go on. */
void signal_stack_lost(struct thread *thread);

/**
 * signal_kill - send a signal of the running process
 * @thread: of @proc, for it alone; NULL: for the process
 * @sig:    0 only asks whether one may
 * @code:   CROFT_SI_USER or CROFT_SI_QUEUE
 *
 * Return: 0; -EPERM; -EAGAIN: CROFT_SI_QUEUE, and there is no room for @value.
 */
int signal_kill(struct proc *proc, struct thread *thread, int sig, int code, uint32_t value);

/* Send one of the kernel's own: of which there is nothing to tell, or what @note says; one of the
 * pool is freed where nobody is to hear of it. */
void signal_raise(struct proc *proc, int sig);
void signal_send(struct proc *proc, struct note *note);

/* Take it back, with what @note is about. */
void signal_unsend(struct proc *proc, struct note *note);

/* Take one of @set that is pending for a thread, and tell of it: its number, or 0. */
struct croft_siginfo;
int signal_take(struct thread *thread, uint32_t set, struct croft_siginfo *info);

/* Forget those that are pending. */
void signal_discard(struct proc *proc, uint32_t set);

/* Tell a parent that @child has ended, was stopped or continued.  And when it has waited for that:
 * POSIX has the signal go then, where it is still pending. */
void signal_child_news(struct proc *child);
void signal_child_known(struct proc *child);

/* Where nobody handles it: is it nothing to a process; does it stop one? */
bool signal_is_harmless(int sig);
bool signal_is_stop(int sig);

/* Make a thread go on with a pending signal, where it can go on. */
void signal_deliver(struct thread *thread);

/* Does it run on its alternate stack, where @sp is its stack pointer? */
bool signal_is_on_altstack(const struct thread *thread, addr_t sp);

/* Make a thread go on with the registers that its sigreturn() named, or fault. */
void signal_return(struct thread *thread);

#endif
