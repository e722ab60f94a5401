/* SPDX-License-Identifier: MIT */
/* Descriptors.  See include/kernel/fd.h. */
#include <arch/irq.h>
#include <errno.h>
#include <kernel/fd.h>

struct file *fd_file(const struct proc *proc, int fd)
{
	return fd >= 0 && fd < CONFIG_OPEN_MAX ? proc->files[fd] : NULL;
}

static void set(struct proc *proc, int fd, struct file *file, bool cloexec)
{
	proc->files[fd] = file;
	proc->cloexec &= ~(1u << fd);
	if (cloexec)
		proc->cloexec |= 1u << fd;
}

int fd_install(struct proc *proc, struct file *file, int from, bool cloexec)
{
	for (int fd = from; fd < CONFIG_OPEN_MAX; fd++)
		if (!proc->files[fd]) {
			set(proc, fd, file, cloexec);
			return fd;
		}
	return -EMFILE;
}

int fd_close(struct proc *proc, int fd)
{
	struct file *file = fd_file(proc, fd);

	if (!file)
		return -EBADF;
	set(proc, fd, NULL, false);
	file_put(file);
	return 0;
}

int fd_dup2(struct proc *proc, int fd, int to)
{
	struct file *file = fd_file(proc, fd);

	if (!file || to < 0 || to >= CONFIG_OPEN_MAX)
		return -EBADF;
	if (fd == to)
		return to;
	file_get(file);
	fd_close(proc, to);
	set(proc, to, file, false);
	return to;
}

void fd_inherit(struct proc *proc, const struct proc *parent)
{
	for (int fd = 0; fd < CONFIG_OPEN_MAX; fd++) {
		struct file *file = parent->files[fd];

		if (file) {
			file_get(file);
			proc->files[fd] = file;
		}
	}
	proc->cloexec = parent->cloexec;
}

bool fd_close_on_exec_step(struct proc *proc)
{
	if (proc->cloexec)
		fd_close(proc, __builtin_ctz(proc->cloexec));
	return !proc->cloexec;
}

bool fd_close_step(struct proc *proc)
{
	for (int fd = 0; fd < CONFIG_OPEN_MAX; fd++)
		if (proc->files[fd]) {
			fd_close(proc, fd);
			if (arch_kernel_requested())
				return false;
		}
	return true;
}
