/* SPDX-License-Identifier: MIT */
/*
 * Bytes that lie apart, which newlib leaves to the system.
 *
 * Source: POSIX.1-2017 <sys/uio.h>.
 */
#ifndef _SYS_UIO_H_
#define _SYS_UIO_H_

#include <sys/cdefs.h>
#include <sys/types.h>

#define UIO_MAXIOV 1024 /* pieces in one call; EINVAL where there are more, or none */

struct iovec {
	void *iov_base;
	size_t iov_len;
};

__BEGIN_DECLS

ssize_t readv(int fd, const struct iovec *iov, int count);

/* Up to PIPE_BUF bytes go into a pipe whole or not at all.  They are put together on the stack. */
ssize_t writev(int fd, const struct iovec *iov, int count);

__END_DECLS

#endif
