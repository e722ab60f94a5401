/* SPDX-License-Identifier: MIT */
/*
 * romfs: the read-only file system in flash, in the format of genromfs.
 * It hands out its bytes in place, so text and constant files are mapped without a copy.
 *
 * Context: kernel.
 */
#ifndef FS_ROMFS_H
#define FS_ROMFS_H

#include <kernel/types.h>

struct inode;

/**
 * romfs_mount - use the file system that starts at @start
 * @end:  past the last byte of flash that may be read; the image may be shorter
 * @root: its root directory, counted
 *
 * There is one such file system in the machine; it stays for good.
 *
 * Return: 0, -EINVAL when no sound romfs is there (magic, length, checksum), -EIO when its root
 *         is damaged, -ENOMEM.
 * Context: boot.
 */
int romfs_mount(addr_t start, addr_t end, struct inode **root);

#endif
