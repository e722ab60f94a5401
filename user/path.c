/* SPDX-License-Identifier: MIT */
/*
 * Calls by path, or for a file, that other calls answer.  Nothing is cached and no link is followed, so
 * fsync() finds its work done and lstat() is stat(); "/" is the working directory of every process.
 *
 * Source: POSIX.1-2017.
 */
#include "syscall.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int lstat(const char *restrict path, struct stat *restrict st)
{
	return stat(path, st);
}

int truncate(const char *path, off_t length)
{
	int fd = _open(path, O_WRONLY | O_CLOEXEC, 0), err, error;

	if (fd < 0)
		return -1;
	err = ftruncate(fd, length);
	error = errno;
	_close(fd);
	errno = error;
	return err;
}

int fsync(int fd)
{
	struct stat st;

	cancel_here();
	if (fstat(fd, &st))
		return -1;
	if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return 0;
	errno = EINVAL;
	return -1;
}

int fdatasync(int fd)
{
	return fsync(fd);
}

/* Without @buf one is made, as elsewhere. */
char *getcwd(char *buf, size_t size)
{
	if (buf ? size == 0 : size == 1) {
		errno = buf ? EINVAL : ERANGE;
		return NULL;
	}
	if (!buf)
		buf = malloc(size ? size : sizeof("/"));
	else if (size < sizeof("/")) {
		errno = ERANGE;
		return NULL;
	}
	return buf ? strcpy(buf, "/") : NULL;
}

/* -1, and errno stays: no limit, or an option that is not there. */
static long limit(int name)
{
	switch (name) {
	case _PC_LINK_MAX:
	case _PC_CHOWN_RESTRICTED:
	case _PC_NO_TRUNC:
		return 1;
	case _PC_NAME_MAX:
		return NAME_MAX;
	case _PC_PATH_MAX:
		return PATH_MAX;
	case _PC_PIPE_BUF:
		return PIPE_BUF;
	case _PC_FILESIZEBITS:
		return 8 * (long)sizeof(off_t);
	default:
		if (name < 0 || name > _PC_TIMESTAMP_RESOLUTION)
			errno = EINVAL;
		return -1;
	}
}

long pathconf(const char *path, int name)
{
	struct stat st;

	return stat(path, &st) ? -1 : limit(name);
}

long fpathconf(int fd, int name)
{
	struct stat st;

	return fstat(fd, &st) ? -1 : limit(name);
}
