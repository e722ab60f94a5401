/* SPDX-License-Identifier: MIT */
/* The calls about message queues: arguments are judged here, the rest is in mqueue.c. */
#include <croft/mman.h>
#include <croft/signal.h>
#include <errno.h>
#include <fcntl.h>
#include <kernel/fd.h>
#include <kernel/fetch.h>
#include <kernel/mqueue.h>
#include <kernel/signal.h>
#include <kernel/syscall.h>
#include <mm/uaccess.h>
#include <string.h>

long sys_mq_open(uaddr_t from, int flags, unsigned int mode, uaddr_t attr_at)
{
	struct proc *proc = current_proc();
	struct croft_mq_attr attr;
	char path[CROFT_PATH_MAX];
	struct file *file;
	int err = fetch_path(from, path);

	if (!err && attr_at.addr)
		err = user_read(proc->mm, &attr, attr_at, sizeof(attr));
	if (!err)
		err = mqueue_want(attr_at.addr ? &attr : NULL);
	if (err)
		return err;
	err = vfs_open(path, flags & (O_ACCMODE | O_CREAT | O_EXCL | O_NONBLOCK),
		       proc_new_mode(proc, mode), proc->euid, proc->egid, &file);
	mqueue_want(NULL);
	if (err)
		return err;
	if (mqueue_of(file))
		return fd_install(proc, file, 0, true);
	file_put(file);
	return -EINVAL;
}

static int find(int fd, struct file **file, struct mqueue **queue)
{
	*file = fd_file(current_proc(), fd);
	*queue = *file ? mqueue_of(*file) : NULL;
	return *queue ? 0 : -EBADF;
}

/* The queue is full or empty: wait for another time, say that there is none left, or do neither. */
static long wait_for(const struct file *file, struct mqueue *queue, uaddr_t until)
{
	uint64_t deadline;
	int err;

	if (file->flags & O_NONBLOCK)
		return -EAGAIN;
	if (!until.addr)
		return thread_wait(mqueue_waiters(queue));
	err = fetch_deadline(until, &deadline);
	if (!err && deadline <= timer_now())
		err = -ETIMEDOUT;
	return err ? err : thread_wait_until(mqueue_waiters(queue), deadline);
}

long sys_mq_send(int fd, uaddr_t from, size_t len, unsigned int priority, uaddr_t until)
{
	struct mqueue *queue;
	struct file *file;
	void *ptr;
	int err = find(fd, &file, &queue);

	if (!err && !file_can_write(file))
		err = -EBADF;
	if (!err && priority >= CROFT_MQ_PRIO_MAX)
		err = -EINVAL;
	if (!err)
		err = user_range(current_mm(), from, len, PROT_READ, &ptr);
	if (!err)
		err = mqueue_send(queue, ptr, len, priority);
	return err == -EAGAIN ? wait_for(file, queue, until) : err;
}

long sys_mq_receive(int fd, uaddr_t to, size_t len, uaddr_t priority_at, uaddr_t until)
{
	unsigned int priority;
	struct mqueue *queue;
	struct file *file;
	void *ptr, *word;
	long result = find(fd, &file, &queue);

	if (!result && !file_can_read(file))
		result = -EBADF;
	if (!result)
		result = user_range(current_mm(), to, len, PROT_WRITE, &ptr);
	if (!result && priority_at.addr)
		result = user_range(current_mm(), priority_at, sizeof(priority), PROT_WRITE, &word);
	if (!result)
		result = mqueue_receive(queue, ptr, len, &priority);
	if (result == -EAGAIN)
		return wait_for(file, queue, until);
	if (result >= 0 && priority_at.addr)
		memcpy(word, &priority, sizeof(priority));
	return result;
}

long sys_mq_notify(int fd, int how, unsigned long value, int tid)
{
	struct proc *proc = current_proc();
	struct thread *thread = tid ? thread_find(tid) : NULL;
	struct note *note = NULL;
	struct mqueue *queue;
	struct file *file;
	int err = find(fd, &file, &queue);

	if (!err && (how < CROFT_MQ_FORGET || how > LAST_SIGNAL ||
		     (tid && (!thread || thread->proc != proc))))
		err = -EINVAL;
	if (err)
		return err;
	if (how == CROFT_MQ_FORGET) {
		mqueue_unwatch(queue, proc);
		return 0;
	}
	if (how != CROFT_MQ_NONE) {
		note = note_create();
		if (!note)
			return -ENOMEM;
		note->sig = (uint8_t)how;
		note->code = CROFT_SI_MESGQ;
		note->pid = (int16_t)proc->pid;
		note->uid = proc->uid;
		note->value = (uint32_t)value;
		note->tid = (int16_t)tid;
	}
	err = mqueue_watch(queue, proc, note);
	if (err)
		note_free(note);
	return err;
}

long sys_mq_attr(int fd, uaddr_t from, uaddr_t to)
{
	struct mm *mm = current_mm();
	struct croft_mq_attr attr = { 0 }, old;
	struct mqueue *queue;
	struct file *file;
	int err = find(fd, &file, &queue);

	if (!err && from.addr)
		err = user_read(mm, &attr, from, sizeof(attr));
	if (!err) {
		mqueue_attr(queue, &old);
		old.flags = (long)(file->flags & O_NONBLOCK);
	}
	if (!err && to.addr)
		err = user_write(mm, to, &old, sizeof(old));
	if (!err && from.addr)
		file->flags = (file->flags & ~(uint32_t)O_NONBLOCK) |
			      ((uint32_t)attr.flags & O_NONBLOCK);
	return err;
}
