/* SPDX-License-Identifier: MIT */
/*
 * /proc: what the system can tell of itself, as files of text (N9).
 *
 * Context: kernel.
 */
#ifndef FS_PROCFS_H
#define FS_PROCFS_H

#include <kernel/types.h>

struct inode;
struct mm;

/* The root directory, counted.  Cannot fail: it is static. */
struct inode *procfs_root(void);

/*
 * What the floor above tells of its processes; kernel/proc_view.c fills it.  A process is named
 * by its number alone and looked up each time, so nothing here keeps one alive.
 */

/* The memory of a process; NULL: there is none of that number, or it has ended. */
struct mm *proc_view_mm(int pid);

/* The first mm for NULL, the one after another, and NULL after the last; each of them once. */
struct mm *proc_view_next_mm(struct mm *mm);

/* The least number above @pid of a process that has memory; 0: there is none. */
int proc_view_next(int pid);

/* The process that runs; 0: none does. */
int proc_view_self(void);

/* ns since boot. */
uint64_t proc_view_uptime(void);

#endif
