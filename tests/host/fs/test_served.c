/* SPDX-License-Identifier: MIT */
/* Paths that servers add. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_served_paths),
	};

	return cmocka_run_group_tests(tests, boot, NULL);
}
