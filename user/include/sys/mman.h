/* SPDX-License-Identifier: MIT */
/*
 * Memory mappings.  The constants are the kernel's own, from <croft/mman.h>.
 * Source: POSIX.1-2017 <sys/mman.h>; mremap(), madvise() and mincore() as on Linux.
 */
#ifndef _SYS_MMAN_H
#define _SYS_MMAN_H

#include <sys/cdefs.h>
#include <sys/types.h>

#include <croft/mman.h>

#define MAP_FAILED ((void *)-1)

__BEGIN_DECLS

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off);
int munmap(void *addr, size_t len);
int mprotect(void *addr, size_t len, int prot);
int msync(void *addr, size_t len, int flags);

int mlock(const void *addr, size_t len);
int munlock(const void *addr, size_t len);
int mlockall(int flags);
int munlockall(void);

int posix_madvise(void *addr, size_t len, int advice);
int shm_open(const char *name, int flags, mode_t mode);
int shm_unlink(const char *name);

#if __MISC_VISIBLE
int madvise(void *addr, size_t len, int advice);
int mincore(void *addr, size_t len, unsigned char *vec);
#endif
#if __GNU_VISIBLE
void *mremap(void *old, size_t old_len, size_t new_len, int flags, ... /* void *to */);
#endif

__END_DECLS

#endif
