/* SPDX-License-Identifier: MIT */
/*
 * RAM files, in two flat directories: /tmp and /dev/shm.
 *
 *	store   | a | b | c . | 0 | ? | ? |
 *	                   ^size  ^clean   ^capacity
 *	        |=============|            what a mapping can show: up to the page of byte size - 1
 *
 * A file is one store of contiguous pages (mm/store.h), exactly as many as it needs.  It grows
 * in place while the pages behind it are free, and moves when nothing maps it.
 *
 * Invariants:
 *	R1 bytes of [size rounded up, clean) are zero: nobody has seen these pages yet
 *	R2 the bytes behind size in its page are zero, but for what a program has stored there
 *	   through a mapping; they are cleared again before size moves over them
 *	R3 a file is on the list of its directory exactly while it has its name
 *
 * So size only ever moves over bytes that were cleared or written, and growing may stop after
 * any step: what is left is a smaller file that keeps a few pages more than it needs.
 *
 * The list is sorted by inode number, which only ever goes up: that is what a reader of the
 * directory keeps of its place.  Nobody limits how much a user puts here but the memory itself.
 *
 * Source: POSIX.1-2017 write(), ftruncate(), unlink().
 */
#include <errno.h>
#include <fs/ram.h>
#include <fs/vfs.h>
#include <kernel/assert.h>
#include <mm/pool.h>
#include <mm/region.h>
#include <mm/store.h>
#include <stdio.h>
#include <string.h>

struct ram_file {
	struct inode inode;
	struct backing backing;
	TAILQ_ENTRY(ram_file) link;
	const struct ram_dir *dir; /* where it is, or was */
	uint32_t clean;		   /* bytes */
	char name[CROFT_NAME_MAX + 1];
};

TAILQ_HEAD(ram_list, ram_file);

struct ram_dir {
	struct inode inode;
	struct ram_list files;
	const char *path;
};

enum ram_ino { INO_TMP = 1, INO_SHM, INO_FIRST_FILE };

static const struct inode_ops file_ops, dir_ops;
static const struct backing_ops backing_ops;

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
static struct pool ram_pool = POOL_INIT("ram_file", struct ram_file);

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

static struct ram_file *file_of(struct inode *inode)
{
	return container_of(inode, struct ram_file, inode);
}

static struct ram_file *file_of_backing(struct backing *backing)
{
	return container_of(backing, struct ram_file, backing);
}

/* Directories. */

static int ram_lookup(struct inode *dir, const char *name, size_t len, struct inode **found)
{
	struct ram_file *file;

	TAILQ_FOREACH(file, &dir_of(dir)->files, link) {
		if (strlen(file->name) == len && !memcmp(file->name, name, len)) {
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
	struct ram_file *file = pool_alloc(&ram_pool);

	if (!file)
		return -ENOMEM;
	file->inode = (struct inode){
		.ops = &file_ops,
		.backing = &file->backing,
		.ino = next_ino++,
		.refs = 2, /* the name, and the caller */
		.dev = FS_RAM,
		.mode = S_IFREG | mode,
		.nlink = 1,
		.can_seek = true,
	};
	file->backing.ops = &backing_ops;
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
	TAILQ_REMOVE(&dir_of(dir)->files, file_of(inode), link);
	inode->nlink = 0;
	inode_put(inode);
	return 0;
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
	memset(entry, 0, sizeof(*entry));
	entry->d_ino = file->inode.ino;
	entry->d_type = S_IFREG >> 12;
	memcpy(entry->d_name, file->name, sizeof(file->name));
	return 1;
}

static void ram_release(struct inode *inode)
{
	struct ram_file *file = file_of(inode);

	ASSERT(inode->nlink == 0 && LIST_EMPTY(&file->backing.vmas));
	store_destroy(&file->backing);
	pool_free(&ram_pool, file);
}

/* Bytes. */

static uint8_t *byte_at(const struct ram_file *file, uint32_t off)
{
	return addr_ptr(file->backing.store->start + off);
}

static void set_size(struct ram_file *file, uint32_t size)
{
	file->inode.size = file->backing.size = size;
}

static int take_pages(struct ram_file *file, uint32_t size)
{
	return store_grow(&file->backing, page_ceil(size) >> CONFIG_PAGE_SHIFT);
}

/* A step of growing to @size, for which there are pages: 1, or 0 when done. */
static int grow_step(struct ram_file *file, uint32_t size)
{
	uint32_t old = file->inode.size, from = MAX(file->clean, page_ceil(old)), len;

	if (from < page_ceil(size)) { /* pages that nobody sees yet */
		len = MIN((uint32_t)CONFIG_STEP_BYTES, page_ceil(size) - from);
		memset(byte_at(file, from), 0, len);
		file->clean = from + len;
		return 1;
	}
	len = MIN(size, page_ceil(old)) - old; /* in the page that is seen */
	if (len > CONFIG_STEP_BYTES) {
		memset(byte_at(file, old), 0, CONFIG_STEP_BYTES);
		set_size(file, old + CONFIG_STEP_BYTES);
		return 1;
	}
	memset(byte_at(file, old), 0, len);
	set_size(file, size);
	return 0;
}

static int shrink(struct ram_file *file, uint32_t size)
{
	int err = store_shrink(&file->backing, size);

	if (err)
		return err;
	if (page_ceil(size) > size)
		memset(byte_at(file, size), 0, page_ceil(size) - size);
	file->clean = MIN(file->clean, page_ceil(size));
	set_size(file, size);
	return 0;
}

static int ram_truncate(struct inode *inode, uint32_t size)
{
	struct ram_file *file = file_of(inode);
	int err;

	if (file->backing.nexec > 0)
		return -ETXTBSY;
	if (size == inode->size)
		return 0;
	if (size < inode->size)
		return shrink(file, size);
	err = take_pages(file, size);
	return err ? err : grow_step(file, size);
}

static ssize_t copy_out(const struct ram_file *file, uint32_t off, void *to, size_t len)
{
	if (off >= file->inode.size)
		return 0;
	len = MIN(len, file->inode.size - off);
	memmove(to, byte_at(file, off), len); /* @to may be a mapping of the file */
	return (ssize_t)len;
}

static ssize_t ram_read(struct inode *inode, uint32_t off, void *to, size_t len)
{
	return copy_out(file_of(inode), off, to, len);
}

/* Pages for as much of [@off, @end) as there is memory for: where it ends then; @off: none. */
static uint32_t take_what_fits(struct ram_file *file, uint32_t off, uint32_t end)
{
	while (end > off && take_pages(file, end))
		end = (end - 1) & ~PAGE_MASK;
	return MAX(end, off);
}

/* The pages are there for all of [@off, @end), and @off is not behind the file. */
static void store_bytes(struct ram_file *file, uint32_t off, uint32_t end, const void *from)
{
	uint32_t shown = page_ceil(file->inode.size);

	memmove(byte_at(file, off), from, end - off);
	if (end <= file->inode.size)
		return;
	if (end > shown) {
		memset(byte_at(file, end), 0, page_ceil(end) - end);
		file->clean = MAX(file->clean, page_ceil(end));
	}
	set_size(file, end);
}

/* A gap between the end of the file and @off is cleared in one go: a write is not taken up again. */
static ssize_t ram_write(struct inode *inode, uint32_t off, const void *from, size_t len)
{
	struct ram_file *file = file_of(inode);
	uint32_t end;

	if (file->backing.nexec > 0)
		return -ETXTBSY;
	if (len == 0)
		return 0;
	end = take_what_fits(file, off, off + (uint32_t)len);
	if (end == off)
		return -ENOSPC;
	while (off > inode->size)
		(void)grow_step(file, off);
	store_bytes(file, off, end, from);
	return (ssize_t)(end - off);
}

/* As something to map. */

static int backing_direct(struct backing *backing, struct extent *extent)
{
	return store_extent(backing, file_of_backing(backing)->inode.size, extent);
}

static ssize_t backing_read(struct backing *backing, uint32_t off, void *to, size_t len)
{
	return copy_out(file_of_backing(backing), off, to, len);
}

static void backing_get(struct backing *backing)
{
	inode_get(&file_of_backing(backing)->inode);
}

static void backing_put(struct backing *backing)
{
	inode_put(&file_of_backing(backing)->inode);
}

static void backing_path(const struct backing *backing, char *to, size_t size)
{
	const struct ram_file *file = container_of(backing, struct ram_file, backing);

	sniprintf(to, size, "%s/%s%s", file->dir->path, file->name,
		  file->inode.nlink ? "" : " (deleted)");
}

static const struct inode_ops file_ops = {
	.read = ram_read,
	.write = ram_write,
	.truncate = ram_truncate,
	.release = ram_release,
};

static const struct inode_ops dir_ops = {
	.lookup = ram_lookup,
	.create = ram_create,
	.unlink = ram_unlink,
	.readdir = ram_readdir,
};

static const struct backing_ops backing_ops = {
	.direct = backing_direct,
	.read = backing_read,
	.get = backing_get,
	.put = backing_put,
	.path = backing_path,
};
