/* SPDX-License-Identifier: MIT */
/* The steps of loading a program, for exec.c.  See include/kernel/exec.h. */
#ifndef KERNEL_LOAD_H
#define KERNEL_LOAD_H

#include <kernel/exec.h>

#define LOAD_MORE 1 /* of a step: it is not all */

/* Do a step, and more while nobody else is to run.  0: it was the last; LOAD_MORE; -errno: it cannot be done. */
int load_steps(struct load *load);

/* Begin where nobody's pointers are to be judged. */
int load_begin_at_boot(struct load *load, const char *path);

/* Do one more of the caller's file actions (sys_spawn.c).  0: that was all; LOAD_MORE; -errno. */
int load_action_step(struct load *load);

#endif
