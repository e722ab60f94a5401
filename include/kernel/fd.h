/* SPDX-License-Identifier: MIT */
/*
 * Descriptors: a process's small numbers for its open files.
 *
 * Context: kernel.
 */
#ifndef KERNEL_FD_H
#define KERNEL_FD_H

#include <fs/vfs.h>
#include <kernel/proc.h>

/* The file of a descriptor, not counted; NULL: not open. */
struct file *fd_file(const struct proc *proc, int fd);

/* Give a file the lowest free descriptor from @from on.  Takes over the caller's count of it, also where
 * there is none: -EMFILE. */
int fd_install(struct proc *proc, struct file *file, int from, bool cloexec);

/* Make the two ends of a thing, and give them descriptors, whose numbers go to two words at @to.  0, or
 * -errno: -EFAULT, what @create says, -EMFILE; there is no thing then. */
int fd_install_pair(uaddr_t to, int (*create)(struct file **, struct file **), bool cloexec);

/* -EBADF: not open. */
int fd_close(struct proc *proc, int fd);

/* Make @to a copy of @fd, closing what was there.  @to, or -EBADF. */
int fd_dup2(struct proc *proc, int fd, int to);

/* Give a new process, which has none, the descriptors of its parent. */
void fd_inherit(struct proc *proc, const struct proc *parent);

/* Close one of those that a new program does not get; true: there is none left. */
bool fd_close_on_exec_step(struct proc *proc);

/* Close one of those that are open, and more while nobody else is to run; true: none is. */
bool fd_close_step(struct proc *proc);

#endif
