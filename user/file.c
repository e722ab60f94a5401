/* SPDX-License-Identifier: MIT */
/*
 * Files and descriptors.
 */
#include "syscall.h"

#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <croft/dirent.h>
#include <croft/limits.h>

_Static_assert(NAME_MAX == CROFT_NAME_MAX && PATH_MAX == CROFT_PATH_MAX, "what <limits.h> says");

/*
 * The names with an underscore are for newlib, whose streams are locked while it calls them: they are no
 * points at which a thread is cancelled.
 */

int _open(const char *path, int flags, int mode)
{
	return (int)__call_open(path, flags, (mode_t)mode);
}

__attribute__((weak)) int open(const char *path, int flags, ...)
{
	int mode = 0;
	va_list rest;

	if (flags & O_CREAT) {
		va_start(rest, flags);
		mode = va_arg(rest, int);
		va_end(rest);
	}
	if (__croft_cancel_5)
		return (int)CANCEL_3(open, path, flags, mode);
	return _open(path, flags, mode);
}

int creat(const char *path, mode_t mode)
{
	return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int _close(int fd)
{
	return (int)__call_close(fd);
}

__attribute__((weak)) int close(int fd)
{
	if (__croft_cancel_5)
		return (int)CANCEL_3(close, fd, 0, 0);
	return (int)__call_close(fd);
}

ssize_t _read(int fd, void *buf, size_t len)
{
	return __call_read(fd, buf, len);
}

__attribute__((weak)) ssize_t read(int fd, void *buf, size_t len)
{
	if (__croft_cancel_5)
		return CANCEL_3(read, fd, buf, len);
	return __call_read(fd, buf, len);
}

ssize_t _write(int fd, const void *buf, size_t len)
{
	return __call_write(fd, buf, len);
}

__attribute__((weak)) ssize_t write(int fd, const void *buf, size_t len)
{
	if (__croft_cancel_5)
		return CANCEL_3(write, fd, buf, len);
	return __call_write(fd, buf, len);
}

ssize_t pread(int fd, void *buf, size_t len, off_t offset)
{
	if (__croft_cancel_5)
		return CANCEL_5(pread, fd, buf, len, offset, 0);
	return __call_pread(fd, buf, len, offset);
}

ssize_t pwrite(int fd, const void *buf, size_t len, off_t offset)
{
	if (__croft_cancel_5)
		return CANCEL_5(pwrite, fd, buf, len, offset, 0);
	return __call_pwrite(fd, buf, len, offset);
}

off_t _lseek(int fd, off_t offset, int whence)
{
	return __call_lseek(fd, offset, whence);
}

off_t lseek(int fd, off_t offset, int whence) WEAK_ALIAS(_lseek);

int _fstat(int fd, struct stat *st)
{
	return (int)__call_fstat(fd, st);
}

int fstat(int fd, struct stat *st) WEAK_ALIAS(_fstat);

int _stat(const char *path, struct stat *st)
{
	return (int)__call_stat(path, st);
}

int stat(const char *restrict path, struct stat *restrict st) WEAK_ALIAS(_stat);

int ftruncate(int fd, off_t length)
{
	return (int)__call_ftruncate(fd, length);
}

int _unlink(const char *path)
{
	return (int)__call_unlink(path);
}

int unlink(const char *path) WEAK_ALIAS(_unlink);

/* POSIX knows no EPERM of these, which another's file in a sticky directory is. */
int __croft_object_unlink(const char *path)
{
	long err = __sys_unlink(path);

	return (int)syscall_result(err == -EPERM ? -EACCES : err);
}

/* newlib's would link() and unlink(). */
int rename(const char *from, const char *to)
{
	return (int)__call_rename(from, to);
}

mode_t umask(mode_t mask)
{
	return (mode_t)__sys_umask((unsigned int)mask);
}

int chmod(const char *path, mode_t mode)
{
	return (int)__call_chmod(path, (unsigned int)mode);
}

int fchmod(int fd, mode_t mode)
{
	return (int)__call_fchmod(fd, (unsigned int)mode);
}

int pipe(int fds[2])
{
	return (int)__call_pipe(fds);
}

int dup(int fd)
{
	return (int)__call_dup(fd);
}

int dup2(int fd, int to)
{
	return (int)__call_dup2(fd, to);
}

int _fcntl(int fd, int cmd, int arg)
{
	return (int)__call_fcntl(fd, cmd, arg);
}

/* Reading an argument that was not given is harmless: the kernel ignores it. */
__attribute__((weak)) int fcntl(int fd, int cmd, ...)
{
	va_list rest;
	int arg;

	va_start(rest, cmd);
	arg = va_arg(rest, int);
	va_end(rest);
	return _fcntl(fd, cmd, arg);
}

/* The kernel has no terminals: a character device is the nearest there is. */
int _isatty(int fd)
{
	struct stat st;

	if (_fstat(fd, &st))
		return 0;
	if (S_ISCHR(st.st_mode))
		return 1;
	errno = ENOTTY;
	return 0;
}

int isatty(int fd) WEAK_ALIAS(_isatty);
