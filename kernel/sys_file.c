/* SPDX-License-Identifier: MIT */
/* The file calls: arguments and buffers are judged here, the rest is in fs/. */
#include <arch/irq.h>
#include <croft/mman.h>
#include <croft/signal.h>
#include <errno.h>
#include <fcntl.h>
#include <kernel/fd.h>
#include <kernel/fetch.h>
#include <kernel/remote.h>
#include <kernel/signal.h>
#include <kernel/syscall.h>
#include <kernel/terminal.h>
#include <mm/uaccess.h>
#include <signal.h>
#include <string.h>

long sys_open(uaddr_t from, int flags, unsigned int mode)
{
	struct proc *proc = current_proc();
	char path[CROFT_PATH_MAX];
	struct file *file;
	int err = fetch_path(from, path);

	if (!err)
		err = vfs_open(path, flags, proc_new_mode(proc, mode), proc->euid, proc->egid,
			       &file);
	if (err == -EREMOTE)
		return remote_open(from, path, flags);
	if (err)
		return err;
	return fd_install(proc, file, 0, flags & O_CLOEXEC);
}

long sys_close(int fd)
{
	return fd_close(current_proc(), fd);
}

static bool waits(const struct file *file)
{
	return file->inode->waiters && !(file->flags & O_NONBLOCK);
}

/* A call that was made again returns what it has moved, rather than why it cannot go on. */
static long give_up(long err)
{
	long done = (long)current->progress;

	current->progress = 0;
	return done ? done : err;
}

/*
 * Bytes are moved step by step; the whole range is judged first, so a bad byte anywhere means
 * that nothing is moved.  Reading ends with what is there, writing waits until all is written.  Where a
 * better thread is to run between two steps, the call is made again.
 */
static long transfer(int fd, uaddr_t buf, size_t len, bool is_read)
{
	struct file *file = fd_file(current_proc(), fd);
	size_t done;
	long asked;
	void *ptr;

	if (!file || !(is_read ? file_can_read(file) : file_can_write(file)))
		return give_up(-EBADF);
	if (user_range(current_mm(), buf, len, is_read ? PROT_WRITE : PROT_READ, &ptr))
		return give_up(-EFAULT);
	if (len > INT32_MAX)
		return -EINVAL;
	if (is_read && is_terminal(file) && (asked = terminal_ask(SIGTTIN)) != 0)
		return asked == NO_RESULT ? asked : give_up(asked);
	if (inode_is_served(file->inode) && current->progress)
		return give_up(0); /* the descriptor was another file's when the call began */
	if (inode_is_served(file->inode))
		return is_read ? remote_read(file, buf, len) : remote_write(file, buf, len);
	done = MIN(current->progress, len);
	current->progress = 0;
	do {
		size_t step = MIN(len - done, (size_t)CONFIG_STEP_BYTES);
		void *at = addr_ptr(buf.addr + (addr_t)done);
		ssize_t n = is_read ? file_read(file, at, step) : file_write(file, at, step);

		if (n > 0) {
			done += (size_t)n;
		} else if (n == -EAGAIN && waits(file) && (done == 0 || !is_read)) {
			current->progress = done;
			return thread_wait(file->inode->waiters);
		} else if (n < 0 && n != -EINPROGRESS) {
			if (n == -EPIPE)
				signal_kill(current_proc(), current, SIGPIPE, CROFT_SI_USER, 0);
			if (done == 0)
				return (long)n;
			break;
		} else if (n == 0 && is_read) {
			break;
		}
		if (done < len && arch_kernel_requested()) {
			current->progress = done;
			return thread_restart();
		}
	} while (done < len);
	return (long)done;
}

long sys_read(int fd, uaddr_t buf, size_t len)
{
	return transfer(fd, buf, len, true);
}

long sys_write(int fd, uaddr_t buf, size_t len)
{
	return transfer(fd, buf, len, false);
}

/* What others of this descriptor see is its own offset again before anyone else runs. */
static long transfer_at(int fd, uaddr_t buf, size_t len, off_t offset, bool is_read)
{
	struct file *file = fd_file(current_proc(), fd);
	struct file was;
	long done;

	if (!file)
		return give_up(-EBADF);
	if (!file->inode->can_seek || inode_is_served(file->inode))
		return give_up(-ESPIPE);
	if (offset < 0)
		return -EINVAL;
	was = *file;
	file->pos = (uint32_t)offset + current->progress;
	file->flags &= ~(uint32_t)O_APPEND;
	done = transfer(fd, buf, len, is_read);
	file->pos = was.pos;
	file->flags = was.flags;
	return done;
}

long sys_pread(int fd, uaddr_t buf, size_t len, off_t offset)
{
	return transfer_at(fd, buf, len, offset, true);
}

long sys_pwrite(int fd, uaddr_t buf, size_t len, off_t offset)
{
	return transfer_at(fd, buf, len, offset, false);
}

long sys_lseek(int fd, off_t offset, int whence)
{
	struct file *file = fd_file(current_proc(), fd);
	off_t pos;
	int err = file ? file_seek(file, offset, whence, &pos) : -EBADF;

	return err ? err : (long)pos;
}

long sys_fstat(int fd, uaddr_t to)
{
	struct file *file = fd_file(current_proc(), fd);
	struct stat st;

	if (!file)
		return -EBADF;
	inode_stat(file->inode, &st);
	return user_write(current_mm(), to, &st, sizeof(st));
}

long sys_stat(uaddr_t from, uaddr_t to)
{
	char path[CROFT_PATH_MAX];
	struct inode *inode;
	struct stat st;
	int err = fetch_path(from, path);

	if (!err)
		err = vfs_lookup(path, &inode);
	if (err == -EREMOTE)
		return remote_stat(from, path, to);
	if (err)
		return err;
	inode_stat(inode, &st);
	inode_put(inode);
	return user_write(current_mm(), to, &st, sizeof(st));
}

long sys_ftruncate(int fd, off_t length)
{
	struct file *file = fd_file(current_proc(), fd);
	int err = file ? file_truncate(file, length) : -EBADF;

	while (err > 0) {
		if (arch_kernel_requested())
			return thread_restart();
		err = file_truncate(file, length);
	}
	return err;
}

long sys_pipe(uaddr_t to)
{
	return fd_install_pair(to, pipe_create, false);
}

long sys_unlink(uaddr_t from)
{
	struct proc *proc = current_proc();
	char path[CROFT_PATH_MAX];
	int err = fetch_path(from, path);

	return err ? err : vfs_unlink(path, proc->euid, proc->egid);
}

long sys_rename(uaddr_t from, uaddr_t to)
{
	struct proc *proc = current_proc();
	char old[CROFT_PATH_MAX], name[CROFT_PATH_MAX];
	int err = fetch_path(from, old);

	if (!err)
		err = fetch_name(to, name);
	return err ? err : vfs_rename(old, name, proc->euid, proc->egid);
}

static int dup_from(struct file *file, int from)
{
	if (!file)
		return -EBADF;
	file_get(file);
	return fd_install(current_proc(), file, from, false);
}

long sys_dup(int fd)
{
	return dup_from(fd_file(current_proc(), fd), 0);
}

long sys_dup2(int fd, int to)
{
	return fd_dup2(current_proc(), fd, to);
}

long sys_fcntl(int fd, int cmd, int arg)
{
	struct proc *proc = current_proc();
	struct file *file = fd_file(proc, fd);

	if (!file)
		return -EBADF;
	switch (cmd) {
	case F_DUPFD:
		if (arg < 0 || arg >= CONFIG_OPEN_MAX)
			return -EINVAL;
		return dup_from(file, arg);
	case F_GETFD:
		return proc->cloexec & (1u << fd) ? FD_CLOEXEC : 0;
	case F_SETFD:
		proc->cloexec &= ~(1u << fd);
		if (arg & FD_CLOEXEC)
			proc->cloexec |= 1u << fd;
		return 0;
	case F_GETFL:
		return (long)file->flags;
	case F_SETFL:
		file->flags = (file->flags & ~(uint32_t)(O_APPEND | O_NONBLOCK)) |
			      ((uint32_t)arg & (O_APPEND | O_NONBLOCK));
		return 0;
	default:
		return -EINVAL;
	}
}

long sys_getdents(int fd, uaddr_t to, size_t len)
{
	struct file *file = fd_file(current_proc(), fd);
	struct croft_dirent *entry;
	size_t done;
	void *ptr;

	if (!file)
		return give_up(-EBADF);
	if (user_range(current_mm(), to, len, PROT_WRITE, &ptr))
		return give_up(-EFAULT);
	if (len < sizeof(*entry) || (to.addr & 3))
		return -EINVAL;
	if (inode_is_served(file->inode))
		return remote_getdents(file, to, len);
	entry = ptr;
	done = MIN(current->progress, len);
	current->progress = 0;
	for (; done + sizeof(*entry) <= len; done += sizeof(*entry)) {
		int more = file_readdir(file, &entry[done / sizeof(*entry)]);

		if (more < 0 && done == 0)
			return more;
		if (more <= 0)
			break;
		if (arch_kernel_requested()) {
			current->progress = done + sizeof(*entry);
			return thread_restart();
		}
	}
	return (long)done;
}
