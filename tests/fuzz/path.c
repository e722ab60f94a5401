/* SPDX-License-Identifier: MIT */
/*
 * fs/path.c: the input is a tree of directories, files and links over several file systems,
 * mounts of these, and then a path.  Another walk, which takes the path apart name by name, has to come to the same
 * inode or the same error; and every count of users is as before.
 */
#include "fuzz.h"

#include <errno.h>

#include "../../fs/path.c" /* whose mounts have to be forgotten */

#define NODES 12u
#define PATHS 512u /* bytes */

struct node {
	struct inode inode;
	char name;	    /* all names have one letter */
	unsigned int above; /* its directory; itself: a root */
	int covers;	    /* root mounted over it; -1: none */
};

static struct node nodes[NODES];
static unsigned int nnodes;
static bool no_memory; /* a lookup of the last node fails */

void panic(const char *format, ...)
{
	fprintf(stderr, "panic: %s\n", format);
	abort();
}

/* Nobody serves a path here: tests/target has servers. */

int served_find(const struct inode *dir, const char *name, size_t len, struct inode **found)
{
	(void)dir;
	(void)name;
	(void)len;
	(void)found;
	return -ENOENT;
}

struct inode *served_parent(const struct inode *inode)
{
	(void)inode;
	return NULL;
}

static struct node *node_of(struct inode *inode)
{
	return (struct node *)(void *)inode;
}

/* The node of a name in a directory; -1: there is none. */
static int child(unsigned int dir, const char *name, size_t len)
{
	if (len == 2 && name[0] == '.' && name[1] == '.')
		return (int)nodes[dir].above;
	for (unsigned int i = 0; len == 1 && i < nnodes; i++)
		if (nodes[i].name == name[0] && nodes[i].above == dir && i != dir)
			return (int)i;
	return -1;
}

static int lookup(struct inode *dir, const char *name, size_t len, struct inode **found)
{
	unsigned int at = (unsigned int)(node_of(dir) - nodes);
	int next = child(at, name, len);

	CHECK(S_ISDIR(dir->mode) && len > 0 && !memchr(name, '/', len));
	CHECK(!(len == 1 && name[0] == '.'));
	CHECK(!(len == 2 && name[0] == '.' && name[1] == '.' && nodes[at].above == at));
	if (next < 0)
		return -ENOENT;
	if (no_memory && (unsigned int)next == nnodes - 1)
		return -ENOMEM;
	inode_get(&nodes[next].inode);
	*found = &nodes[next].inode;
	return 0;
}

static const struct inode_ops ops = { .lookup = lookup };

/* Node 0 is the root of all.  Four bits say what a node is, four in which directory. */
static void make_tree(struct input *input)
{
	static const mode_t modes[] = { S_IFDIR, S_IFDIR, S_IFDIR, S_IFREG, S_IFLNK };

	nnodes = 1 + take8(input) % NODES;
	for (unsigned int i = 0; i < nnodes; i++) {
		unsigned int what = take8(input), above = what >> 4;
		mode_t mode = i == 0 ? S_IFDIR : modes[(what & 15) % 5];

		nodes[i] = (struct node){ .inode = { .ops = &ops, .ino = i + 1, .refs = 1 },
					  .name = (char)('a' + what % 3),
					  .above = i,
					  .covers = -1 };
		if (i > 0 && (what & 15) < 14) {
			above %= i;
			while (!S_ISDIR(nodes[above].inode.mode))
				above--;
			nodes[i].above = above;
		} else {
			mode = S_IFDIR; /* the root of another file system */
		}
		nodes[i].inode.mode = mode;
	}
	no_memory = take8(input) == 7;
}

/* Names are found in the order of the nodes, so of two that are alike the first is meant. */
static int walk(const char *path, unsigned int *found)
{
	unsigned int at = 0;
	bool is_slash = false;

	if (!*path)
		return -ENOENT;
	while (*path) {
		size_t len = 0;
		int next;

		for (; *path == '/'; path++)
			is_slash = true;
		while (path[len] && path[len] != '/')
			len++;
		if (len > CROFT_NAME_MAX)
			return -ENAMETOOLONG;
		if (S_ISLNK(nodes[at].inode.mode) && len)
			return -ELOOP;
		if (!S_ISDIR(nodes[at].inode.mode) && len)
			return -ENOTDIR;
		if (len == 0)
			break;
		is_slash = false;
		if (len == 1 && path[0] == '.') {
			path++;
			continue;
		}
		if (len == 2 && path[0] == '.' && path[1] == '.') {
			for (bool again = true; again;) { /* out of all that is mounted here */
				again = false;
				for (unsigned int i = 0; i < nnodes; i++)
					if (nodes[i].covers == (int)at) {
						at = i;
						again = true;
						break;
					}
			}
			if (at == 0) {
				path += len;
				continue;
			}
		}
		next = child(at, path, len);
		if (next < 0)
			return -ENOENT;
		if (no_memory && (unsigned int)next == nnodes - 1)
			return -ENOMEM;
		at = (unsigned int)next;
		while (nodes[at].covers >= 0)
			at = (unsigned int)nodes[at].covers;
		path += len;
	}
	if (is_slash && !S_ISDIR(nodes[at].inode.mode))
		return S_ISLNK(nodes[at].inode.mode) ? -ELOOP : -ENOTDIR;
	*found = at;
	return 0;
}

/* A string of the input, up to a zero or @max bytes. */
static void take_path(struct input *input, char *path, size_t max)
{
	size_t len = 0;

	while (input->left && len < max - 1) {
		char c = (char)take8(input);

		if (c == 0)
			break;
		path[len++] = c;
	}
	path[len] = 0;
}

/* Is the node the root of a file system that is mounted? */
static bool is_mounted(unsigned int at)
{
	for (unsigned int i = 0; i < nnodes; i++)
		if (nodes[i].covers == (int)at)
			return true;
	return false;
}

/* Mount what is the root of a file system, and is not mounted yet, at a path. */
static void mount_some(struct input *input)
{
	char path[32];
	unsigned int at = 0;
	int expected;

	for (unsigned int i = 1; i < nnodes; i++) {
		if (nodes[i].above != i)
			continue;
		take_path(input, path, sizeof(path));
		expected = walk(path, &at);
		if (!expected && !S_ISDIR(nodes[at].inode.mode))
			expected = -ENOTDIR;
		else if (!expected && (at == 0 || is_mounted(at)))
			expected = -EBUSY;
		else if (!expected && nmounts == MAX_MOUNTS)
			expected = -ENOMEM;
		CHECK(vfs_mount(path, &nodes[i].inode) == expected);
		if (!expected)
			nodes[at].covers = (int)i;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct input input = { bytes, size };
	uint32_t refs[NODES];
	char path[PATHS];
	struct inode *found = NULL;
	unsigned int at = 0;
	int err;

	nmounts = 0;
	make_tree(&input);
	path_set_root(&nodes[0].inode);
	mount_some(&input);
	for (unsigned int i = 0; i < nnodes; i++)
		refs[i] = nodes[i].inode.refs;

	take_path(&input, path, sizeof(path));
	err = vfs_lookup(path, &found);
	CHECK(err == walk(path, &at));
	if (!err) {
		CHECK(found == &nodes[at].inode && found->refs == refs[at] + 1);
		inode_put(found);
	}
	for (unsigned int i = 0; i < nnodes; i++)
		CHECK(nodes[i].inode.refs == refs[i]);
	return 0;
}
