/* SPDX-License-Identifier: MIT */
/*
 * System V shared memory.
 * Source: POSIX.1-2017 <sys/shm.h>; SHM_STAT, SHM_INFO and struct shminfo as on Linux.
 */
#ifndef CROFT_UAPI_SHM_H
#define CROFT_UAPI_SHM_H

#include <croft/ipc.h>
#include <time.h>

#define SHM_RDONLY 010000
#define SHM_RND	   020000
#define SHM_REMAP  040000
#define SHM_EXEC   0100000

#define SHM_HUGETLB 04000 /* of shmget(): there are no large pages, so EINVAL */

#define SHM_DEST   01000 /* in shm_perm.mode: goes with the last detach */
#define SHM_LOCKED 02000

#define SHM_LOCK   11
#define SHM_UNLOCK 12
#define SHM_STAT   13
#define SHM_INFO   14

typedef unsigned long shmatt_t;

struct shmid_ds {
	struct ipc_perm shm_perm;
	size_t shm_segsz; /* bytes, as asked for */
	time_t shm_atime;
	time_t shm_dtime;
	time_t shm_ctime;
	pid_t shm_cpid;
	pid_t shm_lpid;
	shmatt_t shm_nattch;
};

/* Of IPC_INFO. */
struct shminfo {
	unsigned long shmmax; /* bytes */
	unsigned long shmmin; /* bytes */
	unsigned long shmmni; /* segments */
	unsigned long shmseg; /* attachments per process */
	unsigned long shmall; /* pages */
};

/* Of SHM_INFO. */
struct shm_info {
	int used_ids;
	unsigned long shm_tot; /* pages */
	unsigned long shm_rss;
	unsigned long shm_swp;
	unsigned long swap_attempts;
	unsigned long swap_successes;
};

#endif
