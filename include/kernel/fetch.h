/* SPDX-License-Identifier: MIT */
/*
 * Arguments of the running thread's calls that lie in its memory.  Context: kernel.
 */
#ifndef KERNEL_FETCH_H
#define KERNEL_FETCH_H

#include <croft/limits.h>
#include <kernel/types.h>

/* A path of the kernel's own.  0, -EFAULT, -ENAMETOOLONG, -ENOENT: it is empty. */
int fetch_name(uaddr_t from, char path[CROFT_PATH_MAX]);

/*
 * The same, and the walk along it is done but for its last name (vfs_walk_ahead), in steps.  NO_RESULT: others
 * are to run, and the call is made again.
 */
int fetch_path(uaddr_t from, char path[CROFT_PATH_MAX]);

/* The ns in a struct timespec, at most TIMER_FAR.  0, -EFAULT, -EINVAL: it is no time. */
int fetch_ns(uaddr_t from, uint64_t *ns);

/*
 * The ns since boot at which waiting ends, of a struct timespec; never 0, but where @from is: for ever.
 * 0, or -errno as fetch_ns().
 */
int fetch_deadline(uaddr_t from, uint64_t *deadline);

#endif
