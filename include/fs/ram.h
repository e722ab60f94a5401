/* SPDX-License-Identifier: MIT */
/*
 * RAM files: what /tmp and /dev/shm hold.  A file is one run of pages, so all of it can be
 * mapped where it lies, by any number of processes.
 *
 * Context: kernel.
 */
#ifndef FS_RAM_H
#define FS_RAM_H

struct inode;

/* The root directories, counted.  Cannot fail: both are static. */
struct inode *ram_tmp_root(void);
struct inode *ram_shm_root(void);

#endif
