/* SPDX-License-Identifier: MIT */
/*
 * What Croft has beyond POSIX.
 */
#ifndef CROFT_H
#define CROFT_H

#include <sys/cdefs.h>
#include <sys/types.h>

#include <croft/limits.h>
#include <croft/spawn.h>

__BEGIN_DECLS

/**
 * system_info - ask for a figure of the system or of the caller
 * @what: INFO_* of <croft/limits.h>
 *
 * Return: the figure, or -1 and EINVAL.
 */
long system_info(int what);

/**
 * poweroff - end the system
 * @status: exit status of the emulator, where there is one
 *
 * Return: only where it is refused: -1 and EPERM.
 */
int poweroff(int status);

/**
 * croft_spawn - start a program: what posix_spawn() is made of
 * @args: the kernel's own record, which takes no memory of the heap
 *
 * Return: the new process, or -1 and errno.
 */
pid_t croft_spawn(const struct spawn_args *args);

/**
 * croft_spawnp - the same, looking for a name without '/' in the folders of PATH
 * @args: as above
 *
 * Return: as above.
 */
pid_t croft_spawnp(const struct spawn_args *args);

/* What an errno means, in a few words; "failed" for those that a command does not meet. */
const char *error_text(int error);

__END_DECLS

#endif
