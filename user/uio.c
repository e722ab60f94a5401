/* SPDX-License-Identifier: MIT */
/*
 * Bytes that lie apart.  The kernel moves one piece at a time; what a pipe takes whole or not at all
 * (PIPE_BUF bytes) is put together first, so that nobody else's bytes come between.
 */
#include "syscall.h"

#include <limits.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* How many bytes they are, or -1 and EINVAL. */
static ssize_t sum(const struct iovec *iov, int count)
{
	size_t all = 0;

	if (count >= 1 && count <= UIO_MAXIOV) {
		while (count > 0 && !__builtin_add_overflow(all, iov->iov_len, &all) &&
		       all <= SSIZE_MAX)
			iov++, count--;
		if (count == 0)
			return (ssize_t)all;
	}
	errno = EINVAL;
	return -1;
}

/* Bytes that were moved before an error came are what is told. */
static ssize_t move(ssize_t (*one)(int fd, struct iovec piece), int fd, const struct iovec *iov,
		    int count)
{
	ssize_t all = 0, done;

	for (; count > 0; iov++, count--) {
		if (iov->iov_len == 0 && count > 1)
			continue;
		done = one(fd, *iov);
		if (done < 0)
			return all > 0 ? all : -1;
		all += done;
		if ((size_t)done < iov->iov_len)
			break;
	}
	return all;
}

static ssize_t read_one(int fd, struct iovec piece)
{
	return read(fd, piece.iov_base, piece.iov_len);
}

static ssize_t write_one(int fd, struct iovec piece)
{
	return write(fd, piece.iov_base, piece.iov_len);
}

ssize_t readv(int fd, const struct iovec *iov, int count)
{
	return sum(iov, count) < 0 ? -1 : move(read_one, fd, iov, count);
}

ssize_t writev(int fd, const struct iovec *iov, int count)
{
	char whole[PIPE_BUF], *end = whole;
	ssize_t all = sum(iov, count);

	if (all < 0)
		return -1;
	if (count == 1 || all > PIPE_BUF)
		return move(write_one, fd, iov, count);
	for (; count > 0; end += iov->iov_len, iov++, count--)
		memcpy(end, iov->iov_base, iov->iov_len);
	return write(fd, whole, (size_t)all);
}
