/* SPDX-License-Identifier: MIT */
/* Opening, making and taking away files by name; open files; devices. */
#include "fs_world.h"

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

static int lookup_err(const char *path)
{
	unsigned int dev;
	uint32_t ino;

	return lookup_ino(path, &dev, &ino);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_flash_file_is_direct_to_the_page),
		TEST(test_open_judges),
		TEST(test_permissions),
		TEST(test_files_are_made_written_and_taken_away),
		TEST(test_open_without_memory_changes_nothing),
		TEST(test_directories_are_read),
		TEST(test_devices),
	};

	return cmocka_run_group_tests(tests, boot, NULL);
}
