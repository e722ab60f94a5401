/* SPDX-License-Identifier: MIT */
/*
 * What tests of fs/ stand on: its very files over a pool that can be made to fail at any allocation, and
 * that knows what was not given back.
 *
 * The root is a romfs in the low 4 GiB, where an addr_t can name it; over its /toy lies a small
 * writable file system of this test.
 */
#ifndef FS_WORLD_H
#define FS_WORLD_H

#define _GNU_SOURCE /* MAP_32BIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#ifndef CONFIG_PAGE_SHIFT
#define CONFIG_PAGE_SHIFT 10
#endif
#ifndef CONFIG_STEP_BYTES
#define CONFIG_STEP_BYTES 4096
#endif

#include "../../../fs/path.c"
#include "../../../fs/inode.c"
#include "../../../fs/file.c"
#include "../../../fs/vfs.c"
#include "../../../fs/pipe.c"
#include "../../../fs/served.c"
#include "../../../fs/dev.c"
#include "../../../fs/romfs_format.c"
#include "../../../fs/romfs.c"

/* The floors below. */

static unsigned int nrecords;	/* in use */
static unsigned int fail_after; /* so many allocations from now one fails; 0: none */
static unsigned int nwakes;

void *pool_alloc(struct pool *pool)
{
	if (fail_after && --fail_after == 0)
		return NULL;
	nrecords++;
	return calloc(1, pool->size);
}

void pool_free(struct pool *pool, void *record)
{
	(void)pool;
	if (record)
		nrecords--;
	free(record);
}

uint32_t pool_pages(void)
{
	return 0;
}

void waitq_init(struct waitq *q)
{
	TAILQ_INIT(&q->threads);
}

void waitq_wake_all(struct waitq *q)
{
	(void)q;
	nwakes++;
}

static int channel_refs;

void channel_get(struct channel *channel)
{
	(void)channel;
	channel_refs++;
}

void channel_put(struct channel *channel)
{
	(void)channel;
	channel_refs--;
}

void panic(const char *format, ...)
{
	fprintf(stderr, "panic: %s\n", format);
	abort();
}

struct waitq console_waiters;

size_t console_read(char *to, size_t len)
{
	(void)to;
	(void)len;
	return 0;
}

bool console_can_read(void)
{
	return false;
}

bool console_can_write(void)
{
	return true;
}

size_t console_write(const char *from, size_t len)
{
	(void)from;
	return len / 2;
}

/* A flat writable file system: files of up to 8 bytes. */

struct toy {
	struct inode inode;
	char name[CROFT_NAME_MAX + 1];
	char bytes[8];
	bool is_busy; /* being executed, say */
};

static struct pool toy_pool = POOL_INIT(struct toy);
static struct toy *toys[4];
static const struct inode_ops toy_ops, toy_dir_ops;
static struct inode toy_root = {
	.ops = &toy_dir_ops,
	.ino = 1,
	.refs = 1,
	.dev = FS_RAM,
	.mode = S_IFDIR | 01777,
};

static int toy_lookup(struct inode *dir, const char *name, size_t len, struct inode **found)
{
	assert_ptr_equal(dir, &toy_root);
	assert_false(len == 2 && !memcmp(name, "..", 2));
	for (int i = 0; i < 4; i++) {
		if (toys[i] && strlen(toys[i]->name) == len && !memcmp(toys[i]->name, name, len)) {
			inode_get(&toys[i]->inode);
			*found = &toys[i]->inode;
			return 0;
		}
	}
	return -ENOENT;
}

static int toy_create(struct inode *dir, const char *name, size_t len, mode_t mode,
		      struct inode **made)
{
	struct toy *toy = pool_alloc(&toy_pool);
	int i = 0;

	(void)dir;
	if (!toy)
		return -ENOMEM;
	while (toys[i])
		i++;
	toys[i] = toy;
	memcpy(toy->name, name, len);
	toy->inode = (struct inode){ .ops = &toy_ops,
				     .ino = 2,
				     .refs = 2,
				     .dev = FS_RAM,
				     .mode = S_IFREG | mode,
				     .nlink = 1,
				     .can_seek = true };
	*made = &toy->inode;
	return 0;
}

static int toy_unlink(struct inode *dir, struct inode *inode)
{
	(void)dir;
	for (int i = 0; i < 4; i++) {
		if (toys[i] && &toys[i]->inode == inode)
			toys[i] = NULL;
	}
	inode->nlink--;
	inode_put(inode);
	return 0;
}

static ssize_t toy_read(struct inode *inode, uint32_t off, void *to, size_t len)
{
	struct toy *toy = container_of(inode, struct toy, inode);

	if (off >= inode->size)
		return 0;
	len = MIN(len, inode->size - off);
	memcpy(to, toy->bytes + off, len);
	return (ssize_t)len;
}

static ssize_t toy_write(struct inode *inode, uint32_t off, const void *from, size_t len)
{
	struct toy *toy = container_of(inode, struct toy, inode);

	if (off >= sizeof(toy->bytes))
		return -EFBIG;
	len = MIN(len, sizeof(toy->bytes) - off);
	memcpy(toy->bytes + off, from, len);
	inode->size = MAX(inode->size, off + (uint32_t)len);
	return (ssize_t)len;
}

static int toy_truncate(struct inode *inode, uint32_t size)
{
	if (container_of(inode, struct toy, inode)->is_busy)
		return -ETXTBSY;
	inode->size = size;
	return 0;
}

static void toy_release(struct inode *inode)
{
	pool_free(&toy_pool, container_of(inode, struct toy, inode));
}

static const struct inode_ops toy_ops = {
	.read = toy_read,
	.write = toy_write,
	.truncate = toy_truncate,
	.release = toy_release,
};
static const struct inode_ops toy_dir_ops = {
	.lookup = toy_lookup,
	.create = toy_create,
	.unlink = toy_unlink,
};

/* What else vfs_init() mounts: empty directories. */

static int empty_lookup(struct inode *dir, const char *name, size_t len, struct inode **found)
{
	(void)dir;
	(void)name;
	(void)len;
	(void)found;
	return -ENOENT;
}

static int empty_readdir(struct inode *dir, uint32_t *cookie, struct croft_dirent *entry)
{
	(void)dir;
	(void)cookie;
	(void)entry;
	return 0;
}

static const struct inode_ops empty_ops = { .lookup = empty_lookup, .readdir = empty_readdir };
static struct inode empties[3];

static struct inode *empty_root(int i)
{
	empties[i] = (struct inode){
		.ops = &empty_ops, .ino = 1, .refs = 1, .dev = FS_PROC, .mode = S_IFDIR | 0555
	};
	return &empties[i];
}

/* A board without windows. */

size_t window_count(void)
{
	return 0;
}

const char *window_name(size_t i)
{
	(void)i;
	return NULL;
}

struct inode *window_get(size_t i)
{
	(void)i;
	return NULL;
}

struct inode *ram_tmp_root(void)
{
	return empty_root(0);
}

struct inode *ram_shm_root(void)
{
	return empty_root(1);
}

struct inode *procfs_root(void)
{
	return empty_root(2);
}

static int boot(void **state)
{
	char path[] = "/tmp/croft-vfs-XXXXXX";
	char command[512];
	uint8_t *rom;
	FILE *file;
	size_t len;

	(void)state;
	if (!mkdtemp(path))
		return -1;
	snprintf(command, sizeof(command),
		 "cd %s && mkdir -p r/bin r/dev r/tmp r/toy r/proc r/etc/deep/er && "
		 "printf hello >r/etc/motd && printf y >r/etc/deep/er/file && "
		 "printf x >r/bin/prog && chmod 755 r/bin/prog && chmod 644 r/etc/motd && "
		 "ln -s motd r/etc/soft && genromfs -d r -f image -V t -A 1024,prog",
		 path);
	if (system(command))
		return -1;
	snprintf(command, sizeof(command), "%s/image", path);
	rom = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1,
		   0);
	file = fopen(command, "rb");
	if (rom == MAP_FAILED || !file)
		return -1;
	len = fread(rom, 1, 65536, file);
	fclose(file);
	snprintf(command, sizeof(command), "rm -r %s", path);
	if (!len || system(command))
		return -1;
	return vfs_init(ptr_addr(rom), ptr_addr(rom) + 65536) || vfs_mount("/toy", &toy_root);
}

static unsigned int records_at_start;

static int note_records(void **state)
{
	(void)state;
	records_at_start = nrecords;
	fail_after = 0;
	return 0;
}

/* Whatever a test did, it has given everything back. */
static int check_records(void **state)
{
	(void)state;
	return nrecords == records_at_start ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, note_records, check_records)

#endif
