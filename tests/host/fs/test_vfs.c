/* SPDX-License-Identifier: MIT */
/*
 * Names, inodes, open files and pipes: the very files of fs/ over a pool that can be made to
 * fail at any allocation, and that knows what was not given back.
 *
 * The root is a romfs in the low 4 GiB, where an addr_t can name it; over its /toy lies a small
 * writable file system of this test.
 */
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

static int lookup_ino(const char *path, unsigned int *dev, uint32_t *ino)
{
	struct inode *inode;
	int err = vfs_lookup(path, &inode);

	if (err)
		return err;
	*dev = inode->dev;
	*ino = inode->ino;
	inode_put(inode);
	return 0;
}

static void assert_same(const char *one, const char *other)
{
	unsigned int dev[2];
	uint32_t ino[2];

	assert_int_equal(lookup_ino(one, &dev[0], &ino[0]), 0);
	assert_int_equal(lookup_ino(other, &dev[1], &ino[1]), 0);
	assert_int_equal(dev[0], dev[1]);
	assert_int_equal(ino[0], ino[1]);
}

static int lookup_err(const char *path)
{
	unsigned int dev;
	uint32_t ino;

	return lookup_ino(path, &dev, &ino);
}

static void test_paths_lead_where_they_say(void **state)
{
	(void)state;
	assert_same("/etc/motd", "//etc///motd");
	assert_same("/etc/motd", "etc/motd");
	assert_same("/etc/motd", "/etc/./../etc/motd");
	assert_same("/", "/..");
	assert_same("/", "/etc/..");
	assert_same("/", "/../../etc/../..");
	assert_same("/etc", "/etc/");
	/* Out of mounts, and through two of them. */
	assert_same("/", "/dev/..");
	assert_same("/dev", "/dev/shm/..");
	assert_same("/", "/dev/shm/../..");
	assert_same("/etc", "/dev/shm/../../toy/../etc");
	assert_same("/dev/console", "/dev/tty");

	assert_int_equal(lookup_err(""), -ENOENT);
	assert_int_equal(lookup_err("/nothing"), -ENOENT);
	assert_int_equal(lookup_err("/nothing/.."), -ENOENT);
	assert_int_equal(lookup_err("/etc/motd/"), -ENOTDIR);
	assert_int_equal(lookup_err("/etc/motd/x"), -ENOTDIR);
	assert_int_equal(lookup_err("/etc/motd/.."), -ENOTDIR);
	assert_int_equal(lookup_err("/etc/soft/x"), -ELOOP);
	assert_int_equal(lookup_err("/a-name-of-thirty-two-characters!"), -ENAMETOOLONG);
	assert_int_equal(lookup_err("/a-name-of-thirty-two-characters!/x"), -ENAMETOOLONG);
}

/* Whether the walk goes ahead in steps, or how many, a path leads to the same; and nothing stays in use. */
static void test_walks_in_steps(void **state)
{
	static const char *const paths[] = { "/",
					     "etc",
					     "/etc/motd",
					     "//etc/.//../bin/prog",
					     "/dev/shm/../../toy/../etc/motd",
					     "/dev/shm/..",
					     "/etc/../../..",
					     "/nothing/..",
					     "/etc/nothing/motd",
					     "/etc/motd/..",
					     "/etc/motd/",
					     "/etc/soft/x",
					     "/a-name-of-thirty-two-characters!/x",
					     "/etc/motd/x/y" };

	(void)state;
	for (unsigned int i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		unsigned int dev[2] = { 0 };
		uint32_t ino[2] = { 0 };
		int err = lookup_ino(paths[i], &dev[0], &ino[0]);
		bool more = true;

		for (unsigned int nsteps = 1; more; nsteps++) {
			struct place place = { .dir = NULL }, given_up = { .dir = NULL };

			for (unsigned int step = 0; step < nsteps; step++)
				vfs_walk_ahead(paths[i], &given_up);
			vfs_place_put(&given_up);
			for (unsigned int step = 0; step < nsteps; step++)
				more = vfs_walk_ahead(paths[i], &place);
			assert_int_equal(lookup_err("/bin/prog"), 0); /* another path */
			assert_non_null(place.dir);
			vfs_walk_ahead(paths[i], &place);
			assert_int_equal(lookup_ino(paths[i], &dev[1], &ino[1]), err);
			assert_true(dev[0] == dev[1] && ino[0] == ino[1]);
			assert_null(place.dir);
			assert_int_equal(lookup_err(paths[i]), err);
		}
	}
}

static void test_one_inode_per_file_in_use(void **state)
{
	struct inode *one, *other;

	(void)state;
	assert_int_equal(vfs_lookup("/bin/prog", &one), 0);
	assert_int_equal(vfs_lookup("/bin/../bin/prog", &other), 0);
	assert_ptr_equal(one, other);
	assert_int_equal(one->refs, 2);
	one->backing->ops->get(one->backing);
	inode_put(one);
	inode_put(one);
	assert_int_equal(one->refs, 1);
	one->backing->ops->put(one->backing);
}

static void test_flash_file_is_direct_to_the_page(void **state)
{
	struct extent extent;
	struct inode *inode;

	(void)state;
	assert_int_equal(vfs_lookup("/bin/prog", &inode), 0);
	assert_int_equal(inode->mode, S_IFREG | 0555);
	/* Whether it can be mapped depends on what genromfs put behind it. */
	if (!inode->backing->ops->direct(inode->backing, &extent)) {
		assert_true(is_page_aligned(extent.start));
		assert_int_equal(extent.end - extent.start, PAGE_SIZE);
		assert_int_equal(*(char *)addr_ptr(extent.start), 'x');
	}
	inode_put(inode);
	assert_int_equal(vfs_lookup("/etc/motd", &inode), 0);
	assert_int_equal(inode->mode, S_IFREG | 0444);
	assert_int_equal(inode->backing->ops->direct(inode->backing, &extent), -ENODEV);
	inode_put(inode);
}

static int open_err(const char *path, int flags, uid_t uid)
{
	struct file *file;
	int err = vfs_open(path, flags, 0644, uid, uid, &file);

	if (!err)
		file_put(file);
	return err;
}

static void test_open_judges(void **state)
{
	(void)state;
	assert_int_equal(open_err("/etc/motd", O_RDONLY, 1), 0);
	assert_int_equal(open_err("/etc", O_RDONLY, 1), 0);
	assert_int_equal(open_err("/etc", O_RDONLY | O_DIRECTORY, 1), 0);
	assert_int_equal(open_err("/etc/motd", O_RDONLY | O_DIRECTORY, 1), -ENOTDIR);
	assert_int_equal(open_err("/etc", O_WRONLY, 0), -EISDIR);
	assert_int_equal(open_err("/etc", O_CREAT, 0), -EISDIR);
	assert_int_equal(open_err("/etc/motd", O_WRONLY, 0), -EROFS);
	assert_int_equal(open_err("/etc/motd", O_TRUNC, 0), -EROFS);
	assert_int_equal(open_err("/etc/motd", O_CREAT, 1), 0);
	assert_int_equal(open_err("/etc/motd", O_CREAT | O_EXCL, 1), -EEXIST);
	assert_int_equal(open_err("/etc/soft", O_RDONLY, 1), -ELOOP);
	assert_int_equal(open_err("/etc/new", O_CREAT | O_WRONLY, 0), -EROFS);
	assert_int_equal(open_err("/etc/new/", O_CREAT | O_WRONLY, 0), -EISDIR);
	assert_int_equal(open_err("/etc/motd", O_ACCMODE, 0), -EINVAL);
	assert_int_equal(open_err("/dev/null", O_RDWR | O_TRUNC, 1), 0);
}

static void test_permissions(void **state)
{
	struct inode inode = { .mode = S_IFREG | 0640, .uid = 5, .gid = 7 };

	(void)state;
	assert_true(inode_permits(&inode, 5, 0, MAY_READ | MAY_WRITE));
	assert_true(inode_permits(&inode, 6, 7, MAY_READ));
	assert_false(inode_permits(&inode, 6, 7, MAY_WRITE));
	assert_false(inode_permits(&inode, 6, 6, MAY_READ));
	assert_true(inode_permits(&inode, 0, 0, MAY_READ | MAY_WRITE));
	assert_false(inode_permits(&inode, 0, 0, MAY_EXEC));
	inode.mode = S_IFREG | 0071;
	assert_false(inode_permits(&inode, 5, 7, MAY_EXEC)); /* the owner's bits count, only */
	assert_true(inode_permits(&inode, 6, 7, MAY_READ | MAY_WRITE | MAY_EXEC));
	assert_true(inode_permits(&inode, 0, 0, MAY_EXEC));
}

static void test_files_are_made_written_and_taken_away(void **state)
{
	struct file *file, *again;
	char bytes[16];
	off_t pos;

	(void)state;
	assert_int_equal(vfs_open("/toy/f", O_CREAT | O_RDWR, 07640, 5, 6, &file), 0);
	assert_int_equal(file->inode->mode, S_IFREG | 0640);
	assert_int_equal(file->inode->uid, 5);
	assert_int_equal(file_write(file, "abcdef", 6), 6);
	assert_int_equal(file_write(file, "ghij", 4), 2);
	assert_int_equal(file_write(file, "ij", 2), -EFBIG);
	assert_int_equal(file_seek(file, -3, SEEK_END, &pos), 0);
	assert_int_equal(pos, 5);
	assert_int_equal(file_read(file, bytes, 16), 3);
	assert_memory_equal(bytes, "fgh", 3);
	assert_int_equal(file_read(file, bytes, 16), 0);
	assert_int_equal(file_seek(file, -1, SEEK_SET, &pos), -EINVAL);
	assert_int_equal(file_seek(file, 0, 9, &pos), -EINVAL);
	assert_int_equal(file_seek(file, INT32_MAX, SEEK_CUR, &pos), -EOVERFLOW);

	assert_int_equal(open_err("/toy/f", O_RDONLY, 7), -EACCES);
	assert_int_equal(vfs_unlink("/toy/f", 7, 7), -EPERM);
	assert_int_equal(vfs_open("/toy/f", O_WRONLY | O_APPEND, 0, 5, 6, &again), 0);
	assert_ptr_equal(again->inode, file->inode);
	assert_int_equal(file_truncate(again, 2), 0);
	assert_int_equal(file_write(again, "z", 1), 1);
	assert_int_equal(file_read(again, bytes, 1), -EBADF);
	assert_int_equal(file_seek(file, 0, SEEK_SET, &pos), 0);
	assert_int_equal(file_read(file, bytes, 16), 3);
	assert_memory_equal(bytes, "abz", 3);
	file_put(again);

	container_of(file->inode, struct toy, inode)->is_busy = true;
	assert_int_equal(open_err("/toy/f", O_WRONLY | O_TRUNC, 5), -ETXTBSY);

	/* Unlinked, it lives as long as it is open. */
	assert_int_equal(vfs_unlink("/toy/f", 5, 6), 0);
	assert_int_equal(lookup_err("/toy/f"), -ENOENT);
	assert_int_equal(file_seek(file, 0, SEEK_SET, &pos), 0);
	assert_int_equal(file_read(file, bytes, 16), 3);
	file_put(file);

	assert_int_equal(vfs_unlink("/etc/motd", 0, 0), -EROFS);
	assert_int_equal(vfs_unlink("/etc", 0, 0), -EISDIR);
	assert_int_equal(vfs_unlink("/toy", 0, 0), -EISDIR);
	assert_int_equal(vfs_unlink("/", 0, 0), -EISDIR);
	assert_int_equal(vfs_unlink("/toy/..", 0, 0), -EISDIR);
	assert_int_equal(vfs_unlink("/toy/none", 0, 0), -ENOENT);
	assert_int_equal(vfs_unlink("/etc/motd/", 0, 0), -ENOTDIR);
}

/* Whichever allocation fails, open() says so, and nothing is left behind: no file, no record. */
static void test_open_without_memory_changes_nothing(void **state)
{
	static const char *const paths[] = { "/etc/motd", "/toy/new", "/dev/shm/../../etc/motd" };

	(void)state;
	for (unsigned int p = 0; p < ARRAY_SIZE(paths); p++) {
		unsigned int before = nrecords;
		int err = -ENOMEM;

		for (unsigned int n = 1; err == -ENOMEM; n++) {
			struct file *file;

			assert_in_range(n, 1, 20);
			fail_after = n;
			err = vfs_open(paths[p], O_CREAT | O_RDONLY, 0600, 0, 0, &file);
			if (!err) {
				file_put(file);
			} else {
				assert_int_equal(nrecords, before);
				fail_after = 0;
				if (p == 1)
					assert_int_equal(lookup_err(paths[p]), -ENOENT);
			}
		}
		fail_after = 0;
		assert_int_equal(err, 0);
		if (p == 1)
			assert_int_equal(vfs_unlink(paths[p], 0, 0), 0);
	}
}

static void read_names(const char *path, char *all)
{
	struct croft_dirent entry;
	struct file *file;

	*all = 0;
	assert_int_equal(vfs_open(path, O_RDONLY, 0, 1, 1, &file), 0);
	while (file_readdir(file, &entry) == 1)
		strcat(strcat(all, entry.d_name), " ");
	assert_int_equal(file_readdir(file, &entry), 0);
	file_put(file);
}

static void test_directories_are_read(void **state)
{
	char all[256];

	(void)state;
	read_names("/etc", all);
	assert_non_null(strstr(all, "motd "));
	assert_non_null(strstr(all, ".. "));
	read_names("/dev", all);
	assert_string_equal(all, "console tty null zero shm ");
	read_names("/dev/shm", all);
	assert_string_equal(all, "");
}

static void test_paths_of_flash_files(void **state)
{
	static const char *const paths[] = { "/bin/prog", "/etc/motd", "/etc/deep/er/file" };
	struct inode *inode;
	char path[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		assert_int_equal(vfs_lookup(paths[i], &inode), 0);
		inode->backing->ops->path(inode->backing, path, sizeof(path));
		assert_string_equal(path, paths[i]);
		inode->backing->ops->path(inode->backing, path, 6); /* the last names that fit */
		assert_string_equal(path, i < 2 ? paths[i] + 4 : "/file");
		inode_put(inode);
	}
}

static void test_devices(void **state)
{
	struct file *file;
	char bytes[8] = "xxxxxxx";

	(void)state;
	assert_int_equal(vfs_open("/dev/zero", O_RDWR, 0, 1, 1, &file), 0);
	assert_int_equal(file_read(file, bytes, 4), 4);
	assert_memory_equal(bytes, "\0\0\0\0xxx", 7);
	assert_int_equal(file_write(file, bytes, 8), 8);
	assert_int_equal(file->inode->backing->kind, BACKING_COPY);
	file_put(file);
	assert_int_equal(vfs_open("/dev/null", O_RDWR, 0, 1, 1, &file), 0);
	assert_int_equal(file_read(file, bytes, 4), 0);
	assert_int_equal(file_write(file, bytes, 8), 8);
	assert_null(file->inode->backing);
	file_put(file);
	assert_int_equal(vfs_open("/dev/tty", O_RDWR, 0, 1, 1, &file), 0);
	assert_int_equal(file_read(file, bytes, 4), -EAGAIN);
	assert_int_equal(file_read(file, bytes, 0), 0);
	assert_int_equal(file_write(file, bytes, 8), 4);
	assert_int_equal(file_write(file, bytes, 1), -EAGAIN);
	assert_ptr_equal(file->inode->waiters, &console_waiters);
	file_put(file);
}

static void test_pipe_moves_bytes_in_order(void **state)
{
	struct file *reader, *writer;
	uint8_t out[300], in[300], next_out = 0, next_in = 0;
	off_t pos;

	(void)state;
	assert_int_equal(pipe_create(&reader, &writer), 0);
	assert_int_equal(file_seek(reader, 0, SEEK_SET, &pos), -ESPIPE);
	assert_int_equal(file_read(writer, in, 1), -EBADF);
	assert_int_equal(file_write(reader, in, 1), -EBADF);
	assert_int_equal(file_read(reader, in, 1), -EAGAIN);
	for (size_t round = 1; round < 3000; round++) {
		size_t len = round * 7 % sizeof(out) + 1;
		ssize_t moved;

		for (size_t i = 0; i < len; i++)
			out[i] = (uint8_t)(next_out + i);
		moved = file_write(writer, out, len);
		if (moved != -EAGAIN)
			assert_int_equal(moved, len); /* all or nothing */
		if (moved > 0)
			next_out = (uint8_t)(next_out + moved);
		moved = file_read(reader, in, round * 11 % sizeof(in) + 1);
		for (ssize_t i = 0; i < moved; i++)
			assert_int_equal(in[i], next_in++);
	}
	file_put(reader);
	file_put(writer);
}

static void test_pipe_ends(void **state)
{
	struct file *reader, *writer;
	char bytes[700] = "left";

	(void)state;
	assert_int_equal(pipe_create(&reader, &writer), 0);
	assert_int_equal(file_write(writer, bytes, 700), PIPE_SIZE);
	assert_int_equal(file_write(writer, bytes, 1), -EAGAIN);
	assert_int_equal(file_read(reader, bytes, 10), 10);
	assert_int_equal(file_write(writer, bytes, 11), -EAGAIN);
	assert_int_equal(file_write(writer, bytes, 600), 10);
	nwakes = 0;
	file_get(writer);
	file_put(writer);
	assert_int_equal(nwakes, 0);
	file_put(writer);
	assert_int_equal(nwakes, 1);
	assert_int_equal(file_read(reader, bytes, 700), PIPE_SIZE);
	assert_int_equal(file_read(reader, bytes, 700), 0);
	file_put(reader);

	assert_int_equal(pipe_create(&reader, &writer), 0);
	file_put(reader);
	assert_int_equal(file_write(writer, bytes, 1), -EPIPE);
	file_put(writer);

	for (unsigned int n = 1; n <= 3; n++) {
		unsigned int before = nrecords;

		fail_after = n;
		assert_int_equal(pipe_create(&reader, &writer), -ENOMEM);
		assert_int_equal(nrecords, before);
	}
}

static void test_mounts_are_refused_where_they_cannot_be(void **state)
{
	struct inode dir = { .ops = &toy_dir_ops, .refs = 1, .mode = S_IFDIR | 0555 };

	(void)state;
	assert_int_equal(vfs_mount("/etc/motd", &dir), -ENOTDIR);
	assert_int_equal(vfs_mount("/none", &dir), -ENOENT);
	assert_int_equal(vfs_mount("/toy", &dir), -EBUSY);
	assert_int_equal(vfs_mount("/", &dir), -EBUSY);
	assert_int_equal(dir.refs, 1);
}

static int has_entry(const char *path, const char *name)
{
	struct croft_dirent entry;
	struct file *file;
	int found = 0;

	assert_int_equal(vfs_open(path, O_RDONLY, 0, 0, 0, &file), 0);
	while (file_readdir(file, &entry) > 0)
		found += !strcmp(entry.d_name, name);
	file_put(file);
	return found;
}

static struct file *a_file(void)
{
	struct file *file;

	assert_int_equal(vfs_open("/dev/null", O_WRONLY, 0, 0, 0, &file), 0);
	return file;
}

/* A server's names are those of its directory, and go with it; what is below is not known here. */
static void test_served_paths(void **state)
{
	struct channel *one = (struct channel *)&channel_refs, *two = (struct channel *)state;
	struct inode *inode, *other, *dir;
	struct file *file = a_file(), *opened;
	const char *rest;

	assert_int_equal(served_add(one, file, "/etc/motd", S_IFDIR | 0755), -EEXIST);
	assert_int_equal(served_add(one, file, "/none/arc", S_IFDIR | 0755), -ENOENT);
	assert_int_equal(served_add(one, file, "/arc", S_IFIFO | 0755), -EINVAL);
	assert_int_equal(served_add(one, file, "/a-name-of-thirty-two-characters!", S_IFDIR),
			 -ENAMETOOLONG);
	assert_int_equal(channel_refs, 0);
	assert_int_equal(served_add(one, file, "/arc", S_IFDIR | 0755), 0);
	assert_int_equal(served_add(one, file, "/more", S_IFDIR | 0755), -EBUSY);
	file = a_file();
	assert_int_equal(served_add(two, file, "/arc", S_IFDIR | 0755), -EEXIST);
	assert_int_equal(served_add(two, file, "/dev/ttyS1", S_IFCHR | 0600), 0);
	file = a_file();
	assert_int_equal(served_add((struct channel *)&file, file, "/arc/x", S_IFDIR), -EEXIST);
	file_put(file);

	assert_int_equal(has_entry("/", "arc"), 1);
	assert_int_equal(has_entry("/", "ttyS1"), 0);
	assert_int_equal(has_entry("/dev", "ttyS1"), 1);
	assert_same("/", "/arc/..");
	assert_same("/arc", "/dev/../arc/.");
	assert_int_equal(lookup_err("/arc/a/b"), -EREMOTE);
	assert_int_equal(vfs_unlink("/arc/a", 0, 0), -EROFS);
	assert_int_equal(vfs_open("/dev/ttyS1", O_RDWR, 0, 5, 5, &opened), -EACCES);
	assert_int_equal(vfs_open("/dev/ttyS1", O_RDWR, 0, 0, 0, &opened), 0);
	file_put(opened);

	assert_int_equal(vfs_remote("//arc///a//b/", &dir, &rest), 0);
	assert_string_equal(rest, "a//b/");
	assert_int_equal(served_inode(dir, 7, S_IFREG | 0644, 100, &inode), 0);
	assert_int_equal(served_inode(dir, 7, S_IFREG | 0644, 100, &other), 0);
	assert_ptr_equal(inode, other); /* one for each number in use */
	inode_put(other);
	inode_put(dir);

	served_remove(one);
	assert_int_equal(lookup_err("/arc"), -ENOENT);
	assert_int_equal(vfs_remote("/etc/motd", &dir, &rest), -ENOENT);
	assert_int_equal(file_ready(&(struct file){ .inode = inode }), POLLIN | POLLHUP);
	inode_put(inode);
	served_remove(two);
	assert_int_equal(channel_refs, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, note_records, check_records)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_paths_lead_where_they_say),
		TEST(test_walks_in_steps),
		TEST(test_one_inode_per_file_in_use),
		TEST(test_flash_file_is_direct_to_the_page),
		TEST(test_open_judges),
		TEST(test_permissions),
		TEST(test_files_are_made_written_and_taken_away),
		TEST(test_open_without_memory_changes_nothing),
		TEST(test_directories_are_read),
		TEST(test_paths_of_flash_files),
		TEST(test_devices),
		TEST(test_pipe_moves_bytes_in_order),
		TEST(test_pipe_ends),
		TEST(test_mounts_are_refused_where_they_cannot_be),
		TEST(test_served_paths),
	};

	return cmocka_run_group_tests(tests, boot, NULL);
}
