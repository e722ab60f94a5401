/* SPDX-License-Identifier: MIT */
/*
 * fs/ram.c and fs/ram_file.c over the very files of mm/, on memory that is never clean by itself: whatever a
 * reader or a mapping gets to see has been written by the test, or is zero.
 */
#include <mm_env.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define sniprintf snprintf /* newlib's, without floating point */

#include "../../../fs/inode.c"
#include "../../../fs/file.c"
#include "../../../fs/ram.c"
#include "../../../fs/ram_file.c"

/* No server adds names here. */
int served_list(const struct inode *dir, uint32_t i, struct croft_dirent *entry)
{
	(void)dir;
	(void)i;
	(void)entry;
	return 0;
}

#define DIRT 0xa5

static struct inode *dir;
static struct file *handle; /* the one that most tests use */
static struct inode *inode;

static struct file *make(const char *name)
{
	struct inode *made;
	struct file *opened;

	if (dir->ops->create(dir, name, strlen(name), 0600, &made))
		return NULL;
	if (file_create(made, O_RDWR, &opened) == 0)
		return opened;
	dir->ops->unlink(dir, made);
	return NULL;
}

static int unlink_name(const char *name)
{
	struct inode *found;
	int err = dir->ops->lookup(dir, name, strlen(name), &found);

	if (!err)
		err = dir->ops->unlink(dir, found);
	if (!err)
		inode_put(found);
	return err;
}

static int truncate_to(uint32_t size)
{
	unsigned int steps = 0;
	int err;

	while ((err = file_truncate(handle, (off_t)size)) == 1)
		assert_true(++steps < 1000);
	env_check();
	return err;
}

static ssize_t write_at(uint32_t off, const void *from, size_t len)
{
	off_t pos;
	unsigned int steps = 0;
	ssize_t n;

	assert_int_equal(file_seek(handle, (off_t)off, SEEK_SET, &pos), 0);
	do
		n = file_write(handle, from, len);
	while (n == 0 && len > 0 && ++steps < 1000);
	assert_true(steps < 1000);
	return n;
}

/* The byte at @off; -1: there is none. */
static int byte(uint32_t off)
{
	uint8_t value;

	return inode->ops->read(inode, off, &value, 1) == 1 ? value : -1;
}

static bool is_all(uint32_t from, uint32_t to, int value)
{
	while (from < to && byte(from) == value)
		from++;
	return from >= to;
}

static addr_t map(unsigned int which, uint32_t page, uint32_t npages, int prot, int flags, int err)
{
	struct map_request request = { .len = PG(npages),
				       .prot = prot,
				       .flags = flags,
				       .backing = inode->backing,
				       .offset = PG(page),
				       .can_write = true };
	addr_t at = 0;

	assert_int_equal(env_map(&procs[which], &request, &at), err);
	return at;
}

/* All free memory has been somebody's. */
static void make_dirty(void)
{
	addr_t at[64];
	uint32_t len[64];
	unsigned int n = 0;

	while (page_nfree() > 0) {
		len[n] = page_longest_free();
		assert_int_equal(page_alloc(len[n], PLACE_ANY, &at[n]), 0);
		memset(addr_ptr(at[n]), DIRT, PG(len[n]));
		n++;
	}
	while (n-- > 0)
		page_put(at[n], len[n]);
}

static int begin(void **state)
{
	env_begin(state);
	env_drop_ram_files();
	make_dirty();
	dir = ram_tmp_root();
	handle = make("file");
	inode = handle->inode;
	return 0;
}

static int end(void **state)
{
	unlink_name("file");
	file_put(handle);
	inode_put(dir);
	return env_end(state);
}

static void test_names(void **state)
{
	struct croft_dirent entry;
	struct file *other = make("b");
	struct inode *found;
	uint32_t cookie = 0;

	(void)state;
	assert_int_equal(dir->mode, S_IFDIR | 01777);
	assert_int_equal(dir->ops->lookup(dir, "b", 1, &found), 0);
	assert_ptr_equal(found, other->inode);
	inode_put(found);
	assert_int_equal(dir->ops->lookup(dir, "fil", 3, &found), -ENOENT);

	assert_int_equal(dir->ops->readdir(dir, &cookie, &entry), 1);
	assert_string_equal(entry.d_name, "file");
	assert_int_equal(entry.d_ino, inode->ino);
	assert_int_equal(unlink_name("file"), 0); /* the place of the reader */
	assert_int_equal(dir->ops->readdir(dir, &cookie, &entry), 1);
	assert_string_equal(entry.d_name, "b");
	assert_int_equal(dir->ops->readdir(dir, &cookie, &entry), 0);
	assert_int_equal(unlink_name("b"), 0);
	assert_int_equal(unlink_name("b"), -ENOENT);
	file_put(other);
}

static void test_an_unlinked_file_lives_while_used(void **state)
{
	char path[40];
	addr_t at;
	struct file *again;

	(void)state;
	assert_int_equal(write_at(0, "text", 4), 4);
	at = map(1, 0, 1, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	inode->backing->ops->path(inode->backing, path, sizeof(path));
	assert_string_equal(path, "/tmp/file");
	assert_int_equal(unlink_name("file"), 0);
	assert_int_equal(inode->nlink, 0);
	inode->backing->ops->path(inode->backing, path, sizeof(path));
	assert_string_equal(path, "/tmp/file (deleted)");
	inode->backing->ops->path(inode->backing, path, 8);
	assert_string_equal(path, "/tmp/fi");

	again = make("file");
	assert_ptr_not_equal(again->inode, inode);
	assert_int_not_equal(again->inode->ino, inode->ino);
	file_put(handle);
	env_check();
	assert_memory_equal(addr_ptr(at), "text", 4);
	assert_int_equal(region_stats.store_pages, 1);
	assert_int_equal(mm_unmap(&procs[1], at, PG(1)), 0);
	assert_int_equal(region_stats.store_pages, 0);
	handle = again;
	inode = again->inode;
}

static void test_write_grows_with_zeros_between(void **state)
{
	const uint32_t far = PG(2) + 10;

	(void)state;
	assert_int_equal(write_at(0, "abc", 3), 3);
	assert_int_equal(inode->size, 3);
	assert_int_equal(store_capacity(inode->backing), PG(1));
	assert_int_equal(write_at(far, "xyz", 3), 3);
	assert_int_equal(inode->size, far + 3);
	assert_int_equal(store_capacity(inode->backing), PG(3));
	assert_int_equal(byte(2), 'c');
	assert_true(is_all(3, far, 0));
	assert_int_equal(byte(far + 2), 'z');
	assert_int_equal(byte(far + 3), -1);

	map(0, 0, 3, PROT_READ, MAP_SHARED, 0);
	for (uint32_t off = far + 3; off < PG(3); off++)
		assert_int_equal(*byte_at(ram_file_of(inode), off), 0);
	assert_int_equal(write_at(1, "", 1), 1); /* inside */
	assert_int_equal(inode->size, far + 3);
}

/* See to it that the page behind the file is in use; 0: it was anyway. */
static addr_t wall_up(void)
{
	struct extent extent;

	assert_int_equal(inode->backing->ops->direct(inode->backing, &extent), 0);
	if (page_take(extent.end, 1))
		return 0;
	env_pinned = 1;
	return extent.end;
}

static void wall_down(addr_t wall)
{
	if (wall)
		page_put(wall, 1);
	env_pinned = 0;
}

static void test_a_written_file_stays_in_one_piece(void **state)
{
	static uint8_t page[CONFIG_STEP_BYTES];
	struct extent extent, moved;
	addr_t wall;

	(void)state;
	memset(page, 7, sizeof(page));
	assert_int_equal(write_at(0, page, 100), 100);
	assert_int_equal(inode->backing->ops->direct(inode->backing, &extent), 0);
	wall = wall_up();
	for (uint32_t off = 100; off < PG(5); off += 100)
		assert_int_equal(write_at(off, page, 100), 100);
	assert_int_equal(inode->backing->ops->direct(inode->backing, &moved), 0);
	assert_int_not_equal(moved.start, extent.start);
	assert_true(is_all(0, inode->size, 7));
	wall_down(wall);

	assert_int_equal(truncate_to(100), 0);
	map(0, 0, 1, PROT_READ, MAP_PRIVATE, 0);
	wall = wall_up();
	assert_int_equal(truncate_to(PG(2)), -ENOMEM); /* mapped: it cannot move */
	assert_int_equal(write_at(100, page, sizeof(page)), MIN(PG(1) - 100, sizeof(page)));
	while (inode->size < PG(1)) /* what there is room for */
		assert_true(write_at(inode->size, page, sizeof(page)) > 0);
	assert_int_equal(write_at(PG(1), page, 1), -ENOSPC);
	assert_int_equal(inode->size, PG(1));
	wall_down(wall);
}

static void test_growing_clears_step_by_step(void **state)
{
	const uint32_t size = PG(5) + 17;
	unsigned int steps = 0;
	int more;

	(void)state;
	assert_int_equal(write_at(0, "abc", 3), 3);
	do {
		more = file_truncate(handle, (off_t)size);
		assert_true(more >= 0);
		assert_true(inode->size == size || inode->size <= PG(1));
		steps++;
	} while (more);
	assert_int_equal(inode->size, size);
	assert_true(steps >= PG(4) / CONFIG_STEP_BYTES);
	assert_true(is_all(3, size, 0));
	for (uint32_t off = size; off < PG(6); off++)
		assert_int_equal(*byte_at(ram_file_of(inode), off), 0);
}

/* A move under way holds pages for no region. */
static void check_moving(void)
{
	const struct ram_file *file = ram_file_of(inode);

	env_pinned += file->move.to ? file->move.npages : 0;
	env_check();
	env_pinned -= file->move.to ? file->move.npages : 0;
}

/* Whatever is done between two steps of a move: it is in the file, and the move ends or goes on. */
static void test_a_move_may_be_met_anywhere(void **state)
{
	static uint8_t page[PG(3)];
	addr_t wall;

	(void)state;
	for (unsigned int what = 0; what < 6; what++) {
		memset(page, 7, sizeof(page));
		assert_int_equal(truncate_to(0), 0);
		assert_int_equal(write_at(0, page, PG(1)), PG(1));
		while (inode->size < PG(3))
			assert_true(write_at(inode->size, page, PG(3) - inode->size) > 0);
		wall = wall_up();
		assert_int_equal(file_truncate(handle, (off_t)PG(5)), 1);
		assert_true(ram_file_of(inode)->move.to != 0);
		check_moving();
		assert_true(is_all(0, PG(3), 7));
		switch (what) {
		case 0: /* into what was copied already, so it must not be lost */
			assert_int_equal(write_at(0, "x", 1), 1);
			break;
		case 1:
			assert_int_equal(truncate_to(PG(2)), 0);
			break;
		case 2: /* it is written to through the mapping, and that is taken away again */
			*(char *)addr_ptr(map(0, 0, 1, PROT_READ | PROT_WRITE, MAP_SHARED, 0)) =
				'x';
			mm_unmap_all(&procs[0]);
			break;
		case 3:
			map(0, 0, 1, PROT_READ, MAP_SHARED, 0);
			assert_int_equal(truncate_to(PG(5)), -ENOMEM);
			mm_unmap_all(&procs[0]);
			break;
		case 4: /* another wants less */
			assert_int_equal(truncate_to(PG(4)), 0);
			break;
		}
		check_moving();
		assert_int_equal(truncate_to(PG(5)), 0);
		assert_int_equal(byte(0), what == 0 || what == 2 ? 'x' : 7);
		assert_true(is_all(1, what == 1 ? PG(2) : PG(3), 7));
		assert_true(is_all(what == 1 ? PG(2) : PG(3), PG(5), 0));
		wall_down(wall);
		env_check();
	}
	assert_int_equal(truncate_to(PG(3)), 0);
	wall = wall_up();
	assert_int_equal(file_truncate(handle, (off_t)PG(5)),
			 1); /* left so: it goes with its name */
	wall_down(wall);
}

/* A caller that is killed after any step leaves a file that shows nothing of others. */
static void test_growing_may_stop_anywhere(void **state)
{
	const uint32_t after[] = { PG(4), PG(2) + 5, 1, PG(7) };

	(void)state;
	for (unsigned int steps = 1; steps < 12; steps++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(after); i++) {
			assert_int_equal(truncate_to(0), 0);
			make_dirty();
			assert_int_equal(write_at(0, "abc", 3), 3);
			for (unsigned int n = 0; n < steps; n++)
				assert_true(file_truncate(handle, (off_t)PG(6)) >= 0);
			check_moving();
			assert_true(is_all(3, inode->size, 0));
			if (i % 2 == 0)
				assert_int_equal(write_at(after[i], "z", 1), 1);
			else
				assert_int_equal(truncate_to(after[i]), 0);
			assert_true(is_all(3, MIN(inode->size, after[i]), 0));
			for (uint32_t off = inode->size; off < page_ceil(inode->size); off++)
				assert_int_equal(*byte_at(ram_file_of(inode), off), 0);
		}
	}
}

static void test_what_a_mapping_left_behind_the_end_is_cleared(void **state)
{
	addr_t at;

	(void)state;
	assert_int_equal(write_at(0, "abc", 3), 3);
	at = map(0, 0, 1, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
	memset(addr_ptr(at + 3), DIRT, PG(1) - 3);
	assert_int_equal(byte(3), -1);
	assert_int_equal(truncate_to(50), 0);
	assert_true(is_all(3, 50, 0));
	assert_int_equal(write_at(60, "z", 1), 1);
	assert_true(is_all(50, 60, 0));
	assert_int_equal(truncate_to(PG(1)), 0);
	assert_true(is_all(61, PG(1), 0));
}

static void test_shrinking_under_mappings(void **state)
{
	addr_t shared, private;

	(void)state;
	assert_int_equal(truncate_to(PG(3)), 0);
	memset(byte_at(ram_file_of(inode), 0), 7, PG(3));
	shared = map(0, 0, 2, PROT_READ, MAP_SHARED, 0);
	private = map(1, 0, 3, PROT_READ, MAP_PRIVATE, 0);
	assert_int_equal(shared, private);
	assert_int_equal(truncate_to(PG(2) - 1), -ETXTBSY);
	assert_int_equal(truncate_to(0), -ETXTBSY);
	assert_int_equal(inode->size, PG(3));
	assert_int_equal(truncate_to(PG(2)), 0);
	assert_string_equal(env_maps(&procs[1], private), "0-2 r--p");
	assert_int_equal(mm_unmap(&procs[0], shared, PG(2)), 0);
	assert_int_equal(truncate_to(PG(1) + 1), 0);
	assert_int_equal(*(uint8_t *)addr_ptr(private + PG(1)), 7);
	for (uint32_t off = 1; off < PG(1); off++)
		assert_int_equal(*(uint8_t *)addr_ptr(private + PG(1) + off), 0);
	assert_int_equal(truncate_to(0), 0);
	assert_string_equal(env_maps(&procs[1], private), "");
	assert_int_equal(region_stats.store_pages, 0);
	map(0, 0, 1, PROT_READ, MAP_SHARED, -ENODEV);
}

static void test_a_program_that_runs_is_not_changed(void **state)
{
	addr_t at;

	(void)state;
	assert_int_equal(truncate_to(PG(1)), 0);
	at = map(0, 0, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, 0);
	assert_int_equal(write_at(0, "x", 1), -ETXTBSY);
	assert_int_equal(truncate_to(0), -ETXTBSY);
	assert_int_equal(truncate_to(PG(1)), -ETXTBSY);
	assert_int_equal(truncate_to(PG(2)), -ETXTBSY);
	assert_int_equal(mm_protect(&procs[0], at, PG(1), PROT_READ), 0);
	assert_int_equal(write_at(0, "x", 1), 1);
	assert_int_equal(*(char *)addr_ptr(at), 'x');
}

static void test_memory_runs_out(void **state)
{
	static uint8_t page[CONFIG_STEP_BYTES];
	uint32_t most = page_longest_free(), size;

	(void)state;
	assert_int_equal(truncate_to(PG(most + 1)), -ENOMEM);
	assert_int_equal(truncate_to((uint32_t)INT32_MAX), -ENOMEM);
	assert_int_equal(inode->size, 0);
	assert_int_equal(write_at((uint32_t)INT32_MAX - 1, "x", 1), -ENOSPC);
	assert_int_equal(write_at((uint32_t)INT32_MAX, "x", 1), -EFBIG);
	assert_int_equal(inode->size, 0);

	memset(page, 7, sizeof(page));
	for (size = 0;;) {
		ssize_t n = write_at(size, page, sizeof(page));

		if (n == -ENOSPC)
			break;
		assert_true(n > 0);
		size += (uint32_t)n;
	}
	assert_int_equal(size % PG(1), 0);
	assert_int_equal(inode->size, size);
	assert_true(is_all(0, size, 7));
	assert_int_equal(write_at(size + 10, page, 1), -ENOSPC);
	assert_int_equal(inode->size, size);
}

/* Whichever allocation fails, an error is told and everything is as it was. */
static void test_every_allocation_may_fail(void **state)
{
	bool failed = true;

	(void)state;
	for (unsigned int n = 1; failed; n++) {
		struct file *other;
		ssize_t wrote = 1;
		int err = 0;

		assert_true(n < 30);
		env_fail_at(n);
		other = make("other");
		if (other) {
			wrote = file_write(other, "abc", 3);
			while ((err = file_truncate(other, (off_t)PG(3))) == 1)
				;
		}
		failed = env_failed();
		env_fail_at(0);
		assert_true(!failed || !other || wrote == -ENOSPC || err == -ENOMEM);
		if (wrote == -ENOSPC)
			assert_true(other->inode->size == 0 || !err);
		if (err)
			assert_int_equal(other->inode->size, 3);
		if (other) {
			assert_int_equal(unlink_name("other"), 0);
			file_put(other);
		}
		assert_int_equal(unlink_name("other"), -ENOENT);
		env_check();
		assert_int_equal(region_stats.store_pages, 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_names),
		TEST(test_an_unlinked_file_lives_while_used),
		TEST(test_write_grows_with_zeros_between),
		TEST(test_a_written_file_stays_in_one_piece),
		TEST(test_growing_clears_step_by_step),
		TEST(test_a_move_may_be_met_anywhere),
		TEST(test_growing_may_stop_anywhere),
		TEST(test_what_a_mapping_left_behind_the_end_is_cleared),
		TEST(test_shrinking_under_mappings),
		TEST(test_a_program_that_runs_is_not_changed),
		TEST(test_memory_runs_out),
		TEST(test_every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
