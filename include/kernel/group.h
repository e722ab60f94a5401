/* SPDX-License-Identifier: MIT */
/*
 * Process groups: processes that are sent signals together.
 *
 * A group is a number that its members have: the id of the process that made it, which nobody else
 * gets while there is a member.  There is one session, of all processes.
 *
 * Context: kernel.
 */
#ifndef KERNEL_GROUP_H
#define KERNEL_GROUP_H

#include <kernel/types.h>

struct proc;

#define GROUP_ALL 0 /* all processes but the first one and the caller */

bool group_exists(int pgid);

/* Send the running process's signal to all of them that it may send it to.
 * 0; -ESRCH: nobody is there; -EPERM: none of them. */
int group_kill(int pgid, int sig);

/* Send the kernel's signal to all of them. */
void group_signal(int pgid, int sig);

#endif
