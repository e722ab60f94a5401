/* SPDX-License-Identifier: MIT */
/* Channels.  See include/kernel/channel.h. */
#include "channel.h"

#include <arch/irq.h>
#include <croft/poll.h>
#include <errno.h>
#include <fcntl.h>
#include <fs/served.h>
#include <kernel/assert.h>
#include <kernel/interrupt.h>
#include <mm/pool.h>

static struct pool channel_pool = POOL_INIT(struct channel);
static struct pool parcel_pool = POOL_INIT(struct parcel);
static SLIST_HEAD(, channel) noisy = SLIST_HEAD_INITIALIZER(noisy);
static uint32_t last_ino;
int channel_last_id;

void channel_get(struct channel *channel)
{
	channel->refs++;
}

void channel_put(struct channel *channel)
{
	if (--channel->refs > 0)
		return;
	if (channel->owner)
		LIST_REMOVE(channel, owned);
	pool_free(&channel_pool, channel);
}

/* Have channel_poll() look at it. */
static void make_noise(struct channel *channel)
{
	if (channel->is_noisy)
		return;
	channel->is_noisy = true;
	channel_get(channel);
	SLIST_INSERT_HEAD(&noisy, channel, noisy);
	arch_kernel_request();
}

static int channel_open(struct inode *inode, int flags)
{
	struct channel *channel = channel_of_inode(inode);

	if ((flags & O_ACCMODE) == O_RDONLY)
		channel->nreceivers++;
	else
		channel->nsenders++;
	return 0;
}

static void channel_close(struct inode *inode, int flags)
{
	struct channel *channel = channel_of_inode(inode);
	uint32_t *ends = (flags & O_ACCMODE) == O_RDONLY ? &channel->nreceivers
							 : &channel->nsenders;

	ASSERT(*ends > 0);
	if (--*ends == 0)
		make_noise(channel);
}

static unsigned int channel_ready(struct inode *inode)
{
	const struct channel *channel = channel_of_inode(inode);
	bool has_message = channel->bits || !TAILQ_EMPTY(&channel->callers.threads);

	return (has_message ? POLLIN : 0u) | (channel->nsenders ? 0u : POLLHUP) |
	       (channel->nreceivers ? POLLOUT : POLLERR);
}

static void channel_release(struct inode *inode)
{
	channel_put(channel_of_inode(inode));
}

const struct inode_ops channel_inode_ops = {
	.ready = channel_ready,
	.open = channel_open,
	.close = channel_close,
	.release = channel_release,
};

int channel_create(struct file **receiver, struct file **sender)
{
	struct channel *channel = pool_alloc(&channel_pool);

	if (!channel)
		return -ENOMEM;
	waitq_init(&channel->receivers);
	waitq_init(&channel->callers);
	waitq_init(&channel->received);
	waitq_init(&channel->changed);
	channel->refs = 1;
	inode_init(&channel->inode, &channel_inode_ops, FS_CHANNEL, ++last_ino,
		   S_IFSOCK | S_IRUSR | S_IWUSR);
	channel->inode.waiters = &channel->changed;
	return file_create_pair(&channel->inode, receiver, sender);
}

int channel_sender(struct channel *channel, struct file **sender)
{
	inode_get(&channel->inode);
	return file_create(&channel->inode, O_WRONLY, sender);
}

/* The most urgent thread of a queue, the longest of equals; NULL: it is empty. */
static struct thread *best_of(const struct waitq *q)
{
	struct thread *thread, *best = TAILQ_FIRST(&q->threads);

	for (thread = best; thread; thread = TAILQ_NEXT(thread, link))
		if (thread->priority > best->priority)
			best = thread;
	return best;
}

/* @thread has received: who still waits, waits for it. */
static void set_owner(struct channel *channel, struct thread *thread)
{
	struct thread *caller;

	if (channel->owner == thread)
		return;
	if (channel->owner)
		LIST_REMOVE(channel, owned);
	channel->owner = thread;
	LIST_INSERT_HEAD(&thread->channels, channel, owned);
	TAILQ_FOREACH(caller, &channel->callers.threads, link) {
		donate_end(caller);
		donate(caller, thread);
	}
}

void channel_forget_owner(struct thread *thread)
{
	struct channel *channel;
	struct thread *caller;

	while ((channel = LIST_FIRST(&thread->channels)) != NULL) {
		LIST_REMOVE(channel, owned);
		channel->owner = NULL;
		TAILQ_FOREACH(caller, &channel->callers.threads, link)
			donate_end(caller);
	}
}

int channel_deliver(struct channel *channel, struct thread *caller, struct thread *receiver)
{
	caller->call.id = channel_next_id();
	donate_end(caller);
	donate(caller, receiver);
	set_owner(channel, receiver);
	return caller->call.id;
}

int channel_send(struct channel *channel, struct thread *caller, uint64_t deadline)
{
	struct thread *receiver = best_of(&channel->receivers);
	struct thread *owner = channel->owner;

	if (channel->nreceivers == 0)
		return -EPIPE;
	if (!receiver && owner && donate_would_loop(caller, owner))
		return -EDEADLK;

	/* Nothing below can fail. */
	channel_get(channel);
	caller->call.channel = channel;
	caller->call.id = 0;
	if (receiver) {
		thread_park(caller, &channel->received, deadline);
		receiver->has_words = true;
		for (int i = 0; i < CHANNEL_WORDS; i++)
			receiver->words[i] = caller->words[i];
		thread_wake_result(receiver, channel_deliver(channel, caller, receiver));
		return 0;
	}
	thread_park(caller, &channel->callers, deadline);
	if (owner)
		donate(caller, owner);
	if (channel->changed.is_polled)
		waitq_wake_all(&channel->changed);
	return 0;
}

int channel_attach(struct channel *channel, int irq, uint32_t bits)
{
	int err = interrupt_attach(irq, channel, bits);

	if (!err)
		channel->has_interrupts = true;
	return err;
}

static uint32_t take_bits(struct channel *channel)
{
	uint32_t bits = channel->bits;

	channel->bits = 0;
	return bits;
}

long channel_receive(struct channel *channel, uint64_t deadline)
{
	struct thread *caller;

	if (channel->has_interrupts)
		interrupt_rearm(channel, channel->bits);
	if (channel->bits) {
		arch_frame_set_words(arch_current_frame(),
				     (uint32_t[]){ take_bits(channel), 0, 0, 0 });
		return 0;
	}
	caller = best_of(&channel->callers);
	if (!caller) {
		if (channel->nsenders == 0)
			return -EPIPE;
		return thread_wait_result(&channel->receivers, deadline);
	}
	arch_frame_set_words(arch_current_frame(), caller->words);
	TAILQ_REMOVE(&channel->callers.threads, caller, link);
	TAILQ_INSERT_TAIL(&channel->received.threads, caller, link);
	caller->waiting_on = &channel->received;
	return channel_deliver(channel, caller, current);
}

void channel_end(struct thread *caller, long status)
{
	const struct parcel *parcel = caller->call.parcel;
	const struct call_ops *ops = parcel ? parcel->ops : NULL;

	caller->call.id = 0; /* it has not gone without a reply */
	thread_stop_waiting(caller);
	if (ops) {
		status = ops->finish(caller, status);
		if (status == NO_RESULT)
			return; /* it waits for the next reply */
	}
	caller->has_words = !ops;
	thread_wake_result(caller, status);
}

void channel_reply(struct thread *caller, long status, uint32_t a, uint32_t b, uint32_t c)
{
	caller->words[0] = a;
	caller->words[1] = b;
	caller->words[2] = c;
	caller->words[3] = 0;
	channel_end(caller, status);
}

void channel_notify(struct channel *channel, uint32_t bits)
{
	channel->bits |= bits;
	make_noise(channel);
}

void channel_call_end(struct thread *caller)
{
	struct channel *channel = caller->call.channel;

	caller->call.channel = NULL;
	if (caller->call.id)
		channel_notify(channel, CHANNEL_GONE);
	channel_put(channel);
}

void channel_call_drop(struct thread *caller)
{
	struct parcel *parcel = caller->call.parcel;
	struct file *file = parcel->file;

	caller->call.parcel = NULL;
	pool_free(&parcel_pool, parcel);
	if (file)
		file_put(file);
}

struct parcel *channel_parcel(struct thread *caller)
{
	caller->call.parcel = pool_alloc(&parcel_pool);
	return caller->call.parcel;
}

/* No receiver is left: end every call. */
static void fail_calls(struct channel *channel)
{
	struct thread *caller;

	while ((caller = TAILQ_FIRST(&channel->callers.threads)) ||
	       (caller = TAILQ_FIRST(&channel->received.threads)))
		channel_end(caller, -EPIPE);
}

static void wake_receivers(struct channel *channel, long result)
{
	struct thread *receiver;

	while ((receiver = best_of(&channel->receivers)) != NULL)
		thread_wake_result(receiver, result);
}

static void look_at(struct channel *channel)
{
	struct thread *receiver = best_of(&channel->receivers);

	if (channel->nreceivers == 0) {
		interrupt_detach(channel);
		served_remove(channel);
		fail_calls(channel);
		wake_receivers(channel, -EBADF); /* another thread has closed what they wait on */
	} else if (receiver && channel->bits) {
		receiver->has_words = true;
		receiver->words[0] = take_bits(channel);
		thread_wake_result(receiver, 0);
	} else if (channel->nsenders == 0) {
		wake_receivers(channel, -EPIPE);
	}
	if (channel->changed.is_polled)
		waitq_wake_all(&channel->changed);
}

void channel_poll(void)
{
	struct channel *channel;

	interrupt_poll();
	while ((channel = SLIST_FIRST(&noisy)) != NULL) {
		SLIST_REMOVE_HEAD(&noisy, noisy);
		channel->is_noisy = false;
		look_at(channel);
		channel_put(channel);
	}
}
