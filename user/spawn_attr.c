/* SPDX-License-Identifier: MIT */
/*
 * posix_spawnattr_*(): in what a new process differs from its parent.
 *
 * newlib's posix_spawnattr_t is a pointer, so there is a record of the heap behind it.
 */
#include "syscall.h"

#include <signal.h>
#include <spawn.h>
#include <stdlib.h>

#include "spawn_actions.h"

#define FLAGS                                                                                      \
	(POSIX_SPAWN_RESETIDS | POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |                    \
	 POSIX_SPAWN_SETSIGMASK)

_Static_assert((unsigned int)POSIX_SPAWN_RESETIDS == SPAWN_RESETIDS &&
		       POSIX_SPAWN_SETPGROUP == SPAWN_SETPGROUP &&
		       POSIX_SPAWN_SETSIGDEF == SPAWN_SETSIGDEF &&
		       POSIX_SPAWN_SETSIGMASK == SPAWN_SETSIGMASK,
	       "flags go to the kernel as they are");

int posix_spawnattr_init(posix_spawnattr_t *attr)
{
	*attr = calloc(1, sizeof(**attr));
	return *attr ? 0 : ENOMEM;
}

int posix_spawnattr_destroy(posix_spawnattr_t *attr)
{
	free(*attr);
	*attr = NULL;
	return 0;
}

int posix_spawnattr_getflags(const posix_spawnattr_t *restrict attr, short *restrict flags)
{
	*flags = (short)(*attr)->args.flags;
	return 0;
}

int posix_spawnattr_setflags(posix_spawnattr_t *attr, short flags)
{
	if (flags & ~FLAGS)
		return EINVAL;
	(*attr)->args.flags = (unsigned int)flags;
	return 0;
}

int posix_spawnattr_getpgroup(const posix_spawnattr_t *restrict attr, pid_t *restrict pgid)
{
	*pgid = (pid_t)(*attr)->args.pgid;
	return 0;
}

int posix_spawnattr_setpgroup(posix_spawnattr_t *attr, pid_t pgid)
{
	(*attr)->args.pgid = pgid;
	return 0;
}

int posix_spawnattr_getsigdefault(const posix_spawnattr_t *restrict attr, sigset_t *restrict set)
{
	*set = (*attr)->args.sigdefault;
	return 0;
}

int posix_spawnattr_setsigdefault(posix_spawnattr_t *restrict attr, const sigset_t *restrict set)
{
	(*attr)->args.sigdefault = *set;
	return 0;
}

int posix_spawnattr_getsigmask(const posix_spawnattr_t *restrict attr, sigset_t *restrict set)
{
	*set = (*attr)->args.sigmask;
	return 0;
}

int posix_spawnattr_setsigmask(posix_spawnattr_t *restrict attr, const sigset_t *restrict set)
{
	(*attr)->args.sigmask = *set;
	return 0;
}
