/* SPDX-License-Identifier: MIT */
/*
 * Channels: who calls waits until who receives has replied.
 *
 *	call --> callers --receive--> received --reply--> the caller goes on
 *		 (priority order)	  |
 *					  +-- timeout, signal, death: CHANNEL_GONE to the receiver
 *
 * Each end of a channel is an open file, so it is inherited, handed over, closed and polled like
 * any other.  With the last receiving end every call that waits gets -EPIPE, the served paths
 * go, and attached interrupts are let go; with the last sending end a receiver gets -EPIPE.
 *
 * A caller donates its priority to the thread that received its call; one whose call nobody has
 * received yet, to the thread that received last (@owner).  So a chain of calls runs with the
 * priority of the most urgent thread that waits for it.
 *
 * What follows from a change that may come at any time (an interrupt, a close, a caller's end) is
 * not done on the spot but by channel_poll(), before a program runs again.
 *
 * Context: kernel.
 */
#ifndef KERNEL_CHANNEL_H
#define KERNEL_CHANNEL_H

#include <croft/channel.h>
#include <fs/vfs.h>

struct channel;
struct thread;

/* Make a channel, with its two ends as counted files.  0 or -ENOMEM. */
int channel_create(struct file **receiver, struct file **sender);

enum channel_end { CHANNEL_RECEIVER, CHANNEL_SENDER };

/* Another open file of its sending end.  0 or -ENOMEM. */
int channel_sender(struct channel *channel, struct file **sender);

void channel_get(struct channel *channel);
void channel_put(struct channel *channel);

/**
 * channel_send - let a thread wait for a reply
 * @caller: its words and its call's other members are set; it is running, ready, or waits on
 *          nothing
 * @deadline: ns since boot; 0: none
 *
 * The call's result is the reply's status, or -ETIMEDOUT, -EINTR, -EPIPE: the receiver has gone.
 *
 * Return: 0, -EPIPE: there is no receiver; -EDEADLK: the receiver waits for the caller; then
 *         nothing changed.
 */
int channel_send(struct channel *channel, struct thread *caller, uint64_t deadline);

/**
 * channel_receive - take the most urgent message, or wait for one
 * @deadline: ns since boot; 0: none
 *
 * Return: the call's id, its words in @current's frame; 0: a notification, its bits in r1;
 *         NO_RESULT; -EPIPE: nobody can call; -EBADF: the last receiving end was closed meanwhile.
 */
long channel_receive(struct channel *channel, uint64_t deadline);

/* End a call that was received: @caller returns @status and words. */
void channel_reply(struct thread *caller, long status, uint32_t a, uint32_t b, uint32_t c);

/* The same, of one that nobody will answer, or with what @caller has as words. */
void channel_end(struct thread *caller, long status);

/* What sys_channel_call() does where it takes more than words, or cannot hand the processor over. */
long channel_call(struct channel *channel, const uint32_t words[CHANNEL_WORDS], uaddr_t buffers);

/* Tell a line's interrupts to a channel.  As interrupt_attach(). */
int channel_attach(struct channel *channel, int irq, uint32_t bits);

/* Set bits of the notification, and have channel_poll() tell a receiver. */
void channel_notify(struct channel *channel, uint32_t bits);

/* Do what changes have left to be done.  Context: the scheduler, before it chooses. */
void channel_poll(void);

/* The call of a thread that no longer waits is over; and its parcel is given up, which may close a
 * file. */
void channel_call_end(struct thread *caller);
void channel_call_drop(struct thread *caller);

/* A parcel for the next call of a thread, empty; or NULL: no memory. */
struct parcel *channel_parcel(struct thread *caller);

/* A thread goes that has received. */
void channel_forget_owner(struct thread *thread);

#endif
