/* SPDX-License-Identifier: MIT */
/*
 * What posix_spawn_file_actions_t points to: the kernel's actions in a row, in memory of malloc().
 * NULL stands for none, so that an object that was initialised and not used costs nothing.
 * And what posix_spawnattr_t points to.
 */
#ifndef USER_SPAWN_ACTIONS_H
#define USER_SPAWN_ACTIONS_H

#include <croft/spawn.h>

struct __posix_spawn_file_actions {
	unsigned int count;
	struct spawn_action action[]; /* their paths are copies, of malloc() too */
};

struct __posix_spawnattr {
	struct spawn_args args; /* flags, and what they are about */
};

#endif
