/* SPDX-License-Identifier: MIT */
/*
 * From a path to an inode.
 *
 *	/            romfs        root
 *	|- bin       romfs
 *	|- dev       romfs, covered by --> devices     root of a mount
 *	|  `- shm    devices, covered by --> RAM files  root of another
 *	...
 *
 * The walk holds one directory at a time and asks it for the next name.  Where it arrives at a
 * directory that a mount covers, it goes on at the root of that mount; where ".." would leave
 * such a root, it first steps back to the directory covered.  So ".." means what is really
 * there, not a shortening of the text: "/nothing/.." is -ENOENT.
 *
 * Mounts are found by comparing inodes, which works since there is one inode per file in use and
 * the mount itself keeps the one it covers in use.  A mount never goes away.
 *
 * A name that its directory does not know may be one that a server has added (fs/served.h).  Where
 * the walk arrives at a directory of a server it ends: what is left of the path is its last name.
 *
 * Source: POSIX.1-2017 4.13 Pathname Resolution.
 */
#include "internal.h"

#include <errno.h>
#include <fs/served.h>
#include <kernel/assert.h>
#include <string.h>

#define MAX_MOUNTS 8

struct mount {
	struct inode *covered;
	struct inode *root;
};

static struct inode *top; /* the directory "/" */
static struct mount mounts[MAX_MOUNTS];
static unsigned int nmounts;

void path_set_root(struct inode *inode)
{
	ASSERT(S_ISDIR(inode->mode));
	top = inode;
}

/* The root of what is mounted over @inode, counted instead of it; or @inode itself. */
static struct inode *cross_down(struct inode *inode)
{
	for (unsigned int i = 0; inode->is_covered && i < nmounts; i++) {
		if (mounts[i].covered != inode)
			continue;
		inode_put(inode);
		inode = mounts[i].root;
		inode_get(inode);
	}
	return inode;
}

/* The directory from whose file system ".." of @dir is to be asked; not counted. */
static struct inode *cross_up(struct inode *dir)
{
	for (unsigned int i = nmounts; i-- > 0;) {
		if (mounts[i].root == dir)
			dir = mounts[i].covered;
	}
	return dir;
}

static bool is_dotdot(const char *name, size_t len)
{
	return len == 2 && name[0] == '.' && name[1] == '.';
}

/* Does the name, in @dir, mean @dir itself? */
static bool is_dot(const struct inode *dir, const char *name, size_t len)
{
	return len == 0 || (len == 1 && name[0] == '.') || (dir == top && is_dotdot(name, len));
}

/* One name further: the inode that @name (@len bytes) means in @dir, counted. */
static int step(struct inode *dir, const char *name, size_t len, struct inode **found)
{
	struct inode *next;
	int err;

	if (S_ISLNK(dir->mode))
		return -ELOOP;
	if (!S_ISDIR(dir->mode))
		return -ENOTDIR;
	if (is_dotdot(name, len)) {
		dir = cross_up(dir);
		if (inode_is_served(dir) && served_parent(dir)) {
			*found = served_parent(dir);
			inode_get(*found);
			return 0;
		}
	}
	if (is_dot(dir, name, len)) {
		inode_get(dir);
		*found = dir;
		return 0;
	}

	err = dir->ops->lookup(dir, name, len, &next);
	if (err == -ENOENT)
		err = served_find(dir, name, len, &next);
	if (err)
		return err;
	*found = cross_down(next);
	return 0;
}

static const char *skip_slashes(const char *path)
{
	while (*path == '/')
		path++;
	return path;
}

static const char *skip_name(const char *path)
{
	while (*path && *path != '/')
		path++;
	return path;
}

/* Of the call that is under way: where the walk along its path goes on. */
static struct {
	const char *path; /* NULL: none does */
	struct place *place;
} ahead;

/* One name further: 1; 0: it was the last, which @walk tells; or -errno. */
static int go(const char **path, struct inode **dir, struct walk *walk)
{
	const char *name = skip_slashes(*path), *end = skip_name(name);
	size_t len = (size_t)(end - name);
	struct inode *next;
	int err;

	*walk = (struct walk){ .dir = *dir, .name = name, .len = len };
	if (inode_is_served(*dir) && S_ISDIR((*dir)->mode) && len && !is_dotdot(name, len)) {
		walk->len = strlen(name); /* all the rest is its server's business */
		return 0;
	}
	if (len > CROFT_NAME_MAX)
		return -ENAMETOOLONG;
	if (!*skip_slashes(end)) {
		walk->must_be_dir = *end == '/';
		return 0;
	}
	err = step(*dir, name, len, &next);
	if (err)
		return err;
	inode_put(*dir);
	*dir = next;
	*path = end;
	return 1;
}

bool vfs_walk_ahead(const char *path, struct place *place)
{
	struct walk walk;
	const char *at;
	bool more;

	ahead.path = NULL;
	if (!place->dir) {
		if (!*skip_slashes(skip_name(skip_slashes(path))))
			return false; /* one name needs no steps */
		*place = (struct place){ .dir = top };
		inode_get(top);
	}
	at = path + place->at;
	more = go(&at, &place->dir, &walk) > 0;
	place->at = (size_t)(at - path);
	ahead.path = more ? NULL : path;
	ahead.place = place;
	return more;
}

void vfs_place_put(struct place *place)
{
	if (ahead.place == place)
		ahead.path = NULL;
	if (place->dir)
		inode_put(place->dir);
	*place = (struct place){ .dir = NULL };
}

int path_walk(const char *path, struct walk *walk)
{
	struct inode *dir = top;
	int more;

	if (!*path)
		return -ENOENT;
	if (ahead.path == path) {
		dir = ahead.place->dir;
		path += ahead.place->at;
		ahead.place->dir = NULL;
	} else {
		inode_get(dir);
	}
	ahead.path = NULL;
	do
		more = go(&path, &dir, walk);
	while (more > 0);
	if (more)
		inode_put(dir);
	return more;
}

int path_last(const struct walk *walk, struct inode **found)
{
	struct inode *inode;
	int err;

	err = step(walk->dir, walk->name, walk->len, &inode);
	if (err)
		return err;
	if (walk->must_be_dir && !S_ISDIR(inode->mode)) {
		err = S_ISLNK(inode->mode) ? -ELOOP : -ENOTDIR;
		inode_put(inode);
		return err;
	}
	*found = inode;
	return 0;
}

int vfs_lookup(const char *path, struct inode **found)
{
	struct walk walk;
	int err;

	err = path_walk(path, &walk);
	if (err)
		return err;
	err = path_last(&walk, found);
	inode_put(walk.dir);
	return err;
}

int vfs_mount(const char *path, struct inode *mounted)
{
	struct inode *covered;
	int err;

	err = vfs_lookup(path, &covered);
	if (err)
		return err;
	if (!S_ISDIR(covered->mode))
		err = -ENOTDIR;
	else if (covered == top || cross_up(covered) != covered)
		err = -EBUSY;
	else if (nmounts == MAX_MOUNTS)
		err = -ENOMEM;
	if (err) {
		inode_put(covered);
		return err;
	}

	/* The mount keeps both references. */
	covered->is_covered = true;
	mounts[nmounts].covered = covered;
	mounts[nmounts].root = mounted;
	nmounts++;
	return 0;
}
