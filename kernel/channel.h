/* SPDX-License-Identifier: MIT */
/* The record of a channel, for channel.c and the short way (short.c).  See include/kernel/channel.h. */
#ifndef KERNEL_CHANNEL_RECORD_H
#define KERNEL_CHANNEL_RECORD_H

#include <fcntl.h>
#include <kernel/channel.h>
#include <kernel/proc.h>

struct channel {
	struct inode inode;	/* its ends are open files of this */
	struct waitq receivers; /* threads that wait for a message */
	struct waitq callers;	/* threads whose calls nobody has received */
	struct waitq received;	/* threads whose calls are being answered */
	struct waitq changed;	/* for poll() */
	struct thread *owner;	/* received last; NULL: nobody yet */
	LIST_ENTRY(channel) owned;
	SLIST_ENTRY(channel) noisy;    /* on the list of those that channel_poll() looks at */
	uint32_t bits;		       /* of the next notification */
	uint32_t nreceivers, nsenders; /* open files of each end */
	uint32_t refs;		       /* the inode, calls, served paths, the list of the noisy */
	bool is_noisy;
	bool has_interrupts; /* or had some */
};

extern const struct inode_ops channel_inode_ops;
extern int channel_last_id;

static inline struct channel *channel_of_inode(struct inode *inode)
{
	return container_of(inode, struct channel, inode);
}

/* The channel that a file is an end of, or NULL; not counted. */
static inline struct channel *channel_of(const struct file *file, enum channel_end end)
{
	bool is_receiver;

	if (!file || file->inode->ops != &channel_inode_ops)
		return NULL;
	is_receiver = (file->flags & O_ACCMODE) == O_RDONLY;
	return is_receiver == (end == CHANNEL_RECEIVER) ? channel_of_inode(file->inode) : NULL;
}

/* The thread whose call was received under this id, or NULL. */
static inline struct thread *channel_caller(const struct channel *channel, int id)
{
	struct thread *thread;

	TAILQ_FOREACH(thread, &channel->received.threads, link)
		if (thread->call.id == id)
			return thread;
	return NULL;
}

static inline int channel_next_id(void)
{
	return channel_last_id = channel_last_id == INT32_MAX ? 1 : channel_last_id + 1;
}

/* Hand a call to a thread that runs or waits for one: it donates to nobody, so no ring is closed.  Returns
 * the call's id. */
int channel_deliver(struct channel *channel, struct thread *caller, struct thread *receiver);

#endif
