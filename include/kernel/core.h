/* SPDX-License-Identifier: MIT */
/*
 * Core dumps: what a process leaves that dies of a signal, as an ELF file for gdb.
 *
 *	core_begin ---> proc_exit ---> core_step, core_step ... ---> the rest of the process goes
 *
 * The process is told nothing and runs no more: steps of bounded cost are done where one of its
 * threads would have run, so a more urgent thread never waits for a dump.  The VMA list decides
 * what goes in: memory of the process's own; shared memory, text and constant files where
 * the configuration asks for them; registers of devices are never read.
 *
 * A file that cannot have its full size is cut at its end: headers, registers and stacks come
 * first in it.
 *
 * Context: kernel.
 */
#ifndef KERNEL_CORE_H
#define KERNEL_CORE_H

#include <kernel/types.h>

struct croft_siginfo;
struct proc;
struct thread;

/**
 * core_begin - prepare a dump of a process that is about to be ended by a signal
 * @thread: that the signal came to
 * @info:   of the signal
 *
 * Where its limit (RLIMIT_CORE) or the destination is nothing, or memory is short, there will be
 * none; the last is told on the console.
 */
void core_begin(struct thread *thread, const struct croft_siginfo *info);

/**
 * core_step - do a bounded part of the dump of a process that is exiting
 * @thread: one of the process, the best to run; it may be made to wait
 *
 * Return: true when there is nothing left to do.  With a dump, CROFT_STATUS_CORE is in the
 *	   wait status then.
 */
bool core_step(struct thread *thread);

/* Give up a dump under way, if there is one: what has been written stays. */
void core_stop(struct proc *proc);

/* Where dumps go: the name of the destination, as in /proc/sys/kernel/core_to. */
const char *core_destination(void);

/* Choose it by name.  false: there is none of that name. */
bool core_set_destination(const char *name, size_t len);

#endif
