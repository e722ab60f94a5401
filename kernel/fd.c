/* SPDX-License-Identifier: MIT */
/* Descriptors.  See include/kernel/fd.h. */
#include <arch/irq.h>
#include <croft/mman.h>
#include <errno.h>
#include <kernel/fd.h>
#include <mm/uaccess.h>

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
	file_put(file);
	return -EMFILE;
}

int fd_install_pair(uaddr_t to, int (*create)(struct file **, struct file **), bool cloexec)
{
	struct proc *proc = current_proc();
	struct file *first, *second;
	int *fds, a, b, err;
	void *ptr;

	if ((to.addr & 3) || user_range(current_mm(), to, 2 * sizeof(int), PROT_WRITE, &ptr))
		return -EFAULT;
	err = create(&first, &second);
	if (err)
		return err;
	a = fd_install(proc, first, 0, cloexec);
	if (a < 0) {
		file_put(second);
		return a;
	}
	b = fd_install(proc, second, 0, cloexec);
	if (b < 0) {
		fd_close(proc, a);
		return b;
	}
	fds = ptr;
	fds[0] = a;
	fds[1] = b;
	return 0;
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
