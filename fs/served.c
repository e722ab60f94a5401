/* SPDX-License-Identifier: MIT */
/* Served paths.  See include/fs/served.h. */
#include <croft/poll.h>
#include <errno.h>
#include <fs/served.h>
#include <kernel/channel.h>
#include <mm/pool.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

/* A file in use. */
struct node {
	struct inode inode;
	struct backing backing;
	struct waitq waiters;
	LIST_ENTRY(node) link;
	struct channel *channel; /* counted */
	uint32_t number;
	unsigned int ready; /* POLL bits, as its server says */
};

/* A name that was added. */
struct served {
	LIST_ENTRY(served) link;
	struct inode *dir, *root;
	struct file *sender; /* while it is open, somebody may call */
	char name[CROFT_NAME_MAX + 1];
};

static struct pool node_pool = POOL_INIT(struct node);
static struct pool served_pool = POOL_INIT(struct served);
static LIST_HEAD(, node) nodes = LIST_HEAD_INITIALIZER(nodes);
static LIST_HEAD(, served) names = LIST_HEAD_INITIALIZER(names);
static uint32_t last_node_ino;

static struct node *node_of(const struct inode *inode)
{
	return container_of(inode, struct node, inode);
}

static struct node *node_of_backing(const struct backing *backing)
{
	return container_of(backing, struct node, backing);
}

struct channel *served_channel(const struct inode *inode)
{
	return node_of(inode)->channel;
}

uint32_t served_number(const struct inode *inode)
{
	return node_of(inode)->number;
}

/* What is asked of a server takes waiting, which is not done here. */

static int remote_lookup(struct inode *dir, const char *name, size_t len, struct inode **found)
{
	(void)dir;
	(void)name;
	(void)len;
	(void)found;
	return -EREMOTE;
}

static int remote_readdir(struct inode *dir, uint32_t *cookie, struct croft_dirent *entry)
{
	(void)dir;
	(void)cookie;
	(void)entry;
	return -EREMOTE;
}

static ssize_t remote_read(struct inode *inode, uint32_t off, void *to, size_t len)
{
	(void)inode;
	(void)off;
	(void)to;
	(void)len;
	return -EREMOTE;
}

static ssize_t remote_write(struct inode *inode, uint32_t off, const void *from, size_t len)
{
	(void)inode;
	(void)off;
	(void)from;
	(void)len;
	return -EREMOTE;
}

static unsigned int node_ready(struct inode *inode)
{
	return node_of(inode)->ready;
}

static void node_release(struct inode *inode)
{
	struct node *node = node_of(inode);

	LIST_REMOVE(node, link);
	channel_put(node->channel);
	pool_free(&node_pool, node);
}

static const struct inode_ops node_ops = {
	.lookup = remote_lookup,
	.readdir = remote_readdir,
	.read = remote_read,
	.write = remote_write,
	.ready = node_ready,
	.release = node_release,
};

/* A mapping is a copy, filled by messages too (kernel/remote.c). */

static int node_direct(struct backing *backing, struct extent *extent)
{
	(void)backing;
	(void)extent;
	return -ENODEV;
}

static void node_path(const struct backing *backing, char *to, size_t size)
{
	const struct node *node = node_of_backing(backing);
	const struct served *served;

	LIST_FOREACH(served, &names, link)
		if (served_channel(served->root) == node->channel) {
			sniprintf(to, size, "%s:%u", served->name, (unsigned int)node->number);
			return;
		}
	sniprintf(to, size, "(no server):%u", (unsigned int)node->number);
}

static void node_hold(struct backing *backing)
{
	inode_get(&node_of_backing(backing)->inode);
}

static void node_let_go(struct backing *backing)
{
	inode_put(&node_of_backing(backing)->inode);
}

static const struct backing_ops node_backing_ops = {
	.direct = node_direct,
	.path = node_path,
	.get = node_hold,
	.put = node_let_go,
};

static struct node *find_node(const struct channel *channel, uint32_t number)
{
	struct node *node;

	LIST_FOREACH(node, &nodes, link)
		if (node->channel == channel && node->number == number)
			return node;
	return NULL;
}

static int get_node(struct channel *channel, uint32_t number, mode_t mode, uint32_t size,
		    struct inode **inode)
{
	struct node *node = find_node(channel, number);

	if (node) {
		inode_get(&node->inode);
		*inode = &node->inode;
		return 0;
	}
	node = pool_alloc(&node_pool);
	if (!node)
		return -ENOMEM;
	waitq_init(&node->waiters);
	node->number = number;
	node->ready = POLLIN | POLLOUT;
	node->channel = channel;
	channel_get(channel);
	last_node_ino = last_node_ino % UINT16_MAX + 1;
	node->backing.ops = &node_backing_ops;
	node->backing.kind = BACKING_COPY;
	node->backing.dev = FS_SERVED;
	node->backing.ino = last_node_ino;
	node->backing.size = size;
	inode_init(&node->inode, &node_ops, FS_SERVED, last_node_ino, mode);
	node->inode.backing = S_ISREG(mode) ? &node->backing : NULL;
	node->inode.waiters = &node->waiters;
	node->inode.size = size;
	LIST_INSERT_HEAD(&nodes, node, link);
	*inode = &node->inode;
	return 0;
}

int served_inode(struct inode *root, uint32_t number, mode_t mode, uint32_t size,
		 struct inode **inode)
{
	return get_node(served_channel(root), number, mode, size, inode);
}

/* Is the last name of the path free, in a directory where names can be added? */
static int judge_name(const struct walk *walk)
{
	struct inode *there;
	int err;

	if (inode_is_served(walk->dir) || walk->len > CROFT_NAME_MAX)
		return inode_is_served(walk->dir) ? -EEXIST : -ENAMETOOLONG;
	err = path_last(walk, &there);
	if (err)
		return err == -ENOENT ? 0 : err;
	inode_put(there);
	return -EEXIST;
}

int served_add(struct channel *channel, struct file *sender, const char *path, mode_t mode)
{
	struct served *served;
	struct walk walk;
	int err;

	if (!S_ISDIR(mode) && !S_ISCHR(mode) && !S_ISREG(mode))
		return -EINVAL;
	if (find_node(channel, 0))
		return -EBUSY;
	err = path_walk(path, &walk);
	if (err)
		return err;
	err = judge_name(&walk);
	if (err)
		goto put_dir;
	served = pool_alloc(&served_pool);
	if (!served) {
		err = -ENOMEM;
		goto put_dir;
	}
	err = get_node(channel, 0, mode & (S_IFMT | 0777), 0, &served->root);
	if (err)
		goto free_served;
	served->dir = walk.dir;
	served->sender = sender;
	memcpy(served->name, walk.name, walk.len);
	LIST_INSERT_HEAD(&names, served, link);
	return 0;

free_served:
	pool_free(&served_pool, served);
put_dir:
	inode_put(walk.dir);
	return err;
}

void served_remove(const struct channel *channel)
{
	struct served *served, *next;
	struct node *node;

	for (served = LIST_FIRST(&names); served; served = next) {
		next = LIST_NEXT(served, link);
		if (served_channel(served->root) != channel)
			continue;
		LIST_REMOVE(served, link);
		file_put(served->sender);
		inode_put(served->dir);
		inode_put(served->root);
		pool_free(&served_pool, served);
	}
	/* A read gives an error now, so it does not wait. */
	LIST_FOREACH(node, &nodes, link)
		if (node->channel == channel) {
			node->ready = POLLIN | POLLOUT | POLLERR | POLLHUP;
			waitq_wake_all(&node->waiters);
		}
}

int served_find(const struct inode *dir, const char *name, size_t len, struct inode **found)
{
	struct served *served;

	LIST_FOREACH(served, &names, link)
		if (served->dir == dir && name_is(served->name, name, len)) {
			inode_get(served->root);
			*found = served->root;
			return 0;
		}
	return -ENOENT;
}

int served_list(const struct inode *dir, uint32_t i, struct croft_dirent *entry)
{
	struct served *served;

	LIST_FOREACH(served, &names, link) {
		if (served->dir != dir || i-- > 0)
			continue;
		dirent_set(entry, served->root->ino, served->root->mode, served->name,
			   sizeof(served->name));
		return 1;
	}
	return 0;
}

struct inode *served_parent(const struct inode *inode)
{
	struct served *served;

	LIST_FOREACH(served, &names, link)
		if (served->root == inode)
			return served->dir;
	return NULL;
}

void served_set_ready(const struct channel *channel, uint32_t number, unsigned int ready)
{
	struct node *node = find_node(channel, number);

	if (!node)
		return;
	node->ready = ready & (POLLIN | POLLOUT | POLLERR | POLLHUP);
	if (node->ready)
		waitq_wake_all(&node->waiters);
}
