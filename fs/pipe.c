/* SPDX-License-Identifier: MIT */
/*
 * Pipes: a ring of bytes between those who write and those who read.
 *
 *	     head - tail bytes are waiting
 *	ring [ . . . o o o o o . . . ]
 *	           tail      head        both count on for ever; the place is the low bits
 *
 * A pipe is an inode without a name, with two files over it; it counts the open files of each
 * end.  No readers: writing is -EPIPE.  No writers: reading what is left, then the end.
 *
 * A write of up to PIPE_SIZE bytes goes in whole or has to wait, so that what several programs
 * write is never mixed; a longer one goes in as far as it fits.
 *
 * Source: POSIX.1-2017 pipe(), write() (PIPE_BUF).
 */
#include <croft/poll.h>
#include <errno.h>
#include <fcntl.h>
#include <fs/vfs.h>
#include <kernel/assert.h>
#include <mm/pool.h>
#include <string.h>

#define PIPE_SIZE 512U /* bytes; a power of two, and what programs know as PIPE_BUF */

struct pipe {
	struct inode inode;
	struct waitq waiters;
	uint32_t head, tail;
	uint32_t nreaders, nwriters; /* open files */
	uint8_t ring[PIPE_SIZE];
};

_Static_assert((PIPE_SIZE & (PIPE_SIZE - 1)) == 0, "positions wrap with the ring");
_Static_assert(CONFIG_STEP_BYTES >= PIPE_SIZE, "a write that goes in whole is one call");

static struct pool pipe_pool = POOL_INIT(struct pipe);
static uint32_t last_ino;

static struct pipe *pipe_of(struct inode *inode)
{
	return container_of(inode, struct pipe, inode);
}

static ssize_t pipe_read(struct inode *inode, uint32_t off, void *to, size_t len)
{
	struct pipe *pipe = pipe_of(inode);
	uint32_t used = pipe->head - pipe->tail;
	uint32_t at = pipe->tail % PIPE_SIZE;
	size_t first;

	(void)off;
	if (len == 0)
		return 0;
	if (used == 0)
		return pipe->nwriters ? -EAGAIN : 0;
	len = MIN(len, used);
	first = MIN(len, PIPE_SIZE - at);
	memcpy(to, pipe->ring + at, first);
	memcpy((uint8_t *)to + first, pipe->ring, len - first);
	pipe->tail += (uint32_t)len;
	waitq_wake_all(&pipe->waiters);
	return (ssize_t)len;
}

static ssize_t pipe_write(struct inode *inode, uint32_t off, const void *from, size_t len)
{
	struct pipe *pipe = pipe_of(inode);
	uint32_t room = PIPE_SIZE - (pipe->head - pipe->tail);
	uint32_t at = pipe->head % PIPE_SIZE;
	size_t first;

	(void)off;
	if (len == 0)
		return 0;
	if (pipe->nreaders == 0)
		return -EPIPE;
	if (room == 0 || (len <= PIPE_SIZE && len > room))
		return -EAGAIN;
	len = MIN(len, room);
	first = MIN(len, PIPE_SIZE - at);
	memcpy(pipe->ring + at, from, first);
	memcpy(pipe->ring, (const uint8_t *)from + first, len - first);
	pipe->head += (uint32_t)len;
	waitq_wake_all(&pipe->waiters);
	return (ssize_t)len;
}

/* Any write of up to PIPE_BUF bytes must go in, so only an empty pipe has room. */
static unsigned int pipe_ready(struct inode *inode)
{
	const struct pipe *pipe = pipe_of(inode);
	uint32_t used = pipe->head - pipe->tail;

	return (used ? POLLIN : 0u) | (pipe->nwriters ? 0u : POLLHUP) |
	       (pipe->nreaders ? used ? 0u : POLLOUT : POLLERR);
}

static int pipe_open(struct inode *inode, int flags)
{
	struct pipe *pipe = pipe_of(inode);

	if ((flags & O_ACCMODE) == O_RDONLY)
		pipe->nreaders++;
	else
		pipe->nwriters++;
	return 0;
}

static void pipe_close(struct inode *inode, int flags)
{
	struct pipe *pipe = pipe_of(inode);
	uint32_t *ends = (flags & O_ACCMODE) == O_RDONLY ? &pipe->nreaders : &pipe->nwriters;

	ASSERT(*ends > 0);
	if (--*ends == 0)
		waitq_wake_all(&pipe->waiters); /* the other end learns of it */
}

static void pipe_release(struct inode *inode)
{
	pool_free(&pipe_pool, pipe_of(inode));
}

static const struct inode_ops pipe_ops = {
	.read = pipe_read,
	.write = pipe_write,
	.ready = pipe_ready,
	.open = pipe_open,
	.close = pipe_close,
	.release = pipe_release,
};

int pipe_create(struct file **reader, struct file **writer)
{
	struct pipe *pipe = pool_alloc(&pipe_pool);

	if (!pipe)
		return -ENOMEM;
	waitq_init(&pipe->waiters);
	inode_init(&pipe->inode, &pipe_ops, FS_PIPE, ++last_ino, S_IFIFO | S_IRUSR | S_IWUSR);
	pipe->inode.waiters = &pipe->waiters;
	return file_create_pair(&pipe->inode, reader, writer);
}
