/* SPDX-License-Identifier: MIT */
/*
 * Messages between processes.  <croft/channel.h> has the records and the picture.
 *
 *	server					client
 *	channel_create(ends);			(inherits or is given ends[1])
 *	for (id = 0;;) {
 *		id = channel_receive(ends[0], &message, NULL);
 *		...				status = channel_call(end, words, &buffers);
 *		channel_reply(ends[0], id, status, words);
 *	}
 *
 * Every function returns -1 and sets errno where it fails.  EPIPE: the other side has gone.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stddef.h>
#include <sys/cdefs.h>
#include <sys/types.h>

#include <croft/channel.h>

__BEGIN_DECLS

struct timespec;

/* Make a channel: ends[0] receives, ends[1] sends.  Both are closed in a program that is started. */
int channel_create(int ends[2]);

/**
 * channel_call - send four words and wait for the reply
 * @words: the message; the first three are set to the reply's
 * @buffers: what else the call carries; NULL: nothing
 *
 * Return: the status that the receiver replied, where it is 0 or more; -1 with errno: the negative
 *         of its status, or EBADF, EFAULT, EPIPE, ETIMEDOUT, EINTR, EDEADLK (the receiver waits,
 *         maybe through others, for the caller).
 */
long channel_call(int fd, unsigned int words[CHANNEL_WORDS], struct channel_buffers *buffers);

/**
 * channel_receive - wait for a message
 * @words: set to the message; for a notification the first is set to its bits
 * @until: on CLOCK_MONOTONIC; NULL: for ever
 *
 * Return: the id of the call; 0: a notification; -1: EPIPE (no one can call any more), ETIMEDOUT,
 *         EINTR.
 */
int channel_receive(int fd, unsigned int words[CHANNEL_WORDS], const struct timespec *until);

/* End a call.  @status: from -4095 up.  @words: three; NULL: zeros.  -1, ESRCH: it has gone. */
int channel_reply(int fd, int id, long status, const unsigned int *words);

/* End a call, whose caller may have gone, and receive the next: one system call. */
int channel_reply_receive(int fd, int id, long status, unsigned int words[CHANNEL_WORDS]);

/* Copy all of @len bytes from, or to, a caller, as far as its buffer goes.  How many were. */
ssize_t channel_read(int fd, int id, size_t off, void *to, size_t len);
ssize_t channel_write(int fd, int id, size_t off, const void *from, size_t len);

/* Set bits of a notification; whoever receives gets them all at once. */
int channel_notify(int fd, unsigned int bits);

int channel_info(int fd, int id, struct channel_info *info);

/* Take the descriptor that a call carries; give one to a caller. */
int channel_take(int fd, int id);
int channel_give(int fd, int id, int given);

/* Take the mapping that a call carries, at the caller's address.  MAP_FAILED where it fails. */
void *channel_map(int fd, int id);

/* Have interrupts of a device notified; see the system call. */
int channel_interrupt(int fd, int device, unsigned int index, unsigned int bits);

/* Serve a path; tell what poll() says of one of its files. */
int channel_serve(int fd, const char *path, mode_t mode);
int channel_ready(int fd, unsigned int number, unsigned int events);

__END_DECLS

#endif
