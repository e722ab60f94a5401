/* SPDX-License-Identifier: MIT */
/* What the two files of RAM files share: ram.c keeps the names, ram_file.c the bytes. */
#ifndef FS_RAM_FILE_H
#define FS_RAM_FILE_H

#include <fs/ram.h>
#include <fs/vfs.h>
#include <mm/store.h>

struct ram_file {
	struct inode inode;
	struct backing backing;
	TAILQ_ENTRY(ram_file) link;
	const struct ram_dir *dir; /* where it is, or was */
	uint32_t clean;		   /* bytes */
	struct store_move move;
	char name[CROFT_NAME_MAX + 1];
};

TAILQ_HEAD(ram_list, ram_file);

struct ram_dir {
	struct inode inode;
	struct ram_list files;
	const char *path;
};

static inline struct ram_file *ram_file_of(struct inode *inode)
{
	return container_of(inode, struct ram_file, inode);
}

extern const struct inode_ops ram_file_ops;
extern const struct backing_ops ram_backing_ops;

/* As inode_ops.release: give the record back to the pool of ram.c. */
void ram_file_release(struct inode *inode);

#endif
