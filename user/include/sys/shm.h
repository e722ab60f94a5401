/* SPDX-License-Identifier: MIT */
/*
 * System V shared memory.
 * Source: POSIX.1-2017 <sys/shm.h>; SHM_STAT and SHM_INFO as on Linux.
 */
#ifndef _SYS_SHM_H
#define _SYS_SHM_H

#include <sys/cdefs.h>
#include <sys/ipc.h>
#include <unistd.h>

#include <croft/shm.h>

/* What an address of shmat() is a multiple of: a page, which differs from board to board. */
#define SHMLBA ((size_t)sysconf(_SC_PAGESIZE))

__BEGIN_DECLS

int shmget(key_t key, size_t size, int flags);
void *shmat(int id, const void *addr, int flags);
int shmdt(const void *addr);
int shmctl(int id, int cmd, struct shmid_ds *buf);

__END_DECLS

#endif
