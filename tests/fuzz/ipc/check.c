/* SPDX-License-Identifier: MIT */
/* What has to hold between any two calls.  fs/served.c is a part of this file: its lists are its own. */
#define procs kernel_procs
#include "../../../fs/served.c"
#undef procs

#include "ipc.h"

#include <kernel/fd.h>

#define MOST 512u

static struct file *files[MOST]; /* one for each who holds it */
static unsigned int nfiles;
static struct channel *channels[MOST];
static unsigned int nchannels;

static void hold(struct file *file)
{
	if (!file)
		return;
	CHECK(nfiles < MOST);
	files[nfiles++] = file;
}

static void note_channel(struct channel *channel)
{
	for (unsigned int i = 0; i < nchannels; i++)
		if (channels[i] == channel)
			return;
	CHECK(nchannels < MOST);
	channels[nchannels++] = channel;
}

static bool is_first(unsigned int i)
{
	for (unsigned int k = 0; k < i; k++)
		if (files[k] == files[i])
			return false;
	return true;
}

static void collect(void)
{
	struct thread *thread;
	struct served *served;
	struct node *node;

	nfiles = nchannels = 0;
	for (unsigned int p = 0; p < NPROCESSES; p++)
		for (int fd = 0; fd < CONFIG_OPEN_MAX; fd++)
			hold(processes[p].files[fd]);
	FOREACH_THREAD(thread, p)
	{
		if (thread->call.parcel)
			hold(thread->call.parcel->file);
		if (thread->call.channel)
			note_channel(thread->call.channel);
	}
	LIST_FOREACH(served, &names, link)
		hold(served->sender);
	LIST_FOREACH(node, &nodes, link)
		note_channel(node->channel);
	for (unsigned int i = 0; i < nfiles; i++)
		if (files[i]->inode->ops == &channel_inode_ops)
			note_channel(channel_of_inode(files[i]->inode));
}

static void check_files(void)
{
	for (unsigned int i = 0; i < nfiles; i++) {
		uint32_t holders = 0;

		for (unsigned int k = 0; k < nfiles; k++)
			holders += files[k] == files[i];
		CHECK(files[i]->refs == holders);
	}
}

static uint32_t length(const struct waitq *q)
{
	struct thread *thread;
	uint32_t n = 0;

	TAILQ_FOREACH(thread, &q->threads, link) {
		CHECK(thread->state == THREAD_WAITING && thread->waiting_on == q);
		n++;
	}
	return n;
}

static void check_channel(struct channel *channel)
{
	uint32_t nreceivers = 0, nsenders = 0, refs = channel->is_noisy, calls = 0, ids = 0;
	uint32_t receiving = length(&channel->receivers);
	uint32_t waiting = length(&channel->callers), received = length(&channel->received);
	struct thread *thread;
	struct node *node;

	for (unsigned int i = 0; i < nfiles; i++)
		if (is_first(i) && files[i]->inode == &channel->inode)
			*((files[i]->flags & O_ACCMODE) == O_RDONLY ? &nreceivers : &nsenders) += 1;
	FOREACH_THREAD(thread, p)
	if (thread->call.channel == channel) {
		calls++;
		ids += thread->call.id != 0;
		CHECK(thread->waiting_on ==
		      (thread->call.id ? &channel->received : &channel->callers));
	}
	LIST_FOREACH(node, &nodes, link)
		refs += node->channel == channel;
	CHECK(channel->nreceivers == nreceivers && channel->nsenders == nsenders);
	CHECK(channel->inode.refs == nreceivers + nsenders);
	CHECK(channel->refs == refs + calls + (nreceivers + nsenders > 0));
	CHECK(calls == waiting + received && ids == received);
	if (channel->is_noisy)
		return; /* something is still to be done about it */
	CHECK(nreceivers || (calls == 0 && !receiving));
	CHECK(!receiving || (waiting == 0 && channel->bits == 0 && nsenders));
}

/* Who waits for whom, and with which priority. */
static void check_thread(const struct thread *thread)
{
	const struct thread *donor;
	unsigned int priority = thread->base_priority;

	LIST_FOREACH(donor, &thread->donors, donation) {
		CHECK(donor->donates_to == thread && donor->state == THREAD_WAITING);
		priority = MAX(priority, donor->priority);
	}
	CHECK(thread->priority == priority);
	CHECK(!thread->donates_to || !donate_would_loop(thread, thread->donates_to->donates_to));
	if (thread->state == THREAD_WAITING)
		return;
	CHECK(!thread->waiting_on && !thread->call.channel && !thread->donates_to);
	CHECK(!thread->timer.is_set);
}

/* What a call that was received is known by. */
static int id_of(const struct thread *thread)
{
	return thread->call.channel ? thread->call.id : 0;
}

/* Ids are of one call each. */
static void check_calls(void)
{
	struct thread *a, *b;

	FOREACH_THREAD(a, p)
	FOREACH_THREAD(b, q)
	CHECK(a == b || !id_of(a) || id_of(a) != id_of(b));
}

void check_all(void)
{
	struct thread *thread;
	struct node *node, *other;

	collect();
	check_files();
	for (unsigned int i = 0; i < nchannels; i++)
		check_channel(channels[i]);
	FOREACH_THREAD(thread, p)
	check_thread(thread);
	check_calls();
	LIST_FOREACH(node, &nodes, link) {
		CHECK(node->inode.refs > 0);
		LIST_FOREACH(other, &nodes, link)
			CHECK(other == node || other->channel != node->channel ||
			      other->number != node->number);
	}
}
