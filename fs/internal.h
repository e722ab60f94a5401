/* SPDX-License-Identifier: MIT */
/* What the files of fs/ share among themselves: the walk along a path. */
#ifndef FS_INTERNAL_H
#define FS_INTERNAL_H

#include <fs/vfs.h>

/* A path walked to its last name: where that name is to be found, or made. */
struct walk {
	struct inode *dir; /* counted */
	const char *name;  /* @len bytes of the path; no bytes: the path names @dir itself; of a
			    * directory that is served: all that is left of the path */
	size_t len;
	bool must_be_dir; /* a slash follows the name */
};

/* Take over @root as the directory that every path starts from.  Context: boot. */
void path_set_root(struct inode *root);

/* Walk to the last name of @path.  0, or -errno as vfs_lookup(); put walk->dir afterwards. */
int path_walk(const char *path, struct walk *walk);

/* The inode of the last name, counted.  Errors as vfs_lookup(). */
int path_last(const struct walk *walk, struct inode **found);

#endif
