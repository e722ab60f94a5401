/* SPDX-License-Identifier: MIT */
/*
 * System V shared memory.
 *
 *	key --shm_get--> id = generation * SHMMNI + slot --shm_attach--> VMA over the segment
 *
 * A segment owns a store of RAM (store.h).  It lives until it is removed and nobody is attached
 * (N8): what attaches and detaches are VMAs, so exit, exec and munmap count like shmdt.  A slot's
 * generation goes up with each segment it has held, so a stale id finds nothing.
 *
 * Contents are cleared before the first attach returns, step by step; shm_attach says 1 while
 * there is more to clear, and is called again.
 *
 * Source: POSIX.1-2017 shmget, shmat, shmdt, shmctl; IPC_INFO, SHM_INFO, SHM_STAT as on Linux.
 *
 * Context: kernel.
 */
#ifndef MM_SHM_H
#define MM_SHM_H

#include <croft/shm.h>
#include <mm/space.h>

/* Who asks. */
struct shm_caller {
	int pid;
	uid_t uid;
	gid_t gid;
};

/* The id of the segment of @key.  -EINVAL, -ENOENT, -EEXIST, -EACCES, -ENOSPC, -ENOMEM. */
int shm_get(const struct shm_caller *caller, key_t key, size_t size, int flags);

/**
 * shm_attach - map a segment
 * @addr: 0, or the segment's own address
 * @at:	  set to where it is
 *
 * Return: 0, 1 (call again), -EINVAL, -EIDRM, -EACCES, -ENOTSUP, -ENOMEM, -EAGAIN (mlockall);
 *	   nothing changed.
 */
int shm_attach(struct mm *mm, const struct shm_caller *caller, int id, addr_t addr, int flags,
	       addr_t *at);

/* Take the youngest attachment that starts at @addr away.  -EINVAL: there is none. */
int shm_detach(struct mm *mm, addr_t addr);

/* The commands of shmctl(), each as there. */
int shm_stat(const struct shm_caller *caller, int id, struct shmid_ds *ds);
int shm_stat_slot(const struct shm_caller *caller, int slot, struct shmid_ds *ds);
int shm_set(const struct shm_caller *caller, int id, const struct shmid_ds *ds);
int shm_remove(const struct shm_caller *caller, int id);
int shm_limits(struct shminfo *info);
int shm_usage(struct shm_info *info);

/* Is it an id at all, that the caller may read?  For the commands that do nothing more. */
int shm_touch(const struct shm_caller *caller, int id);

/* Check that each segment counts its attachments right (I6); panics. */
void shm_check(void);

/* Seconds since 1970, or since boot where nobody has set the clock.  The kernel's. */
time_t clock_seconds(void);

#endif
