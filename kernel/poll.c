/* SPDX-License-Identifier: MIT */
/* poll().  See include/kernel/poll.h. */
#include <croft/mman.h>
#include <croft/poll.h>
#include <errno.h>
#include <kernel/fd.h>
#include <kernel/fetch.h>
#include <kernel/poll.h>
#include <kernel/syscall.h>
#include <mm/uaccess.h>

static struct waitq pollers = { .threads = TAILQ_HEAD_INITIALIZER(pollers.threads) };

/* They look again by themselves: what they look at is in their memory. */
void poll_wake(struct waitq *q)
{
	struct thread *thread;

	q->is_polled = false;
	while ((thread = TAILQ_FIRST(&pollers.threads)) != NULL)
		thread_wake_result(thread, -EAGAIN);
}

/* What is true of a descriptor, of what was asked; where it is nothing, let its queue tell. */
static short look(int fd, short events)
{
	struct file *file = fd_file(current_proc(), fd);
	unsigned int ready;

	if (fd < 0)
		return 0;
	if (!file)
		return POLLNVAL;
	ready = file_ready(file) & ((unsigned int)events | POLLERR | POLLHUP);
	if (!ready && file->inode->waiters)
		file->inode->waiters->is_polled = true;
	return (short)ready;
}

long sys_poll(uaddr_t at, unsigned int nfds, uaddr_t timeout)
{
	struct pollfd *fds = NULL;
	uint64_t deadline;
	long nready = 0;
	void *ptr;
	int err;

	if (nfds > CONFIG_OPEN_MAX)
		return -EINVAL;
	if (nfds &&
	    ((at.addr & 3) || user_range(current_mm(), at, nfds * sizeof(*fds), PROT_WRITE, &ptr)))
		return -EFAULT;
	if (nfds)
		fds = ptr;
	err = fetch_deadline(timeout, &deadline);
	if (err)
		return err;

	for (unsigned int i = 0; i < nfds; i++) {
		fds[i].revents = look(fds[i].fd, fds[i].events);
		nready += fds[i].revents != 0;
	}
	if (nready)
		return nready;
	if (deadline && deadline <= timer_now())
		return -ETIMEDOUT;
	return thread_wait_result(&pollers, deadline);
}
