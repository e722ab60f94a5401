/* SPDX-License-Identifier: MIT */
/*
 * Memory mappings, and the end of the heap.  malloc() does not come here but to heap.c.
 */
#include "syscall.h"

#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off)
{
	return (void *)__call_mmap(addr, len, prot, flags, fd, off);
}

int munmap(void *addr, size_t len)
{
	return (int)__call_munmap(addr, len);
}

int mprotect(void *addr, size_t len, int prot)
{
	return (int)__call_mprotect(addr, len, prot);
}

void *mremap(void *old, size_t old_len, size_t new_len, int flags, ...)
{
	void *to = NULL;
	va_list rest;

	if (flags & MREMAP_FIXED) {
		va_start(rest, flags);
		to = va_arg(rest, void *);
		va_end(rest);
	}
	return (void *)__call_mremap(old, old_len, new_len, flags, to);
}

int msync(void *addr, size_t len, int flags)
{
	cancel_here();
	return (int)__call_msync(addr, len, flags);
}

int mlock(const void *addr, size_t len)
{
	return (int)__call_mlock(addr, len);
}

int munlock(const void *addr, size_t len)
{
	return (int)__call_munlock(addr, len);
}

int mlockall(int flags)
{
	return (int)__call_mlockall(flags);
}

int munlockall(void)
{
	return (int)__call_munlockall();
}

int madvise(void *addr, size_t len, int advice)
{
	return (int)__call_madvise(addr, len, advice);
}

/* POSIX_MADV_DONTNEED must not lose data, as MADV_DONTNEED does: it becomes no advice. */
int posix_madvise(void *addr, size_t len, int advice)
{
	if (advice == POSIX_MADV_DONTNEED)
		advice = POSIX_MADV_NORMAL;
	return (int)-__sys_madvise(addr, len, advice);
}

int mincore(void *addr, size_t len, unsigned char *vec)
{
	return (int)__call_mincore(addr, len, vec);
}

void *sbrk(ptrdiff_t increment)
{
	return (void *)__call_sbrk(increment);
}

int brk(void *end)
{
	uintptr_t now = (uintptr_t)__sys_sbrk(0), to = (uintptr_t)end;

	if (to > now && to - now > INTPTR_MAX) {
		errno = ENOMEM; /* more than sbrk() can say */
		return -1;
	}
	return __call_sbrk((intptr_t)(to - now)) == -1 ? -1 : 0;
}
