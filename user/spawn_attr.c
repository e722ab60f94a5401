/* SPDX-License-Identifier: MIT */
/*
 * posix_spawnattr_*(): in what a new process differs from its parent.
 *
 * newlib's posix_spawnattr_t is a pointer, so there is a record of the heap behind it.
 */
#include "syscall.h"

#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>

#include "spawn_actions.h"

#define FLAGS                                                                                      \
	(POSIX_SPAWN_RESETIDS | POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSCHEDPARAM |                \
	 POSIX_SPAWN_SETSCHEDULER | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK)

#define IS_SAME(a, b) _Static_assert((unsigned int)(a) == (b), "flags go to the kernel as they are")
IS_SAME(POSIX_SPAWN_RESETIDS, SPAWN_RESETIDS);
IS_SAME(POSIX_SPAWN_SETPGROUP, SPAWN_SETPGROUP);
IS_SAME(POSIX_SPAWN_SETSCHEDPARAM, SPAWN_SETSCHED);
IS_SAME(POSIX_SPAWN_SETSCHEDULER, SPAWN_SETPOLICY);
IS_SAME(POSIX_SPAWN_SETSIGDEF, SPAWN_SETSIGDEF);
IS_SAME(POSIX_SPAWN_SETSIGMASK, SPAWN_SETSIGMASK);

int posix_spawnattr_init(posix_spawnattr_t *attr)
{
	*attr = calloc(1, sizeof(**attr));
	if (!*attr)
		return ENOMEM;
	(*attr)->args.policy = SCHED_RR;
	return 0;
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

int posix_spawnattr_getschedparam(const posix_spawnattr_t *restrict attr,
				  struct sched_param *restrict param)
{
	param->sched_priority = (*attr)->args.priority;
	return 0;
}

int posix_spawnattr_setschedparam(posix_spawnattr_t *restrict attr,
				  const struct sched_param *restrict param)
{
	(*attr)->args.priority = param->sched_priority;
	return 0;
}

int posix_spawnattr_getschedpolicy(const posix_spawnattr_t *restrict attr, int *restrict policy)
{
	*policy = (*attr)->args.policy;
	return 0;
}

int posix_spawnattr_setschedpolicy(posix_spawnattr_t *attr, int policy)
{
	if (policy != SCHED_FIFO && policy != SCHED_RR && policy != SCHED_OTHER)
		return EINVAL;
	(*attr)->args.policy = policy == SCHED_OTHER ? SCHED_RR : policy;
	return 0;
}
