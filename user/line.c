/* SPDX-License-Identifier: MIT */
/* What newlib has of lines and locks of streams under names of its own.  Source: POSIX.1-2017. */
#include "syscall.h"

#include <stdio.h>
#include <sys/lock.h>

ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *stream)
{
	return __getdelim(line, size, delimiter, stream);
}

ssize_t getline(char **line, size_t *size, FILE *stream)
{
	return __getdelim(line, size, '\n', stream);
}

void flockfile(FILE *stream)
{
	__lock_acquire_recursive(stream->_lock);
}

int ftrylockfile(FILE *stream)
{
	return __lock_try_acquire_recursive(stream->_lock) ? 0 : -1;
}

void funlockfile(FILE *stream)
{
	__lock_release_recursive(stream->_lock);
}
