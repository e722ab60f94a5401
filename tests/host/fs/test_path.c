/* SPDX-License-Identifier: MIT */
/* From paths to inodes, and back. */
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
			while (vfs_walk_ahead(paths[i], &place))
				;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_paths_lead_where_they_say),
		TEST(test_walks_in_steps),
		TEST(test_one_inode_per_file_in_use),
		TEST(test_paths_of_flash_files),
		TEST(test_mounts_are_refused_where_they_cannot_be),
	};

	return cmocka_run_group_tests(tests, boot, NULL);
}
