/* SPDX-License-Identifier: MIT */
/*
 * File calls that a server answers: the caller waits in a call (kernel/channel.h) that the kernel
 * makes in its name, and the reply becomes the result of its system call.
 *
 * A server that has gone is -EIO.  Each function returns NO_RESULT, or -errno where nothing was
 * asked.
 *
 * Context: kernel.
 */
#ifndef KERNEL_REMOTE_H
#define KERNEL_REMOTE_H

#include <fs/served.h>
#include <kernel/thread.h>

/* open() and stat() of a path for which vfs has returned -EREMOTE.  @at: where its text is in
 * the caller's memory, and @path a copy of that. */
long remote_open(uaddr_t at, const char *path, int flags);
long remote_stat(uaddr_t at, const char *path, uaddr_t to);

/* read(), write(), getdents() of a served file.  The buffer is judged. */
long remote_read(struct file *file, uaddr_t to, size_t len);
long remote_write(struct file *file, uaddr_t from, size_t len);
long remote_getdents(struct file *file, uaddr_t to, size_t len);

/* Have a new mapping of a served file, from @offset on, filled before mmap() returns.  NO_RESULT;
 * or -ENOMEM, and the mapping has gone. */
long remote_fill_later(struct file *file, addr_t at, size_t len, uint32_t offset, uint32_t serial);

/* Begin to.  @thread is ready, and does not run until it is done. */
void remote_fill(struct thread *thread);

#endif
