/* SPDX-License-Identifier: MIT */
/*
 * /dev: the devices that the kernel itself serves.
 *
 *	console, tty	the board's first UART, raw bytes; two names of one device
 *	null		takes everything, gives nothing
 *	zero		takes everything, gives zeros; mapped privately: zeroed memory
 *	uart1 ...	windows of device registers (fs/window.c)
 *	shm, mqueue	empty directories, to be mounted on
 *
 * Lines, echo and editing are not the kernel's business: programs get the bytes that came.
 * Everything here is static and none of it ever goes away.
 */
#include <croft/poll.h>
#include <errno.h>
#include <fs/dev.h>
#include <fs/vfs.h>
#include <fs/window.h>
#include <kernel/config.h>
#include <kernel/console.h>
#include <string.h>

enum dev_ino { INO_ROOT = 1, INO_SHM, INO_CONSOLE, INO_NULL, INO_ZERO, INO_MQUEUE };

static const struct inode_ops root_ops, shm_ops, console_ops, null_ops, zero_ops;
static const struct backing_ops zero_backing_ops;

static struct backing zero_backing = {
	.ops = &zero_backing_ops,
	.vmas = LIST_HEAD_INITIALIZER(zero_backing.vmas),
	.kind = BACKING_COPY,
	.dev = FS_DEV,
	.ino = INO_ZERO,
	.size = 0xfffff000, /* no end that a mapping could reach */
};

/* The system itself is the first user of each, so their counts never fall to nothing. */
static struct inode root = {
	.ops = &root_ops,
	.ino = INO_ROOT,
	.refs = 1,
	.dev = FS_DEV,
	.mode = S_IFDIR | 0555,
	.nlink = 2,
	.can_seek = true,
};
static struct inode shm = {
	.ops = &shm_ops,
	.ino = INO_SHM,
	.refs = 1,
	.dev = FS_DEV,
	.mode = S_IFDIR | 0555,
	.nlink = 2,
	.can_seek = true,
};
static struct inode mqueue = {
	.ops = &shm_ops,
	.ino = INO_MQUEUE,
	.refs = 1,
	.dev = FS_DEV,
	.mode = S_IFDIR | 0555,
	.nlink = 2,
	.can_seek = true,
};
static struct inode console = {
	.ops = &console_ops,
	.waiters = &console_waiters,
	.ino = INO_CONSOLE,
	.refs = 1,
	.dev = FS_DEV,
	.mode = S_IFCHR | 0666,
	.nlink = 2,
};
static struct inode null = {
	.ops = &null_ops,
	.ino = INO_NULL,
	.refs = 1,
	.dev = FS_DEV,
	.mode = S_IFCHR | 0666,
	.nlink = 1,
	.can_seek = true,
};
static struct inode zero = {
	.ops = &zero_ops,
	.backing = &zero_backing,
	.ino = INO_ZERO,
	.refs = 1,
	.dev = FS_DEV,
	.mode = S_IFCHR | 0666,
	.nlink = 1,
	.can_seek = true,
};

static const struct dev_entry {
	const char *name;
	struct inode *inode;
} entries[] = {
	{ "console", &console }, { "tty", &console }, { "null", &null },
	{ "zero", &zero },	 { "shm", &shm },     { "mqueue", &mqueue },
};

/* The last one is there where queues are. */
#define NENTRIES (ARRAY_SIZE(entries) - !IS_ENABLED(CONFIG_MQUEUE))

struct inode *dev_root(void)
{
	inode_get(&root);
	return &root;
}

static int root_lookup(struct inode *dir, const char *name, size_t len, struct inode **found)
{
	(void)dir;
	for (size_t i = 0; i < NENTRIES; i++) {
		if (name_is(entries[i].name, name, len)) {
			inode_get(entries[i].inode);
			*found = entries[i].inode;
			return 0;
		}
	}
	for (size_t i = 0; i < window_count(); i++) {
		if (name_is(window_name(i), name, len)) {
			*found = window_get(i);
			return 0;
		}
	}
	return -ENOENT;
}

static void fill(struct croft_dirent *entry, const char *name, const struct inode *inode)
{
	dirent_set(entry, inode->ino, inode->mode, name, strlen(name));
}

static int root_readdir(struct inode *dir, uint32_t *cookie, struct croft_dirent *entry)
{
	size_t i = *cookie;

	(void)dir;
	if (i >= NENTRIES + window_count())
		return 0;
	++*cookie;
	if (i < NENTRIES) {
		fill(entry, entries[i].name, entries[i].inode);
	} else {
		struct inode *window = window_get(i - NENTRIES);

		fill(entry, window_name(i - NENTRIES), window);
		inode_put(window);
	}
	return 1;
}

/* The directory under a mount: its only name is the way back. */
static int shm_lookup(struct inode *dir, const char *name, size_t len, struct inode **found)
{
	(void)dir;
	if (!name_is("..", name, len))
		return -ENOENT;
	*found = dev_root();
	return 0;
}

static int shm_readdir(struct inode *dir, uint32_t *cookie, struct croft_dirent *entry)
{
	(void)dir;
	(void)cookie;
	(void)entry;
	return 0;
}

static ssize_t tty_read(struct inode *inode, uint32_t off, void *to, size_t len)
{
	size_t moved = console_read(to, len);

	(void)inode;
	(void)off;
	return moved || len == 0 ? (ssize_t)moved : -EAGAIN;
}

static ssize_t tty_write(struct inode *inode, uint32_t off, const void *from, size_t len)
{
	size_t moved = console_write(from, len);

	(void)inode;
	(void)off;
	return moved || len == 0 ? (ssize_t)moved : -EAGAIN;
}

static unsigned int tty_ready(struct inode *inode)
{
	(void)inode;
	return (console_can_read() ? POLLIN : 0u) | (console_can_write() ? POLLOUT : 0u);
}

static ssize_t null_read(struct inode *inode, uint32_t off, void *to, size_t len)
{
	(void)inode;
	(void)off;
	(void)to;
	(void)len;
	return 0;
}

static ssize_t null_write(struct inode *inode, uint32_t off, const void *from, size_t len)
{
	(void)inode;
	(void)off;
	(void)from;
	return (ssize_t)len;
}

static ssize_t zero_read(struct inode *inode, uint32_t off, void *to, size_t len)
{
	(void)inode;
	(void)off;
	memset(to, 0, len);
	return (ssize_t)len;
}

static int zero_direct(struct backing *backing, struct extent *extent)
{
	(void)backing;
	(void)extent;
	return -ENODEV;
}

static ssize_t zero_backing_read(struct backing *backing, uint32_t off, void *to, size_t len)
{
	(void)backing;
	return zero_read(&zero, off, to, len);
}

static void zero_get(struct backing *backing)
{
	(void)backing;
	inode_get(&zero);
}

static void zero_put(struct backing *backing)
{
	(void)backing;
	inode_put(&zero);
}

static const struct inode_ops root_ops = { .lookup = root_lookup, .readdir = root_readdir };
static const struct inode_ops shm_ops = { .lookup = shm_lookup, .readdir = shm_readdir };
static const struct inode_ops console_ops = { .read = tty_read,
					      .write = tty_write,
					      .ready = tty_ready };
static const struct inode_ops null_ops = { .read = null_read, .write = null_write };
static const struct inode_ops zero_ops = { .read = zero_read, .write = null_write };

static const struct backing_ops zero_backing_ops = {
	.direct = zero_direct,
	.read = zero_backing_read,
	.get = zero_get,
	.put = zero_put,
};
