/* SPDX-License-Identifier: MIT */
/*
 * Channels: messages between processes, as the kernel and programs both know them.
 *
 *	caller				 receiver
 *	channel_call() --message----->	 channel_receive()
 *	   waits	<--bytes----->	 channel_read(), channel_write()
 *	   goes on	<--reply------	 channel_reply()
 *
 * A channel has two ends, each a descriptor.  A message is four words, a reply a status and three
 * words; bytes are copied by the kernel, between memory that the caller named in its call and
 * memory of the receiver, while the call lasts.
 */
#ifndef CROFT_CHANNEL_H
#define CROFT_CHANNEL_H

#include <croft/limits.h>

#define CHANNEL_WORDS 4

/* What a call may carry besides its words.  Zero bytes mean: none of it, but @give, which is a
 * descriptor or -1. */
struct channel_buffers {
	const void *send; /* the receiver may read these bytes */
	void *recv;	  /* and write these */
	unsigned int send_len, recv_len;
	const struct timespec *until; /* on CLOCK_MONOTONIC; NULL: wait for ever */
	int give;		      /* a descriptor that the receiver may take; -1: none */
	int got;   /* set: a descriptor that the receiver gave, closed on exec; -1: none */
	void *map; /* the whole of a mapping that the receiver may take; NULL: none */
	unsigned int map_len;
};

/* What is known of a call that was received. */
struct channel_info {
	int pid, tid;
	unsigned int uid, gid; /* effective */
	unsigned int send_len, recv_len;
	int has_file;  /* a descriptor waits to be taken */
	int is_kernel; /* asked by the kernel, for a file that this channel serves */
	void *map;     /* a mapping waits to be taken */
	unsigned int map_len;
};

/* A bit of a notification that the kernel itself sets: a call that was received has ended without
 * a reply. */
#define CHANNEL_GONE 0x80000000u

/*
 * What the kernel asks of who serves a path (channel_serve()).  Word 0 is one of these, word 1 the
 * number of a file, which its server has chosen: 0 is the path itself.
 */
enum serve_request {
	/* The file that the path in the bytes to read leads to, from the served path on, not
	 * empty.  Words of the reply: number, mode, size. */
	SERVE_OPEN = 1,
	/* Bytes from offset word 2 on, at most word 3 of them, into the bytes to write.  The status
	 * is how many; 0 at the end; -EAGAIN where SERVE_NONBLOCK is set in word 1. */
	SERVE_READ,
	/* The same, from the bytes to read. */
	SERVE_WRITE,
	/* Entries (struct croft_dirent) from place word 2 on.  The status is how many bytes they
	 * take, word 0 of the reply the place behind them. */
	SERVE_READDIR,
};
#define SERVE_NONBLOCK 0x80000000u

#endif
