/* SPDX-License-Identifier: MIT */
/*
 * The read-only file system in flash, as inodes and as something to map.
 *
 * A file in use has one record, which is both inode and backing, on the list of live ones.  Its
 * inode number is the offset of its header in units of 16 bytes, so that volumes up to a
 * megabyte have different numbers also in the 16 bits of newlib's ino_t; it is what the list is
 * searched by.  Files and directories that nobody uses take no memory.
 *
 * The format tells no file where it is, so a file remembers the directory that it was last
 * looked up in; from there its path, for /proc/maps, is found by the names "." and "..".
 *
 * The format has no owners and no times, and one permission bit: everything is root's, and
 * readable by all.  A symbolic link cannot be followed here, and a device file in the image
 * stands for no device.
 *
 * Source: Linux, Documentation/filesystems/romfs.rst.
 */
#include <errno.h>
#include <fs/romfs.h>
#include <fs/vfs.h>
#include <kernel/assert.h>
#include <mm/pool.h>
#include <string.h>

#include "romfs_format.h"

#define HEADER_UNIT 16U /* bytes: what headers are aligned to */

struct romfs_inode {
	struct inode inode;
	struct backing backing;
	LIST_ENTRY(romfs_inode) link;
	uint32_t data; /* offset of the contents; of a directory: of its first entry */
	uint32_t dir;  /* offset of the first entry of the directory that it was found in */
};

LIST_HEAD(romfs_list, romfs_inode);

static struct romfs_list live; /* every file in use */
static struct romfs_image image;
static struct pool romfs_inode_pool = POOL_INIT(struct romfs_inode);

/*
 * What was found last, as flash does not change: a program that is started again is found without
 * a walk along its directory, and what lies behind its end is not looked at again.
 */
#define NKNOWN 4U

static struct {
	uint32_t dir, header; /* a name's, in the directory of that first entry; 0: nothing */
} known_names[NKNOWN];
static struct {
	uint32_t data, mappable; /* of a file with contents there; 0: nothing */
} known_files[NKNOWN];
static unsigned int next_name, next_file; /* that gives way */

static const struct inode_ops file_ops;
static const struct inode_ops dir_ops;
static const struct inode_ops other_ops;
static const struct backing_ops backing_ops;

static struct romfs_inode *romfs_of(struct inode *inode)
{
	return container_of(inode, struct romfs_inode, inode);
}

static struct romfs_inode *romfs_of_backing(struct backing *backing)
{
	return container_of(backing, struct romfs_inode, backing);
}

/* Type bits of st_mode, by enum romfs_type; a hard link never gets here. */
static mode_t type_mode(unsigned int type)
{
	static const mode_t modes[] = { 0,	 S_IFDIR, S_IFREG,  S_IFLNK,
					S_IFBLK, S_IFCHR, S_IFSOCK, S_IFIFO };

	return modes[type];
}

static void fill_file(struct romfs_inode *file, const struct romfs_node *node)
{
	file->inode.ops = &file_ops;
	file->inode.backing = &file->backing;
	file->backing.ops = &backing_ops;
	file->backing.kind = BACKING_FLASH;
	file->backing.dev = FS_ROM;
	file->backing.ino = file->inode.ino;
	file->backing.size = node->size;
}

static struct romfs_inode *find_live(uint32_t ino)
{
	struct romfs_inode *file = LIST_FIRST(&live);

	while (file && file->inode.ino != ino)
		file = LIST_NEXT(file, link);
	return file;
}

/* The one inode of what @node is, counted. */
static int inode_of_node(const struct romfs_node *node, struct inode **found)
{
	uint32_t ino = node->header / HEADER_UNIT;
	mode_t mode = type_mode(node->type) | S_IRUSR | S_IRGRP | S_IROTH;
	struct romfs_inode *file = find_live(ino);

	if (file) {
		inode_get(&file->inode);
		*found = &file->inode;
		return 0;
	}

	file = pool_alloc(&romfs_inode_pool);
	if (!file)
		return -ENOMEM;
	file->data = node->data;
	if (node->is_exec || node->type == ROMFS_DIRECTORY)
		mode |= S_IXUSR | S_IXGRP | S_IXOTH;
	inode_init(&file->inode, &other_ops, FS_ROM, ino, mode);
	file->inode.size = node->size;
	if (node->type == ROMFS_REGULAR)
		fill_file(file, node);
	if (node->type == ROMFS_DIRECTORY) {
		file->inode.ops = &dir_ops;
		file->data = node->info;
	}
	LIST_INSERT_HEAD(&live, file, link);
	*found = &file->inode;
	return 0;
}

static void romfs_release(struct inode *inode)
{
	struct romfs_inode *file = romfs_of(inode);

	ASSERT(LIST_EMPTY(&file->backing.vmas));
	ASSERT(!file->backing.store.end);
	LIST_REMOVE(file, link);
	pool_free(&romfs_inode_pool, file);
}

/* Is it the name of a header that was read before? */
static bool is_named(uint32_t header, const char *name, size_t len)
{
	return name_is((const char *)image.bytes + header + ROMFS_NAME_OFFSET, name, len);
}

/* The header of a name that was found before, or 0. */
static uint32_t known_header(uint32_t dir, const char *name, size_t len)
{
	for (unsigned int i = 0; i < NKNOWN; i++)
		if (known_names[i].dir == dir && is_named(known_names[i].header, name, len))
			return known_names[i].header;
	return 0;
}

/* romfs_find() that remembers. */
static int find_name(uint32_t dir, const char *name, size_t len, struct romfs_node *node)
{
	int err = romfs_find(&image, dir, name, len, node);

	if (!err) {
		known_names[next_name].dir = dir;
		known_names[next_name].header = node->header;
		next_name = (next_name + 1) % NKNOWN;
	}
	return err;
}

static int romfs_lookup(struct inode *dir, const char *name, size_t len, struct inode **found)
{
	uint32_t first = romfs_of(dir)->data, header = known_header(first, name, len);
	struct romfs_inode *file = header ? find_live(header / HEADER_UNIT) : NULL;
	struct romfs_node node;
	int err;

	if (file) { /* in use, and no hard link: the header tells nothing new */
		file->dir = first;
		inode_get(&file->inode);
		*found = &file->inode;
		return 0;
	}
	err = header ? romfs_read_node(&image, header, &node) : find_name(first, name, len, &node);
	if (!err && node.type == ROMFS_HARD_LINK)
		err = romfs_resolve(&image, node.header, &node);
	if (!err)
		err = inode_of_node(&node, found);
	if (!err)
		romfs_of(*found)->dir = first;
	return err;
}

/*
 * The cookie is the header to go on at; 1, which is no header, is behind the last.  Cookies come
 * from this function alone, and a header is checked each time, so a wrong one could do no harm.
 */
static int romfs_readdir(struct inode *dir, uint32_t *cookie, struct croft_dirent *entry)
{
	uint32_t at = *cookie ? *cookie : romfs_of(dir)->data;
	struct romfs_node node, target;
	int err;

	do {
		if (at <= 1)
			return 0;
		err = romfs_read_node(&image, at, &node);
		if (err)
			return err;
		at = node.next ? node.next : 1;
	} while (node.name_len > CROFT_NAME_MAX); /* could not be opened either */

	err = romfs_resolve(&image, node.header, &target);
	if (err)
		return err;
	dirent_set(entry, target.header / HEADER_UNIT, type_mode(target.type),
		   (const char *)node.name, node.name_len);
	*cookie = at;
	return 1;
}

static ssize_t copy_out(const struct romfs_inode *file, uint32_t off, void *to, size_t len)
{
	if (off >= file->inode.size)
		return 0;
	len = MIN(len, file->inode.size - off);
	memcpy(to, image.bytes + file->data + off, len);
	return (ssize_t)len;
}

static ssize_t romfs_read(struct inode *inode, uint32_t off, void *to, size_t len)
{
	return copy_out(romfs_of(inode), off, to, len);
}

/* romfs_mappable() that remembers: it looks at every byte behind the end. */
static uint32_t mappable(const struct romfs_inode *file)
{
	uint32_t bytes;

	for (unsigned int i = 0; i < NKNOWN; i++)
		if (known_files[i].data == file->data)
			return known_files[i].mappable;
	bytes = romfs_mappable(&image, file->data, file->inode.size, PAGE_SIZE);
	known_files[next_file].data = file->data;
	known_files[next_file].mappable = bytes;
	next_file = (next_file + 1) % NKNOWN;
	return bytes;
}

static int backing_direct(struct backing *backing, struct extent *extent)
{
	struct romfs_inode *file = romfs_of_backing(backing);
	addr_t start = ptr_addr(image.bytes + file->data);
	uint32_t bytes = is_page_aligned(start) ? mappable(file) : 0;

	if (bytes == 0)
		return -ENODEV;
	extent->start = start;
	extent->end = start + bytes;
	return 0;
}

static ssize_t backing_read(struct backing *backing, uint32_t off, void *to, size_t len)
{
	return copy_out(romfs_of_backing(backing), off, to, len);
}

/* Put "/" and the name before what starts in @to at *@at.  False: there is no room. */
static bool put_before(char *to, size_t *at, const struct romfs_node *node)
{
	if (*at < node->name_len + 1U)
		return false;
	*at -= node->name_len;
	memcpy(to + *at, node->name, node->name_len);
	to[--*at] = '/';
	return true;
}

/* The node that @name, which is "." or "..", means in the directory of this first entry. */
static int find_dots(uint32_t first, const char *name, struct romfs_node *node)
{
	int err = romfs_find(&image, first, name, strlen(name), node);

	return err ? err : romfs_resolve(&image, node->header, node);
}

/* From the last name to the first; each needs room, so a ring of directories ends the walk too. */
static void backing_path(const struct backing *backing, char *to, size_t size)
{
	const struct romfs_inode *file = container_of(backing, struct romfs_inode, backing);
	uint32_t first = file->dir, above;
	size_t at = size - 1;
	struct romfs_node node;
	int err;

	to[at] = '\0';
	err = romfs_read_node(&image, file->inode.ino * HEADER_UNIT, &node);
	while (!err && node.header != image.root && put_before(to, &at, &node)) {
		if (first == image.root)
			break;
		err = find_dots(first, "..", &node);
		above = node.info;
		if (!err)
			err = find_dots(first, ".", &node);
		first = above;
	}
	memmove(to, to + at, size - at);
}

static void backing_get(struct backing *backing)
{
	inode_get(&romfs_of_backing(backing)->inode);
}

static void backing_put(struct backing *backing)
{
	inode_put(&romfs_of_backing(backing)->inode);
}

static const struct inode_ops file_ops = {
	.read = romfs_read,
	.release = romfs_release,
};

static const struct inode_ops dir_ops = {
	.lookup = romfs_lookup,
	.readdir = romfs_readdir,
	.release = romfs_release,
};

static const struct inode_ops other_ops = {
	.release = romfs_release,
};

static const struct backing_ops backing_ops = {
	.direct = backing_direct,
	.read = backing_read,
	.get = backing_get,
	.put = backing_put,
	.path = backing_path,
};

int romfs_mount(addr_t start, addr_t end, struct inode **root)
{
	struct romfs_node node;
	int err;

	ASSERT(start <= end);
	err = romfs_open(&image, addr_ptr(start), end - start);
	if (err)
		return err;
	/* The first entry of the root directory is its own header. */
	err = romfs_resolve(&image, image.root, &node);
	if (err)
		return err;
	return node.type == ROMFS_DIRECTORY ? inode_of_node(&node, root) : -EIO;
}
