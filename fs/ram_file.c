/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a RAM file.
 *
 *	store   | a | b | c . | 0 | ? | ? |
 *	                   ^size  ^clean   ^capacity
 *	        |=============|            what a mapping can show: up to the page of byte size - 1
 *
 * A file is one store of contiguous pages (mm/store.h), exactly as many as it needs.  It grows
 * in place while the pages behind it are free, and moves when nothing maps it.
 *
 * A move goes in steps, and anything may happen to the file between them: who writes to it or lets it
 * grow does the rest of the move first, whoever began it; who maps it, or lets it shrink, ends the
 * move, and the file stays where it is.
 *
 * Invariants:
 *	R1 bytes of [size rounded up, clean) are zero: nobody has seen these pages yet
 *	R2 the bytes behind size in its page are zero, but for what a program has stored there
 *	   through a mapping; they are cleared again before size moves over them
 *
 * So size only ever moves over bytes that were cleared or written, and growing may stop after
 * any step: what is left is a smaller file that keeps a few pages more than it needs.
 *
 * Source: POSIX.1-2017 write(), ftruncate().
 */
#include "ram_file.h"

#include <errno.h>
#include <mm/region.h>
#include <mm/store.h>
#include <stdio.h>
#include <string.h>

static uint8_t *byte_at(const struct ram_file *file, uint32_t off)
{
	return addr_ptr(file->backing.store.start + off);
}

static void set_size(struct ram_file *file, uint32_t size)
{
	file->inode.size = file->backing.size = size;
}

/* 1: a step of getting pages is done. */
static int take_pages(struct ram_file *file, uint32_t size)
{
	uint32_t npages = page_ceil(size) >> CONFIG_PAGE_SHIFT;

	if (!file->move.to && store_grow(&file->backing, npages) == 0)
		return 0;
	if (!file->backing.store.end || npages == 0)
		return -ENOMEM;
	return store_move(&file->backing, npages, &file->move) < 0 ? -ENOMEM : 1;
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
	store_stay(&file->move);
	if (page_ceil(size) > size)
		memset(byte_at(file, size), 0, page_ceil(size) - size);
	file->clean = MIN(file->clean, page_ceil(size));
	set_size(file, size);
	return 0;
}

static int ram_truncate(struct inode *inode, uint32_t size)
{
	struct ram_file *file = ram_file_of(inode);
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
	return copy_out(ram_file_of(inode), off, to, len);
}

/* Pages for as much of [@off, *@end) as there is memory for.  1: a step of it; or -ENOSPC. */
static int take_what_fits(struct ram_file *file, uint32_t off, uint32_t *end)
{
	int err;

	while ((err = take_pages(file, *end)) == -ENOMEM) {
		*end = (*end - 1) & ~PAGE_MASK;
		if (*end <= off)
			return -ENOSPC;
	}
	return err;
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

static ssize_t ram_write(struct inode *inode, uint32_t off, const void *from, size_t len)
{
	struct ram_file *file = ram_file_of(inode);
	uint32_t end = off + (uint32_t)len;
	int more;

	if (file->backing.nexec > 0)
		return -ETXTBSY;
	more = take_what_fits(file, off, &end);
	if (more == 0 && off > inode->size) /* what lies between is cleared first */
		more = grow_step(file, off);
	if (more)
		return more < 0 ? more : 0;
	store_bytes(file, off, end, from);
	return (ssize_t)(end - off);
}

/* As something to map. */

static struct ram_file *file_of_backing(struct backing *backing)
{
	return container_of(backing, struct ram_file, backing);
}

/* Only who is about to map it asks. */
static int backing_direct(struct backing *backing, struct extent *extent)
{
	store_stay(&file_of_backing(backing)->move);
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

const struct inode_ops ram_file_ops = {
	.read = ram_read,
	.write = ram_write,
	.truncate = ram_truncate,
	.release = ram_file_release,
};

const struct backing_ops ram_backing_ops = {
	.direct = backing_direct,
	.read = backing_read,
	.get = backing_get,
	.put = backing_put,
	.path = backing_path,
};
