/* SPDX-License-Identifier: MIT */
/*
 * Message queues: messages of bounded number and size, the most urgent first.
 *
 * A queue is a file in /dev/mqueue, so its name, rights, descriptors and poll() are those of files;
 * only reading and writing it is not.  It lives as long as its name or a descriptor.  All the memory
 * that its messages may take is taken when it is made, so sending cannot fail for want of it; all
 * queues together take CONFIG_MQUEUE_PAGES at most.
 *
 *	slots	| len, priority, next | bytes ... |	messages in order, then those that are free
 *
 * Context: kernel.
 */
#ifndef KERNEL_MQUEUE_H
#define KERNEL_MQUEUE_H

#include <croft/mqueue.h>
#include <fs/vfs.h>

struct mqueue;
struct note;
struct proc;

/* The directory, counted. */
struct inode *mqueue_root(void);

/* What the next queue that is made gets; NULL: what is usual.  -EINVAL. */
int mqueue_want(const struct croft_mq_attr *attr);

/* The queue behind a file; NULL: it is none. */
struct mqueue *mqueue_of(const struct file *file);

void mqueue_attr(const struct mqueue *queue, struct croft_mq_attr *attr);
struct waitq *mqueue_waiters(struct mqueue *queue);

/* Copy a message in, judged.  -EMSGSIZE; -EAGAIN: it is full. */
int mqueue_send(struct mqueue *queue, const void *from, size_t len, unsigned int priority);

/* Copy the first one out, judged.  Its length; -EMSGSIZE: @len is too little; -EAGAIN: empty. */
long mqueue_receive(struct mqueue *queue, void *to, size_t len, unsigned int *priority);

/* Have @note, of the pool, sent to @proc when next a message comes to the empty queue and nobody
 * waits for it; NULL: nothing is sent then.  -EBUSY: somebody else is to be told. */
int mqueue_watch(struct mqueue *queue, struct proc *proc, struct note *note);

/* The process is not to be told any more: of @queue, or, for NULL, of any. */
void mqueue_unwatch(struct mqueue *queue, const struct proc *proc);

#endif
