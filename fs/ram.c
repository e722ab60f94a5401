/* SPDX-License-Identifier: MIT */
/*
 * The directories of RAM files: /tmp and /dev/shm, both flat.  What is in a file: ram_file.c.
 *
 * Invariant:
 *	R3 a file is on the list of its directory exactly while it has its name
 *
 * The list is sorted by inode number, which only ever goes up: that is what a reader of the
 * directory keeps of its place.  Nobody limits how much a user puts here but the memory itself.
 *
 * Source: POSIX.1-2017 open(), unlink(), rename().
 */
#include "ram_file.h"

#include <errno.h>
#include <fs/ram.h>
#include <kernel/assert.h>
#include <mm/pool.h>
#include <mm/store.h>
#include <string.h>

enum ram_ino { INO_TMP = 1, INO_SHM, INO_FIRST_FILE };

static const struct inode_ops dir_ops;

/* The system itself is the first user of both. */
static struct ram_dir tmp = {
	.inode = {
		.ops = &dir_ops,
		.ino = INO_TMP,
		.refs = 1,
		.dev = FS_RAM,
		.mode = S_IFDIR | S_ISVTX | 0777,
		.nlink = 2,
		.can_seek = true,
	},
	.files = TAILQ_HEAD_INITIALIZER(tmp.files),
	.path = "/tmp",
};
static struct ram_dir shm = {
	.inode = {
		.ops = &dir_ops,
		.ino = INO_SHM,
		.refs = 1,
		.dev = FS_RAM,
		.mode = S_IFDIR | S_ISVTX | 0777,
		.nlink = 2,
		.can_seek = true,
	},
	.files = TAILQ_HEAD_INITIALIZER(shm.files),
	.path = "/dev/shm",
};

static uint32_t next_ino = INO_FIRST_FILE;
static struct pool ram_file_pool = POOL_INIT(struct ram_file);

struct inode *ram_tmp_root(void)
{
	inode_get(&tmp.inode);
	return &tmp.inode;
}

struct inode *ram_shm_root(void)
{
	inode_get(&shm.inode);
	return &shm.inode;
}

static struct ram_dir *dir_of(struct inode *inode)
{
	return container_of(inode, struct ram_dir, inode);
}

static int ram_lookup(struct inode *dir, const char *name, size_t len, struct inode **found)
{
	struct ram_file *file;

	TAILQ_FOREACH(file, &dir_of(dir)->files, link) {
		if (name_is(file->name, name, len)) {
			inode_get(&file->inode);
			*found = &file->inode;
			return 0;
		}
	}
	return -ENOENT;
}

static int ram_create(struct inode *dir, const char *name, size_t len, mode_t mode,
		      struct inode **made)
{
	struct ram_file *file = pool_alloc(&ram_file_pool);

	if (!file)
		return -ENOMEM;
	inode_init(&file->inode, &ram_file_ops, FS_RAM, next_ino++, S_IFREG | mode);
	file->inode.refs++; /* the name, and the caller */
	file->inode.backing = &file->backing;
	file->backing.ops = &ram_backing_ops;
	file->backing.kind = BACKING_RAM;
	file->backing.dev = FS_RAM;
	file->backing.ino = file->inode.ino;
	file->dir = dir_of(dir);
	memcpy(file->name, name, len); /* the record came zeroed */
	TAILQ_INSERT_TAIL(&dir_of(dir)->files, file, link);
	*made = &file->inode;
	return 0;
}

static int ram_unlink(struct inode *dir, struct inode *inode)
{
	TAILQ_REMOVE(&dir_of(dir)->files, ram_file_of(inode), link);
	inode->nlink = 0;
	inode_put(inode);
	return 0;
}

static void ram_rename(struct inode *dir, struct inode *inode, const char *name, size_t len)
{
	char *to = ram_file_of(inode)->name;

	(void)dir;
	memset(to, 0, CROFT_NAME_MAX + 1);
	memcpy(to, name, len);
}

/* The cookie is the number of the file told last. */
static int ram_readdir(struct inode *dir, uint32_t *cookie, struct croft_dirent *entry)
{
	struct ram_file *file = TAILQ_FIRST(&dir_of(dir)->files);

	while (file && file->inode.ino <= *cookie)
		file = TAILQ_NEXT(file, link);
	if (!file)
		return 0;
	*cookie = file->inode.ino;
	dirent_set(entry, *cookie, S_IFREG, file->name, sizeof(file->name));
	return 1;
}

void ram_file_release(struct inode *inode)
{
	struct ram_file *file = ram_file_of(inode);

	ASSERT(inode->nlink == 0 && LIST_EMPTY(&file->backing.vmas));
	store_stay(&file->move);
	store_destroy(&file->backing);
	pool_free(&ram_file_pool, file);
}

static const struct inode_ops dir_ops = {
	.lookup = ram_lookup,
	.create = ram_create,
	.unlink = ram_unlink,
	.rename = ram_rename,
	.readdir = ram_readdir,
};
