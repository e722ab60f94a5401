/* SPDX-License-Identifier: MIT */
/*
 * Inodes: counting their users, and what is the same for all file systems.
 */
#include <errno.h>
#include <fs/vfs.h>
#include <kernel/assert.h>
#include <string.h>

void inode_get(struct inode *inode)
{
	ASSERT(inode->refs > 0);
	inode->refs++;
}

void inode_put(struct inode *inode)
{
	ASSERT(inode->refs > 0);
	if (--inode->refs == 0 && inode->ops->release)
		inode->ops->release(inode);
}

void inode_init(struct inode *inode, const struct inode_ops *ops, enum fs_dev dev, uint32_t ino,
		mode_t mode)
{
	inode->ops = ops;
	inode->ino = ino;
	inode->refs = 1;
	inode->dev = (uint16_t)dev;
	inode->mode = mode;
	inode->nlink = S_ISDIR(mode) ? 2 : 1;
	inode->can_seek = S_ISDIR(mode) || S_ISREG(mode);
}

bool inode_permits(const struct inode *inode, uid_t uid, gid_t gid, unsigned int want)
{
	unsigned int granted;

	if (uid == 0) {
		/* A bit that nobody has is a statement about the file, not about the user. */
		granted = MAY_READ | MAY_WRITE;
		if (S_ISDIR(inode->mode) || (inode->mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
			granted |= MAY_EXEC;
	} else if (uid == inode->uid) {
		granted = (unsigned int)inode->mode >> 6;
	} else if (gid == inode->gid) {
		granted = (unsigned int)inode->mode >> 3;
	} else {
		granted = (unsigned int)inode->mode;
	}
	return (want & ~granted) == 0;
}

int inode_set_mode(struct inode *inode, mode_t mode, uid_t uid)
{
	if (inode->dev != FS_RAM && inode->dev != FS_MQUEUE)
		return -EROFS;
	if (uid != 0 && uid != inode->uid)
		return -EPERM;
	inode->mode = (inode->mode & ~(mode_t)0777) | (mode & 0777);
	return 0;
}

void dirent_set(struct croft_dirent *entry, uint32_t ino, mode_t mode, const char *name, size_t len)
{
	memset(entry, 0, sizeof(*entry));
	entry->d_ino = ino;
	entry->d_type = (unsigned char)(mode >> 12);
	memcpy(entry->d_name, name, len);
}

bool name_is(const char *have, const char *name, size_t len)
{
	size_t n = 0;

	while (n < len && have[n] == name[n])
		n++;
	return n == len && !have[n];
}

void inode_stat(const struct inode *inode, struct stat *st)
{
	/* All of it goes to the program, so no byte may stay as it was. */
	memset(st, 0, sizeof(*st));
	st->st_dev = (dev_t)inode->dev;
	st->st_ino = (ino_t)inode->ino;
	st->st_mode = inode->mode;
	st->st_nlink = inode->nlink;
	st->st_uid = inode->uid;
	st->st_gid = inode->gid;
	if (S_ISCHR(inode->mode))
		st->st_rdev = (dev_t)inode->ino;
	st->st_size = (off_t)inode->size;
	st->st_blksize = CONFIG_STEP_BYTES;
	st->st_blocks = (blkcnt_t)((inode->size + 511) / 512);
}
