/* SPDX-License-Identifier: MIT */
/*
 * The tree of /proc.
 *
 *	/proc
 *	|- interrupts, kmsg, maps, meminfo, pageinfo, pagemap, trace, uptime, version
 *	|- sys/vm/nr_trim_pages
 *	|- sys/kernel/core_to
 *	|- sysvipc/shm
 *	|- self		the directory of whoever looks
 *	`- <pid>/maps, mpu, stat, status
 *
 * The table of nodes is the tree; <pid> and self are one node.  An inode is a node and a process
 * number.  Each lookup makes one, so that each open file has its own, and keeps its own place in
 * the text (procfs_text.c); nothing here is mounted on, so nobody compares them.
 */
#include "procfs.h"

#include <errno.h>
#include <kernel/config.h>
#include <mm/pool.h>
#include <stdio.h>
#include <string.h>

enum node_id {
	NODE_ROOT,
	NODE_PID,
	NODE_PID_MAPS,
	NODE_PID_MPU,
	NODE_PID_STAT,
	NODE_PID_STATUS,
	NODE_INTERRUPTS,
	NODE_KMSG,
	NODE_MAPS,
	NODE_MEMINFO,
	NODE_PAGEINFO,
	NODE_PAGEMAP,
	NODE_TRACE,
	NODE_UPTIME,
	NODE_VERSION,
	NODE_SYS,
	NODE_VM,
	NODE_TRIM,
	NODE_KERNEL,
	NODE_CORE_TO,
	NODE_SYSVIPC,
	NODE_SHM,
	NNODES,
};

#define PID_SHIFT 5 /* an inode's number: the process, and which node it is */
_Static_assert(NNODES < 1 << PID_SHIFT, "a node fits its bits");

#define MODE_ALL  0444
#define MODE_ROOT 0400

/* A text that a choice decides on; without it the node has no name, and is not there. */
#define OPTION(option, name, parent, line, mode)                                                   \
	{                                                                                          \
		IS_ENABLED(option) ? name : "", parent, IS_ENABLED(option) ? line : NULL, NULL,    \
			mode                                                                       \
	}
#define DETAIL(name, parent, line, mode) OPTION(CONFIG_PROC_DETAIL, name, parent, line, mode)

static const struct node {
	const char *name;  /* "": there is none */
	uint8_t parent;	   /* enum node_id */
	procfs_line *line; /* NULL: a directory */
	ssize_t (*write)(const char *from, size_t len);
	uint16_t mode; /* of a text */
} nodes[NNODES] = {
	[NODE_PID] = { "self", NODE_ROOT, NULL, NULL, 0 },
	[NODE_PID_MAPS] = { "maps", NODE_PID, procfs_pid_maps_line, NULL, MODE_ALL },
	[NODE_PID_MPU] = DETAIL("mpu", NODE_PID, procfs_mpu_line, MODE_ALL),
	[NODE_PID_STAT] = DETAIL("stat", NODE_PID, procfs_stat_line, MODE_ALL),
	[NODE_PID_STATUS] = DETAIL("status", NODE_PID, procfs_status_line, MODE_ALL),
	[NODE_INTERRUPTS] = DETAIL("interrupts", NODE_ROOT, procfs_interrupts_line, MODE_ALL),
	[NODE_KMSG] = { "kmsg", NODE_ROOT, procfs_kmsg_line, NULL, MODE_ALL },
	[NODE_MAPS] = { "maps", NODE_ROOT, procfs_maps_line, NULL, MODE_ALL },
	[NODE_MEMINFO] = { "meminfo", NODE_ROOT, procfs_meminfo_line, NULL, MODE_ALL },
	[NODE_PAGEINFO] = { "pageinfo", NODE_ROOT, procfs_pageinfo_line, NULL, MODE_ALL },
	[NODE_PAGEMAP] = DETAIL("pagemap", NODE_ROOT, procfs_pagemap_line, MODE_ROOT),
	[NODE_TRACE] = OPTION(CONFIG_TRACE, "trace", NODE_ROOT, procfs_trace_line, MODE_ROOT),
	[NODE_UPTIME] = { "uptime", NODE_ROOT, procfs_uptime_line, NULL, MODE_ALL },
	[NODE_VERSION] = { "version", NODE_ROOT, procfs_version_line, NULL, MODE_ALL },
	[NODE_SYS] = { "sys", NODE_ROOT, NULL, NULL, 0 },
	[NODE_VM] = { "vm", NODE_SYS, NULL, NULL, 0 },
	[NODE_TRIM] = { "nr_trim_pages", NODE_VM, procfs_trim_line, procfs_trim_write, MODE_ALL },
	[NODE_KERNEL] = { "kernel", NODE_SYS, NULL, NULL, 0 },
	[NODE_CORE_TO] = { "core_to", NODE_KERNEL, procfs_core_to_line, procfs_core_to_write,
			   MODE_ALL },
	[NODE_SYSVIPC] = { "sysvipc", NODE_ROOT, NULL, NULL, 0 },
	[NODE_SHM] = { "shm", NODE_SYSVIPC, procfs_shm_line, NULL, MODE_ALL },
};

static const struct inode_ops dir_ops, text_ops, knob_ops;

/* The system itself is its first user; the only one that is not from the pool. */
static struct procfs_inode root = {
	.inode = {
		.ops = &dir_ops,
		.ino = NODE_ROOT + 1,
		.refs = 1,
		.dev = FS_PROC,
		.mode = S_IFDIR | 0555,
		.nlink = 2,
		.can_seek = true,
	},
};

static struct pool procfs_text_pool = POOL_INIT(struct procfs_text);

struct inode *procfs_root(void)
{
	inode_get(&root.inode);
	return &root.inode;
}

static struct procfs_inode *procfs_of(struct inode *inode)
{
	return container_of(inode, struct procfs_inode, inode);
}

static uint32_t ino_of(enum node_id id, int pid)
{
	return (uint32_t)pid << PID_SHIFT | (id + 1);
}

static mode_t mode_of(const struct node *node)
{
	if (!node->line)
		return S_IFDIR | 0555;
	return S_IFREG | node->mode | (node->write ? S_IWUSR : 0);
}

static const struct inode_ops *ops_of(const struct node *node)
{
	if (!node->line)
		return &dir_ops;
	return node->write ? &knob_ops : &text_ops;
}

static struct procfs_text *text_of_backing(struct backing *backing)
{
	return container_of(backing, struct procfs_text, backing);
}

static int text_direct(struct backing *backing, struct extent *extent)
{
	(void)backing;
	(void)extent;
	return -ENODEV;
}

static ssize_t text_copy(struct backing *backing, uint32_t off, void *to, size_t len)
{
	return procfs_text_read(&text_of_backing(backing)->file.inode, off, to, len);
}

static void text_get(struct backing *backing)
{
	inode_get(&text_of_backing(backing)->file.inode);
}

static void text_put(struct backing *backing)
{
	inode_put(&text_of_backing(backing)->file.inode);
}

static const struct backing_ops backing_ops = {
	.direct = text_direct,
	.read = text_copy,
	.get = text_get,
	.put = text_put,
};

/* A new inode, or the root's. */
static int make_inode(enum node_id id, int pid, struct inode **made)
{
	const struct node *node = &nodes[id];
	struct procfs_text *text;

	if (id == NODE_ROOT) {
		*made = procfs_root();
		return 0;
	}
	text = pool_alloc(
		&procfs_text_pool); /* for a directory too: it is of one size with the rest */
	if (!text)
		return -ENOMEM;
	inode_init(&text->file.inode, ops_of(node), FS_PROC, ino_of(id, pid), mode_of(node));
	text->file.pid = pid;
	text->file.node = (uint8_t)id;
	text->make = node->line;
	if (node->line) {
		text->backing.ops = &backing_ops;
		text->backing.kind = BACKING_COPY;
		text->backing.dev = FS_PROC;
		text->backing.ino = text->file.inode.ino;
		text->backing.size = INT32_MAX; /* it ends where reading it does */
		text->file.inode.backing = &text->backing;
	}
	*made = &text->file.inode;
	return 0;
}

static void procfs_release(struct inode *inode)
{
	pool_free(&procfs_text_pool, procfs_text_of(inode));
}

/* Decimal digits up to @max, 0 where there is anything else. */
static uint32_t number_of(const char *digits, size_t len, uint32_t max)
{
	uint32_t number = 0;

	for (size_t i = 0; i < len; i++) {
		uint32_t digit = (uint32_t)(digits[i] - '0');

		if (digit > 9 || number > (max - digit) / 10)
			return 0;
		number = number * 10 + digit;
	}
	return number;
}

static int procfs_lookup(struct inode *inode, const char *name, size_t len, struct inode **found)
{
	struct procfs_inode *dir = procfs_of(inode);
	enum node_id id = NODE_ROOT + 1;
	int pid = dir->pid;

	if (pid && !proc_view_exists(pid))
		return -ENOENT;
	if (name_is("..", name, len))
		return make_inode(nodes[dir->node].parent, 0, found); /* <pid> has no deeper ones */

	while (id < NNODES &&
	       (nodes[id].parent != dir->node || !name_is(nodes[id].name, name, len)))
		id++;
	if (id == NNODES && dir->node == NODE_ROOT) {
		pid = (int)number_of(name, len, INT32_MAX);
		return proc_view_exists(pid) ? make_inode(NODE_PID, pid, found) : -ENOENT;
	}
	if (id == NNODES)
		return -ENOENT;
	if (id == NODE_PID)
		pid = proc_view_self();
	return make_inode(id, pid, found);
}

static void fill_entry(struct croft_dirent *entry, enum node_id id, int pid, const char *name)
{
	dirent_set(entry, ino_of(id, pid), mode_of(&nodes[id]), name, strlen(name));
}

/* The cookie is the next node; from NNODES on, the number of the process told last is added. */
static int procfs_readdir(struct inode *inode, uint32_t *cookie, struct croft_dirent *entry)
{
	struct procfs_inode *dir = procfs_of(inode);
	uint32_t id = MAX(*cookie,
			  (uint32_t)NODE_ROOT + 1); /* wider than enum node_id, which is a byte */
	int pid = dir->pid;

	while (id < NNODES && (nodes[id].parent != dir->node || !nodes[id].name[0]))
		id++;
	if (id < NNODES) {
		*cookie = id + 1;
		fill_entry(entry, (enum node_id)id, id == NODE_PID ? proc_view_self() : pid,
			   nodes[id].name);
		return 1;
	}
	if (dir->node == NODE_ROOT)
		pid = proc_view_next((int)(MAX(*cookie, (uint32_t)NNODES) - NNODES));
	if (dir->node != NODE_ROOT || pid == 0)
		return 0;
	*cookie = (uint32_t)(NNODES + pid);
	fill_entry(entry, NODE_PID, pid, "");
	sniprintf(entry->d_name, sizeof(entry->d_name), "%d", pid);
	return 1;
}

static ssize_t procfs_write(struct inode *inode, uint32_t off, const void *from, size_t len)
{
	(void)off; /* a write is a value, wherever it goes */
	return nodes[procfs_of(inode)->node].write(from, len);
}

static const struct inode_ops dir_ops = {
	.lookup = procfs_lookup,
	.readdir = procfs_readdir,
	.release = procfs_release,
};

static const struct inode_ops text_ops = {
	.read = procfs_text_read,
	.release = procfs_release,
};

static const struct inode_ops knob_ops = {
	.read = procfs_text_read,
	.write = procfs_write,
	.release = procfs_release,
};
