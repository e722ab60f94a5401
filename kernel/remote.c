/* SPDX-License-Identifier: MIT */
/* File calls that a server answers.  See include/kernel/remote.h. */
#include <errno.h>
#include <fcntl.h>
#include <kernel/channel.h>
#include <kernel/fd.h>
#include <kernel/remote.h>
#include <mm/fill.h>
#include <mm/mmap.h>
#include <mm/uaccess.h>
#include <string.h>

/* What a server's word is worth: a count up to @most, or an error that is one. */
static long judged(long status, uint32_t most)
{
	if (status == -EPIPE)
		return -EIO; /* the server has gone */
	return status < -4095 || status > (long)most ? -EIO : status;
}

/* Let @thread, whose parcel is made, wait for the answer to a request about the file in it. */
static long ask(struct thread *thread, enum serve_request request, uint32_t place, uint32_t len)
{
	const struct file *file = thread->call.parcel->file;
	uint32_t number = served_number(file->inode);
	int err;

	if (file->flags & O_NONBLOCK)
		number |= SERVE_NONBLOCK;
	thread->words[0] = request;
	thread->words[1] = number;
	thread->words[2] = place;
	thread->words[3] = len;
	err = channel_send(served_channel(file->inode), thread, 0);
	if (!err)
		return NO_RESULT;
	channel_call_drop(thread);
	return err == -EPIPE ? -EIO : err;
}

/* Paths: the file is of the directory asked until it is known. */

static long path_finish(struct thread *caller, long status, struct inode **inode)
{
	struct file *file = caller->call.parcel->file;
	mode_t mode = (mode_t)caller->words[1];

	status = judged(status, 0);
	if (status)
		return status;
	if (!(S_ISREG(mode) || S_ISDIR(mode) || S_ISCHR(mode)) || caller->words[2] > INT32_MAX ||
	    (caller->words[0] & SERVE_NONBLOCK))
		return -EIO;
	return served_inode(file->inode, caller->words[0], mode & (S_IFMT | 0777), caller->words[2],
			    inode);
}

static long open_finish(struct thread *caller, long status)
{
	struct proc *proc = caller->proc;
	struct file *file = caller->call.parcel->file;
	int flags = (int)caller->call.parcel->arg;
	struct inode *inode;
	int err;

	status = path_finish(caller, status, &inode);
	if (status)
		return status;
	err = vfs_judge_open(inode, flags, proc->euid, proc->egid);
	if (err) {
		inode_put(inode);
		return err;
	}
	inode_put(file->inode);
	file->inode = inode;
	caller->call.parcel->file = NULL; /* it is the descriptor's now */
	return fd_install(proc, file, 0, flags & O_CLOEXEC);
}

static long stat_finish(struct thread *caller, long status)
{
	uaddr_t to = { caller->call.parcel->arg };
	struct inode *inode;
	struct stat st;

	status = path_finish(caller, status, &inode);
	if (status)
		return status;
	inode_stat(inode, &st);
	inode_put(inode);
	return user_write(caller->proc->mm, to, &st, sizeof(st));
}

static const struct call_ops open_ops = { .finish = open_finish };
static const struct call_ops stat_ops = { .finish = stat_finish };

static long ask_path(uaddr_t at, const char *path, int flags, const struct call_ops *ops,
		     uint32_t arg)
{
	struct parcel *parcel;
	struct inode *dir;
	struct file *file;
	const char *rest;
	int err = vfs_remote(path, &dir, &rest);

	if (err)
		return err;
	err = file_create(dir, flags, &file);
	if (err)
		return err;
	parcel = channel_parcel(current);
	if (!parcel) {
		file_put(file);
		return -ENOMEM;
	}
	file->flags &= ~(uint32_t)O_NONBLOCK; /* opening itself waits */
	parcel->ops = ops;
	parcel->file = file;
	parcel->send = at.addr + (addr_t)(rest - path);
	parcel->send_len = strlen(rest);
	parcel->arg = arg;
	return ask(current, SERVE_OPEN, 0, 0);
}

long remote_open(uaddr_t at, const char *path, int flags)
{
	if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
		return -EROFS;
	return ask_path(at, path, flags, &open_ops, (uint32_t)flags);
}

long remote_stat(uaddr_t at, const char *path, uaddr_t to)
{
	return ask_path(at, path, O_RDONLY, &stat_ops, to.addr);
}

/* Bytes. */

static long move_finish(struct thread *caller, long status)
{
	const struct parcel *parcel = caller->call.parcel;
	struct file *file = parcel->file;

	status = judged(status, parcel->send_len + parcel->recv_len);
	if (status > 0 && S_ISREG(file->inode->mode))
		file->pos += (uint32_t)status;
	return status;
}

static long getdents_finish(struct thread *caller, long status)
{
	const struct parcel *parcel = caller->call.parcel;

	status = judged(status, parcel->recv_len);
	if (status > 0)
		parcel->file->pos = caller->words[0];
	return status;
}

static const struct call_ops move_ops = { .finish = move_finish };
static const struct call_ops getdents_ops = { .finish = getdents_finish };

/* Ask for bytes to be put into memory of the caller's, or taken from there. */
static long ask_bytes(struct file *file, enum serve_request request, uaddr_t at, size_t len)
{
	struct parcel *parcel = channel_parcel(current);

	if (!parcel)
		return -ENOMEM;
	parcel->ops = request == SERVE_READDIR ? &getdents_ops : &move_ops;
	if (request == SERVE_WRITE) {
		parcel->send = at.addr;
		parcel->send_len = len;
	} else {
		parcel->recv = at.addr;
		parcel->recv_len = len;
	}
	file_get(file);
	parcel->file = file;
	return ask(current, request, file->pos, len);
}

long remote_read(struct file *file, uaddr_t to, size_t len)
{
	return S_ISDIR(file->inode->mode) ? -EISDIR : ask_bytes(file, SERVE_READ, to, len);
}

long remote_write(struct file *file, uaddr_t from, size_t len)
{
	return ask_bytes(file, SERVE_WRITE, from, len);
}

long remote_getdents(struct file *file, uaddr_t to, size_t len)
{
	return S_ISDIR(file->inode->mode) ? ask_bytes(file, SERVE_READDIR, to, len) : -ENOTDIR;
}

/*
 * Mappings.  The parcel's @recv is where the mapping begins, @recv_len what is to be filled, @send
 * how much of that is, @send_len where it begins in the file, @arg the mapping's serial, @got whether it
 * cannot be filled.  What an answer comes to is done when the caller is settled: its server may be a thread
 * of the same process, and run on what is to go.
 */

static int fill_put(struct thread *caller, uint32_t off, const void *from, size_t len)
{
	const struct parcel *parcel = caller->call.parcel;

	return mm_fill(caller->proc->mm, parcel->arg, parcel->recv + parcel->send + off, from, len);
}

/* Ask for what is left, or be done.  Returns what mmap() does, or NO_RESULT. */
static long fill_more(struct thread *thread)
{
	const struct parcel *parcel = thread->call.parcel;
	uint32_t left = parcel->recv_len - parcel->send;
	addr_t at = parcel->recv;
	uint32_t serial = parcel->arg;
	long result;

	if (left == 0) {
		mm_fill_end(thread->proc->mm, serial, at);
		return (long)at;
	}
	result = ask(thread, SERVE_READ, parcel->send_len + parcel->send, left);
	if (result != NO_RESULT)
		mm_fill_fail(thread->proc->mm, serial, at);
	return result;
}

static long fill_finish(struct thread *caller, long status)
{
	struct parcel *parcel = caller->call.parcel;

	status = judged(status, parcel->recv_len - parcel->send);
	caller->fills = true;
	if (status < 0) {
		parcel->got = 1;
		return status;
	}
	if (status == 0)
		parcel->recv_len = parcel->send; /* it is shorter than it said */
	parcel->send += (uint32_t)status;
	return (long)parcel->recv;
}

static const struct call_ops fill_ops = { .finish = fill_finish, .put = fill_put };

long remote_fill_later(struct file *file, addr_t at, size_t len, uint32_t offset, uint32_t serial)
{
	uint32_t size = file->inode->size;
	uint32_t has = offset < size ? size - offset : 0;
	struct parcel *parcel = channel_parcel(current);

	current->result = parcel ? (long)at : -ENOMEM;
	current->has_result = true;
	sched_request();
	if (!parcel) {
		struct mm *mm = current->proc->mm;

		while (!mm_job_is_done(&mm->job)) /* it may be about to be made */
			mm_job_step(&mm->job);
		mm_fill_fail(mm, serial, at);
		return NO_RESULT;
	}
	file_get(file);
	parcel->ops = &fill_ops;
	parcel->file = file;
	parcel->recv = at;
	parcel->recv_len = MIN((uint32_t)len, has);
	parcel->send_len = offset;
	parcel->arg = serial;
	current->fills = true;
	return NO_RESULT;
}

void remote_fill(struct thread *thread)
{
	const struct parcel *parcel = thread->call.parcel;
	long result;

	thread->fills = false;
	if (parcel->got)
		mm_fill_fail(thread->proc->mm, parcel->arg, parcel->recv);
	if (thread->result != (long)parcel->recv) { /* that, or its job could not make it */
		channel_call_drop(thread);
		return;
	}
	result = fill_more(thread);
	if (result != NO_RESULT)
		thread->result = result; /* it is still ready */
}
