/* SPDX-License-Identifier: MIT */
/*
 * Notes: what is known of a signal that is pending, who sent it and why.
 *
 *	proc->notes --> note --> note --> 0	the oldest first
 *
 * Timers, children and message queues have a note of their own in their records, so telling of
 * them cannot fail.  kill() and sigqueue() take one from a pool; where there is no memory, kill()
 * sends its signal without one.  So a signal that is pending may have several notes, or none.
 *
 * Context: kernel.
 */
#ifndef KERNEL_NOTE_H
#define KERNEL_NOTE_H

#include <kernel/types.h>

struct croft_siginfo;
struct proc;
struct thread;

struct note {
	struct note *next;
	const struct thread *thread; /* for it alone; NULL: for the process */
	uint32_t value;		     /* of sigqueue(), timers and queues */
	int16_t tid;		     /* of one that is kept: the thread it is for; 0: the process */
	int16_t pid;		     /* the sender, or the child that it is about */
	uint16_t uid;
	uint8_t sig;
	int8_t code;
	uint8_t status; /* of a child */
	bool is_listed;
	bool is_pooled; /* goes when it has been taken */
};

/* One more from the pool; NULL: no memory.  And giving it back unlisted; NULL: nothing. */
struct note *note_create(void);
void note_free(struct note *note);

/* Append it to those of a process; one that is listed stays where it is. */
void note_add(struct proc *proc, struct note *note);

/* Take the oldest of a signal to @thread (NULL: to the process) away, and tell of it. */
void note_take(struct proc *proc, const struct thread *thread, int sig, struct croft_siginfo *info);

/* Is there one? */
bool note_exists(const struct proc *proc, const struct thread *thread, int sig);

/* How many there are. */
unsigned int note_count(const struct proc *proc);

/* Take it off the list, and free it where it is the pool's; one not listed stays as it is. */
void note_remove(struct proc *proc, struct note *note);

/* The same with all of the signals in @set; and with all for a thread, or, for NULL, with all. */
void notes_drop_signals(struct proc *proc, uint32_t set);
void notes_drop(struct proc *proc, const struct thread *thread);

#endif
