/* SPDX-License-Identifier: MIT */
/* The calls of channels: arguments are judged here, the rest is in kernel/channel.c. */
#include "channel.h"

#include <arch/irq.h>
#include <croft/mman.h>
#include <errno.h>
#include <fs/served.h>
#include <fs/window.h>
#include <kernel/check.h>
#include <kernel/fd.h>
#include <kernel/fetch.h>
#include <kernel/syscall.h>
#include <mm/grant.h>
#include <mm/mmap.h>
#include <mm/uaccess.h>
#include <string.h>

/* The channel of which a descriptor of the caller's is that end, or NULL: -EBADF. */
static struct channel *end_of(int fd, enum channel_end end)
{
	return channel_of(fd_file(current_proc(), fd), end);
}

/* The thread whose call the caller has received, with what end_of() says.  0, -EBADF, -ESRCH. */
static int find_caller(int fd, int id, struct thread **caller)
{
	struct channel *channel = end_of(fd, CHANNEL_RECEIVER);

	if (!channel)
		return -EBADF;
	*caller = id > 0 ? channel_caller(channel, id) : NULL;
	return *caller ? 0 : -ESRCH;
}

/* What a call carries, of which there may be nothing. */
static const struct parcel *parcel_of(const struct thread *caller)
{
	static const struct parcel empty;

	return caller->call.parcel ? caller->call.parcel : &empty;
}

long sys_channel_create(uaddr_t to)
{
	return fd_install_pair(to, channel_create, true);
}

/* Take what a call carries into the caller's record.  Nothing is counted yet. */
static int read_buffers(uaddr_t at, struct parcel *parcel, uint64_t *deadline)
{
	struct channel_buffers *buffers;
	uaddr_t send, recv, until;
	void *ptr;

	if (at.addr % _Alignof(struct channel_buffers) ||
	    user_range(current_mm(), at, sizeof(*buffers), PROT_READ | PROT_WRITE, &ptr))
		return -EFAULT;
	buffers = ptr;
	buffers->got = -1;
	send.addr = ptr_addr(buffers->send);
	recv.addr = ptr_addr(buffers->recv);
	until.addr = ptr_addr(buffers->until);
	parcel->send = send.addr;
	parcel->recv = recv.addr;
	parcel->send_len = buffers->send_len;
	parcel->recv_len = buffers->recv_len;
	parcel->map = ptr_addr(buffers->map);
	parcel->map_len = buffers->map_len;
	parcel->got = at.addr + (addr_t)offsetof(struct channel_buffers, got);
	if (parcel->send_len > INT32_MAX || parcel->recv_len > INT32_MAX)
		return -EINVAL;
	if (user_range(current_mm(), send, parcel->send_len, PROT_READ, &ptr) ||
	    user_range(current_mm(), recv, parcel->recv_len, PROT_WRITE, &ptr))
		return -EFAULT;
	if (buffers->give >= 0) {
		parcel->file = fd_file(current_proc(), buffers->give);
		if (!parcel->file)
			return -EBADF;
	}
	return fetch_deadline(until, deadline);
}

long channel_call(struct channel *channel, const uint32_t words[CHANNEL_WORDS], uaddr_t buffers)
{
	struct parcel *parcel = NULL;
	struct thread *caller = current;
	uint64_t deadline = 0;
	int err = 0;

	if (buffers.addr) {
		parcel = channel_parcel(caller);
		err = parcel ? read_buffers(buffers, parcel, &deadline) : -ENOMEM;
	}
	if (!err) {
		memcpy(caller->words, words, sizeof(caller->words));
		err = channel_send(channel, caller, deadline);
	}
	if (parcel && parcel->file && err)
		parcel->file = NULL; /* it is not counted yet */
	else if (parcel && parcel->file)
		file_get(parcel->file);
	if (parcel && err)
		channel_call_drop(caller);
	return err ? err : NO_RESULT;
}

long sys_channel_receive(int fd, uaddr_t until)
{
	struct channel *channel = end_of(fd, CHANNEL_RECEIVER);
	uint64_t deadline;
	int err;

	if (!channel)
		return -EBADF;
	err = fetch_deadline(until, &deadline);
	return err ? err : channel_receive(channel, deadline);
}

long sys_channel_reply(int fd, int id, long status, unsigned int a, unsigned int b, unsigned int c)
{
	struct thread *caller;
	int err = find_caller(fd, id, &caller);

	if (err)
		return err;
	channel_reply(caller, status, a, b, c);
	return 0;
}

/* How much of @len bytes from @off on lies in @room, and in what is moved in one call. */
static size_t clip(size_t off, size_t len, size_t room)
{
	return off < room ? MIN(MIN(len, room - off), (size_t)CONFIG_STEP_BYTES) : 0;
}

/* Judge memory of a caller, whose process may be about to make it. */
static bool caller_range(const struct thread *caller, uaddr_t at, size_t len, unsigned int want,
			 void **ptr)
{
	struct mm *mm = caller->proc->mm;

	return !user_range(mm, at, len, want, ptr) && !mm_is_unfilled(mm, at.addr, len);
}

long sys_channel_read(int fd, int id, size_t off, uaddr_t to, size_t len)
{
	const struct parcel *parcel;
	struct thread *caller;
	void *from_ptr, *to_ptr;
	uaddr_t from;
	int err = find_caller(fd, id, &caller);

	if (err)
		return err;
	if (user_range(current_mm(), to, len, PROT_WRITE, &to_ptr))
		return -EFAULT;
	parcel = parcel_of(caller);
	len = parcel->ops && parcel->ops->put ? 0 : clip(off, len, parcel->send_len);
	from.addr = parcel->send + (addr_t)off;
	if (!caller_range(caller, from, len, PROT_READ, &from_ptr))
		return -EFAULT;
	if (len)
		memmove(to_ptr, from_ptr, len);
	return (long)len;
}

long sys_channel_write(int fd, int id, size_t off, uaddr_t from, size_t len)
{
	struct thread *caller;
	const struct parcel *parcel;
	void *from_ptr, *to_ptr;
	uaddr_t to;
	int err = find_caller(fd, id, &caller);

	if (err)
		return err;
	parcel = parcel_of(caller);
	if (user_range(current_mm(), from, len, PROT_READ, &from_ptr))
		return -EFAULT;
	len = clip(off, len, parcel->recv_len);
	if (parcel->ops && parcel->ops->put) {
		err = parcel->ops->put(caller, off, from_ptr, len);
		return err ? err : (long)len;
	}
	to.addr = parcel->recv + (addr_t)off;
	if (!caller_range(caller, to, len, PROT_WRITE, &to_ptr))
		return -EFAULT;
	if (len)
		memmove(to_ptr, from_ptr, len);
	return (long)len;
}

long sys_channel_notify(int fd, unsigned int bits)
{
	struct channel *channel = end_of(fd, CHANNEL_SENDER);

	if (!channel)
		return -EBADF;
	if (bits == 0 || (bits & CHANNEL_GONE))
		return -EINVAL;
	channel_notify(channel, bits);
	return 0;
}

long sys_channel_info(int fd, int id, uaddr_t to)
{
	const struct parcel *parcel;
	struct thread *caller;
	struct channel_info info;
	int err = find_caller(fd, id, &caller);

	if (err)
		return err;
	parcel = parcel_of(caller);
	info = (struct channel_info){
		.pid = caller->proc->pid,
		.tid = caller->tid,
		.uid = caller->proc->euid,
		.gid = caller->proc->egid,
		.send_len = parcel->send_len,
		.recv_len = parcel->recv_len,
		.is_kernel = parcel->ops != NULL,
		.has_file = !parcel->ops && parcel->file,
		.map = addr_ptr(parcel->map),
		.map_len = parcel->map_len,
	};
	return user_write(current_mm(), to, &info, sizeof(info));
}

long sys_channel_take(int fd, int id)
{
	struct thread *caller;
	struct parcel *parcel;
	int err = find_caller(fd, id, &caller);

	if (err)
		return err;
	parcel = caller->call.parcel;
	if (!parcel || parcel->ops || !parcel->file)
		return -ENOENT;
	file_get(parcel->file); /* if there is no descriptor, it stays in the parcel */
	fd = fd_install(current_proc(), parcel->file, 0, true);
	if (fd < 0)
		return fd;
	file_put(parcel->file);
	parcel->file = NULL;
	return fd;
}

long sys_channel_give(int fd, int id, int given)
{
	struct file *file = fd_file(current_proc(), given);
	struct thread *caller;
	uaddr_t to;
	void *ptr;
	int err = find_caller(fd, id, &caller);

	if (err)
		return err;
	if (!file)
		return -EBADF;
	to.addr = parcel_of(caller)->got;
	if (!to.addr || !caller_range(caller, to, sizeof(int), PROT_WRITE, &ptr))
		return -ENOENT;
	file_get(file);
	err = fd_install(caller->proc, file, 0, true);
	if (err < 0)
		return err;
	memcpy(ptr, &err, sizeof(err));
	caller->call.parcel->got = 0; /* one is enough */
	return 0;
}

long sys_channel_map(int fd, int id)
{
	struct thread *caller;
	addr_t at;
	int err = find_caller(fd, id, &caller);

	if (err)
		return err;
	at = parcel_of(caller)->map;
	if (!parcel_of(caller)->map_len)
		return -ENOENT;
	memory_check();
	err = mm_grant(caller->proc->mm, at, parcel_of(caller)->map_len, current_mm());
	memory_check();
	if (err)
		return err;
	caller->call.parcel->map_len = 0;
	return (long)at;
}

long sys_channel_interrupt(int fd, int device, unsigned int index, unsigned int bits)
{
	struct channel *channel = end_of(fd, CHANNEL_RECEIVER);
	const struct file *file = fd_file(current_proc(), device);
	int irq;

	if (!channel || !file)
		return -EBADF;
	if (bits == 0 || (bits & CHANNEL_GONE))
		return -EINVAL;
	irq = window_irq(file->inode, index);
	return irq < 0 ? irq : channel_attach(channel, irq, bits);
}

long sys_channel_serve(int fd, uaddr_t from, unsigned int mode)
{
	struct channel *channel = end_of(fd, CHANNEL_RECEIVER);
	char path[CROFT_PATH_MAX];
	struct file *sender;
	int err;

	if (!channel)
		return -EBADF;
	if (current_proc()->euid != 0)
		return -EPERM;
	err = fetch_path(from, path);
	if (err)
		return err;
	err = channel_sender(channel, &sender);
	if (err)
		return err;
	err = served_add(channel, sender, path, (mode_t)mode);
	if (err)
		file_put(sender);
	return err;
}

long sys_channel_ready(int fd, unsigned int number, unsigned int events)
{
	struct channel *channel = end_of(fd, CHANNEL_RECEIVER);

	if (!channel)
		return -EBADF;
	served_set_ready(channel, number, events);
	return 0;
}
