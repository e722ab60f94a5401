/* SPDX-License-Identifier: MIT */
/*
 * Opening, making, renaming and taking away files by name; and the name space at boot.
 *
 * vfs_open() judges everything first; what it then changes can be undone up to the last step,
 * and the last step, cutting a file to nothing, either happens or does not.
 *
 * Source: POSIX.1-2017 open(), unlink(), rename().  Where two errors apply, the order is that of Linux.
 */
#include <errno.h>
#include <fcntl.h>
#include <fs/dev.h>
#include <fs/procfs.h>
#include <fs/ram.h>
#include <fs/romfs.h>
#include <fs/served.h>
#include <kernel/config.h>

#include "internal.h"

int vfs_init(addr_t rom_start, addr_t rom_end)
{
	struct inode *root;
	int err;

	err = romfs_mount(rom_start, rom_end, &root);
	if (err)
		return err;
	path_set_root(root);
	err = vfs_mount("/dev", dev_root());
	if (!err && IS_ENABLED(CONFIG_RAM_FILES))
		err = vfs_mount("/dev/shm", ram_shm_root());
	if (!err && IS_ENABLED(CONFIG_RAM_FILES))
		err = vfs_mount("/tmp", ram_tmp_root());
	if (!err && IS_ENABLED(CONFIG_PROCFS))
		err = vfs_mount("/proc", procfs_root());
	return err;
}

/* What open() @flags ask of the rights on a file. */
static unsigned int wanted(int flags)
{
	unsigned int want = 0;

	if ((flags & O_ACCMODE) != O_WRONLY)
		want |= MAY_READ;
	if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC))
		want |= MAY_WRITE;
	return want;
}

int vfs_judge_open(const struct inode *inode, int flags, uid_t uid, gid_t gid)
{
	unsigned int want = wanted(flags);

	if ((flags & O_CREAT) && (flags & O_EXCL))
		return -EEXIST;
	if (S_ISLNK(inode->mode))
		return -ELOOP;
	if (S_ISDIR(inode->mode)) {
		if ((want & MAY_WRITE) || (flags & O_CREAT))
			return -EISDIR;
	} else if (flags & O_DIRECTORY) {
		return -ENOTDIR;
	} else if (!inode->ops->read && !inode->ops->write && !inode->backing) {
		return -ENXIO;
	}
	/* What can only be mapped is written through its mappings. */
	if ((want & MAY_WRITE) && !inode->ops->write && !(S_ISCHR(inode->mode) && inode->backing))
		return S_ISREG(inode->mode) && inode->dev == FS_ROM ? -EROFS : -EACCES;
	return inode_permits(inode, uid, gid, want) ? 0 : -EACCES;
}

static int open_existing(struct inode *inode, int flags, uid_t uid, gid_t gid, struct file **opened)
{
	struct file *file;
	int err;

	err = vfs_judge_open(inode, flags, uid, gid);
	if (err)
		return err;
	inode_get(inode);
	err = file_create(inode, flags, &file);
	if (err)
		return err;
	if ((flags & O_TRUNC) && S_ISREG(inode->mode) && inode->ops->truncate) {
		err = inode->ops->truncate(inode, 0);
		if (err) {
			file_put(file);
			return err;
		}
	}
	*opened = file;
	return 0;
}

static int open_new(const struct walk *walk, int flags, mode_t mode, uid_t uid, gid_t gid,
		    struct file **opened)
{
	struct inode *dir = walk->dir;
	struct inode *inode;
	int err;

	if (walk->must_be_dir)
		return -EISDIR;
	if (!dir->ops->create)
		return -EROFS;
	if (!inode_permits(dir, uid, gid, MAY_WRITE))
		return -EACCES;

	err = dir->ops->create(dir, walk->name, walk->len, mode & 0777, &inode);
	if (err)
		return err;
	inode->uid = uid;
	inode->gid = gid;
	err = file_create(inode, flags, opened);
	if (err)
		dir->ops->unlink(dir, inode);
	return err;
}

int vfs_open(const char *path, int flags, mode_t mode, uid_t uid, gid_t gid, struct file **opened)
{
	struct inode *inode;
	struct walk walk;
	int err;

	if ((flags & O_ACCMODE) == O_ACCMODE)
		return -EINVAL;
	err = path_walk(path, &walk);
	if (err)
		return err;

	err = path_last(&walk, &inode);
	if (!err) {
		err = open_existing(inode, flags, uid, gid, opened);
		inode_put(inode);
	} else if (err == -ENOENT && (flags & O_CREAT)) {
		err = open_new(&walk, flags, mode, uid, gid, opened);
	}
	inode_put(walk.dir);
	return err;
}

int vfs_remote(const char *path, struct inode **dir, const char **rest)
{
	struct walk walk;
	int err = path_walk(path, &walk);

	if (err)
		return err;
	if (!inode_is_served(walk.dir)) {
		inode_put(walk.dir);
		return -ENOENT; /* its server has gone since */
	}
	*dir = walk.dir;
	*rest = walk.name;
	return 0;
}

/* May this user take the name of @inode out of @dir? */
static int judge_unlink(const struct inode *dir, const struct inode *inode, uid_t uid, gid_t gid)
{
	if (S_ISDIR(inode->mode))
		return -EISDIR;
	if (!dir->ops->unlink)
		return -EROFS;
	if (inode->dev != dir->dev)
		return -EBUSY; /* served: the name goes with its server */
	if (!inode_permits(dir, uid, gid, MAY_WRITE))
		return -EACCES;
	if ((dir->mode & S_ISVTX) && uid != 0 && uid != inode->uid && uid != dir->uid)
		return -EPERM;
	return 0;
}

int vfs_unlink(const char *path, uid_t uid, gid_t gid)
{
	struct inode *inode;
	struct walk walk;
	int err;

	err = path_walk(path, &walk);
	if (err)
		return err;
	err = path_last(&walk, &inode);
	if (!err) {
		err = judge_unlink(walk.dir, inode, uid, gid);
		if (!err)
			err = walk.dir->ops->unlink(walk.dir, inode);
		inode_put(inode);
	}
	inode_put(walk.dir);
	return err == -EREMOTE ? -EROFS : err;
}

/* Let @inode of @dir have the name at which @walk has ended. */
static int give_name(const struct walk *walk, struct inode *dir, struct inode *inode, uid_t uid,
		     gid_t gid)
{
	struct inode *there;
	int err;

	if (walk->dir != dir)
		return -EXDEV;
	err = path_last(walk, &there);
	if (!err) {
		if (there != inode)
			err = judge_unlink(dir, there, uid, gid);
		if (!err && there != inode)
			err = dir->ops->unlink(dir, there);
		inode_put(there);
		if (err || there == inode)
			return err;
	} else if (err != -ENOENT) {
		return err;
	} else if (walk->must_be_dir) {
		return -ENOTDIR;
	}
	dir->ops->rename(dir, inode, walk->name, walk->len);
	return 0;
}

int vfs_rename(const char *from, const char *to, uid_t uid, gid_t gid)
{
	struct walk old, walk;
	struct inode *inode;
	int err = path_walk(from, &old);

	if (err)
		return err;
	err = path_last(&old, &inode);
	if (!err) {
		err = S_ISDIR(inode->mode) ? -EBUSY : judge_unlink(old.dir, inode, uid, gid);
		if (!err && !old.dir->ops->rename)
			err = -EROFS;
		if (!err)
			err = path_walk(to, &walk);
		if (!err) {
			err = give_name(&walk, old.dir, inode, uid, gid);
			inode_put(walk.dir);
		}
		inode_put(inode);
	}
	inode_put(old.dir);
	return err == -EREMOTE ? -EROFS : err;
}
