/* SPDX-License-Identifier: MIT */
/*
 * fs/romfs_format.c and fs/romfs.c: the input is an image of a file system.
 *
 * Checksums stand in the way of a fuzzer, so with the first bit of the last byte they are made
 * right first, of the superblock and of each header as it is come to.  Then everything is read
 * that can be: as the format, from memory of exactly the image's length; and as files, the image
 * between two pages that cannot be touched.
 */
#define _GNU_SOURCE /* MAP_32BIT */
#include "fuzz.h"

#include <errno.h>
#include <fs/romfs.h>
#include <fs/vfs.h>
#include <kernel/assert.h>
#include <mm/pool.h>
#include <sys/mman.h>

#include "../../fs/internal.h"
#include "../../fs/romfs.c" /* which is mounted once, for good; here for each input */

#define LARGEST 4096u
#define HOST_PG 4096u
#define VISITS	64u

/* The floors below: records from the host, each free to be found by the sanitizer. */

static int nrecords;

void *pool_alloc(struct pool *pool)
{
	nrecords++;
	return calloc(1, pool->size);
}

void pool_free(struct pool *pool, void *record)
{
	(void)pool;
	nrecords--;
	free(record);
}

void panic(const char *format, ...)
{
	fprintf(stderr, "panic: %s\n", format);
	abort();
}

static void put32(uint8_t *at, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* Make the words of @len bytes add up to zero by the one at @at. */
static void mend(uint8_t *bytes, uint32_t len, uint32_t at)
{
	uint32_t sum = 0;

	put32(bytes + at, 0);
	for (uint32_t i = 0; i + 4 <= len; i += 4)
		sum += (uint32_t)bytes[i] << 24 | (uint32_t)bytes[i + 1] << 16 |
		       (uint32_t)bytes[i + 2] << 8 | bytes[i + 3];
	put32(bytes + at, 0 - sum);
}

static void mend_super(uint8_t *bytes, uint32_t size)
{
	if (size < 32)
		return;
	memcpy(bytes, "-rom1fs-", 8);
	if (bytes[8] || bytes[9]) /* longer than any input */
		put32(bytes + 8, size);
	mend(bytes, size < 512 ? size & ~3u : 512, 12);
}

static void mend_header(uint8_t *bytes, uint32_t size, uint32_t header)
{
	uint32_t name = header + 16, end;

	if (header % 16 || header > size || size - header < 32)
		return;
	for (end = name; end < size && bytes[end]; end++)
		;
	end = (end / 16 + 1) * 16;
	if (end <= size)
		mend(bytes + header, end - header, 12);
}

/* As the format: follow all that leads on, up to so many headers. */
static void read_format(uint8_t *bytes, uint32_t size, bool mends)
{
	uint32_t todo[VISITS], n = 0;
	struct romfs_image format;
	struct romfs_node node, other;

	if (romfs_open(&format, bytes, size))
		return;
	CHECK(format.size <= size && format.root <= format.size);
	todo[n++] = format.root;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t sum = 0;

		if (mends)
			mend_header(bytes, size, todo[i]);
		if (romfs_read_node(&format, todo[i], &node))
			continue;
		CHECK(node.data <= format.size && node.size <= format.size - node.data);
		CHECK(node.next == 0 || node.next > node.header);
		for (uint32_t k = 0; k < node.size; k++)
			sum += bytes[node.data + k];
		for (uint32_t page = 1024; page <= 4096; page *= 4) {
			uint32_t len = romfs_mappable(&format, node.data, node.size, page);

			CHECK(len % page == 0 && len <= size - node.data && len < node.size + page);
			for (uint32_t k = node.size; k < len; k++)
				CHECK(bytes[node.data + k] == 0);
		}
		if (!romfs_resolve(&format, node.header, &other))
			CHECK(other.type != ROMFS_HARD_LINK);
		if (!romfs_find(&format, node.info, node.name, node.name_len, &other))
			CHECK(other.name_len == node.name_len &&
			      !memcmp(other.name, node.name, node.name_len));
		if (n + 2 <= VISITS && node.next)
			todo[n++] = node.next;
		if (n + 2 <= VISITS && node.info && node.type <= ROMFS_DIRECTORY)
			todo[n++] = node.info;
		(void)sum; /* the sanitizer looks on */
	}
}

static void read_inode(struct inode *inode)
{
	uint8_t buffer[256];
	struct extent extent;
	char path[64];

	if (!inode->backing)
		return;
	for (uint32_t off = 0; off < inode->size; off += sizeof(buffer))
		CHECK(inode->ops->read(inode, off, buffer, sizeof(buffer)) ==
		      (ssize_t)MIN(inode->size - off, (uint32_t)sizeof(buffer)));
	CHECK(inode->ops->read(inode, inode->size, buffer, 1) == 0);
	CHECK(inode->ops->read(inode, UINT32_MAX, buffer, 1) == 0);
	if (inode->backing->ops->direct(inode->backing, &extent) == 0)
		CHECK(extent.start < extent.end && is_page_aligned(extent.start | extent.end));
	memset(path, 'x', sizeof(path));
	inode->backing->ops->path(inode->backing, path, sizeof(path));
	CHECK(memchr(path, 0, sizeof(path)));
}

/* As files: every name of every directory, a few levels down; and "..". */
static void read_files(struct inode *dir, unsigned int depth, unsigned int *left)
{
	struct croft_dirent entry;
	uint32_t cookie = 0;
	struct inode *inode;

	while (*left && dir->ops->readdir(dir, &cookie, &entry) == 1) {
		size_t len = strnlen(entry.d_name, sizeof(entry.d_name));

		--*left;
		CHECK(len <= CROFT_NAME_MAX);
		if (dir->ops->lookup(dir, entry.d_name, len, &inode))
			continue;
		read_inode(inode);
		if (S_ISDIR(inode->mode) && depth)
			read_files(inode, depth - 1, left);
		inode_put(inode);
	}
}

/* @is_aligned: so that files can lie at pages; else the last byte is the last before a guard. */
static void read_mount(const uint8_t *bytes, uint32_t size, bool is_aligned)
{
	static uint8_t *window;
	unsigned int left = VISITS;
	struct inode *root;
	uint8_t *at;

	if (!window) {
		window = mmap(NULL, LARGEST + 2 * HOST_PG, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
		mprotect(window, HOST_PG, PROT_NONE);
		mprotect(window + HOST_PG + LARGEST, HOST_PG, PROT_NONE);
	}
	at = window + HOST_PG + (is_aligned ? 0 : LARGEST - size);
	memcpy(at, bytes, size);
	if (romfs_mount(ptr_addr(at), ptr_addr(at) + size, &root))
		return;
	read_files(root, 4, &left);
	inode_put(root);
	CHECK(nrecords == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool mends = size && (data[size - 1] & 1);
	uint8_t *bytes;

	if (size > LARGEST)
		return 0;
	bytes = fuzz_copy(data, size);
	if (mends)
		mend_super(bytes, (uint32_t)size);
	read_format(bytes, (uint32_t)size, mends);
	read_mount(bytes, (uint32_t)size, size && (data[size - 1] & 2));
	free(bytes);
	return 0;
}
