/* SPDX-License-Identifier: MIT */
/*
 * What a thread that waits for a reply has under way: one call at a time.  What it carries
 * besides words is a parcel.  See include/kernel/channel.h.
 *
 * Context: kernel.
 */
#ifndef KERNEL_CALL_H
#define KERNEL_CALL_H

#include <kernel/types.h>
#include <sys/queue.h>

struct channel;
LIST_HEAD(channel_list, channel);
struct file;
struct thread;

/* What becomes of a call that the kernel makes in a program's name. */
struct call_ops {
	/*
	 * The receiver has replied @status, with words in @caller, or has gone (-EPIPE).  Returns
	 * what the caller's system call comes to; NO_RESULT: the caller calls again.
	 */
	long (*finish)(struct thread *caller, long status);
	/* Put bytes elsewhere than into @recv.  0 or -EFAULT.  NULL: into @recv. */
	int (*put)(struct thread *caller, uint32_t off, const void *from, size_t len);
};

struct call {
	struct channel *channel; /* counted; NULL: no call is under way */
	struct parcel *parcel;	 /* may outlive the call until its thread runs; NULL: none */
	int id;			 /* what the receiver knows it by; 0: nobody has received it */
};

struct parcel {
	const struct call_ops *ops; /* NULL: a program made it */
	struct file *file;	    /* handed over, or what it is about; counted; NULL: none */
	addr_t send, recv;	    /* of the caller's memory */
	uint32_t send_len, recv_len;
	addr_t map, map_len; /* a mapping to be taken */
	addr_t got;	     /* where the number of a descriptor given is put; 0: nowhere */
	uint32_t arg;	     /* of @ops */
};

#endif
