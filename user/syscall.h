/* SPDX-License-Identifier: MIT */
/*
 * From the kernel's word to errno.
 *
 * __sys_name() returns what the kernel returned: a result, or -errno.  __call_name() makes the -1 and
 * errno of POSIX of it, and so does syscall_result().  Results are compared as unsigned words, since an
 * address above 2 GiB is a result and no error.
 *
 * newlib's own code calls the system by names with an underscore (_open() from fopen(), _sbrk()
 * from malloc()).  Those are declared here.  The names that programs use are weak aliases of them:
 * newlib's archive has its own open() and so on, which come in when one of its objects
 * asks first, and both must be able to stand in one program.
 */
#ifndef USER_SYSCALL_H
#define USER_SYSCALL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* every name that a program may ask for; hence this header comes first */
#endif

#include <errno.h>
#include <stddef.h>
#include <sys/types.h>

#include <generated/syscall_nr.h>
#include <generated/syscalls.h>

#define ERRNO_MAX 4095

#define WEAK_ALIAS(name) __attribute__((weak, alias(#name)))

/*
 * Calls that pthread_cancel() ends go this way where a program has it, and with it __croft_cancel_5(), whose
 * result is the kernel's.
 *
 *	if (__croft_cancel_5)
 *		return CANCEL_3(read, fd, buf, len);
 *	return __call_read(fd, buf, len);
 */
long __croft_cancel_3(long a, long b, long c, int number);
long __croft_cancel_5(long a, long b, long c, long d, long e, int number) __attribute__((weak));

#define CANCEL_3(name, a, b, c) __croft_cancel_3((long)(a), (long)(b), (long)(c), SYS_##name)
#define CANCEL_5(name, a, b, c, d, e)                                                              \
	syscall_result(__croft_cancel_5((long)(a), (long)(b), (long)(c), (long)(d), (long)(e),     \
					SYS_##name))

/* End the thread if that is due. */
void __croft_cancel_here(void) __attribute__((weak));

static inline void cancel_here(void)
{
	if (__croft_cancel_here)
		__croft_cancel_here();
}

#define CANCEL_SIGNAL SIGLOST /* the library's: notify.h has it, too */

struct stat;
struct timeval;
struct tms;

/* Set errno, from -errno.  Returns -1. */
long __croft_fail(long error);

static inline long syscall_result(long result)
{
	return (unsigned long)result < -(unsigned long)ERRNO_MAX ? result : __croft_fail(result);
}

/* Take the name of an object away: of shared memory, a semaphore, or a queue. */
int __croft_object_unlink(const char *path);

/* The names by which newlib calls the system. */
int _open(const char *path, int flags, int mode);
int _close(int fd);
ssize_t _read(int fd, void *buf, size_t len);
ssize_t _write(int fd, const void *buf, size_t len);
off_t _lseek(int fd, off_t offset, int whence);
int _fstat(int fd, struct stat *st);
int _stat(const char *path, struct stat *st);
int _unlink(const char *path);
int _fcntl(int fd, int cmd, int arg);
int _isatty(int fd);
int _kill(pid_t pid, int sig);
pid_t _getpid(void);
pid_t _wait(int *status);
int _gettimeofday(struct timeval *now, void *zone);
clock_t _times(struct tms *used);
void *_sbrk(ptrdiff_t increment);

#endif
