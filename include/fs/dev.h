/* SPDX-License-Identifier: MIT */
/*
 * /dev: the devices that the kernel itself serves.
 *
 * Context: kernel.
 */
#ifndef FS_DEV_H
#define FS_DEV_H

struct inode;

/* The root directory of the device files, counted.  Cannot fail: all of it is static. */
struct inode *dev_root(void);

#endif
