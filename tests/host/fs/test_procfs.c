/* SPDX-License-Identifier: MIT */
/*
 * /proc over the very files of mm/: the tree, the texts to the letter, and readers that go byte
 * by byte, go back, or find that what they read about has gone.
 */
#include <mm_env.h>

#include <errno.h>
#include <fcntl.h>
#include <mm/shm.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define sniprintf snprintf /* newlib's, without floating point */

#include "../../../fs/inode.c"
#include "../../../fs/procfs.c"
#include "../../../fs/procfs_info.c"
#include "../../../fs/procfs_maps.c"
#include "../../../fs/procfs_text.c"

#define TEXT_MAX 16384

/* Process numbers are places in procs, from 1 on; process 2 runs. */
static bool is_gone[NPROCS + 1];
static unsigned int nmade; /* mappings looked for since the last test of it */

struct mm *proc_view_mm(int pid)
{
	return pid > 0 && pid <= NPROCS && !is_gone[pid] ? &procs[pid - 1] : NULL;
}

struct mm *proc_view_next_mm(struct mm *mm)
{
	nmade += !mm;
	return env_next_mm(mm);
}

int proc_view_next(int pid)
{
	while (++pid <= NPROCS && is_gone[pid])
		;
	return pid <= NPROCS ? pid : 0;
}

int proc_view_self(void)
{
	return 2;
}

uint64_t proc_view_uptime(void)
{
	return 123049999999;
}

static int begin(void **state)
{
	memset(is_gone, 0, sizeof(is_gone));
	return env_begin(state);
}

/* The inode of a path below /proc, counted; or NULL with the error. */
static struct inode *look_up(const char *path, int *err)
{
	struct inode *inode = procfs_root(), *next = NULL;

	for (*err = 0; *path && !*err; inode = *err ? inode : next) {
		size_t len = strcspn(path, "/");

		*err = inode->ops->lookup(inode, path, len, &next);
		inode_put(inode);
		path += len + (path[len] == '/');
	}
	return *err ? NULL : inode;
}

static struct inode *open_path(const char *path)
{
	struct inode *inode;
	int err;

	inode = look_up(path, &err);
	assert_int_equal(err, 0);
	return inode;
}

static int lookup_err(const char *path)
{
	int err;

	assert_null(look_up(path, &err));
	return err;
}

/* A whole text, read in pieces of @step bytes. */
static const char *text_by(const char *path, size_t step)
{
	static char text[TEXT_MAX];
	struct inode *inode = open_path(path);
	uint32_t len = 0;
	ssize_t n;

	while ((n = inode->ops->read(inode, len, text + len, step)) > 0) {
		assert_true((size_t)n <= step);
		len += (uint32_t)n;
		assert_true(len + step < TEXT_MAX);
	}
	assert_int_equal(n, 0);
	text[len] = '\0';
	inode_put(inode);
	return text;
}

static void test_tree(void **state)
{
	static const char *const files[] = {
		"maps", "meminfo", "pageinfo", "uptime", "sysvipc/shm", "self/maps", "1/maps",
	};
	struct inode *inode;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		inode = open_path(files[i]);
		assert_int_equal(inode->mode, S_IFREG | 0444);
		assert_null(inode->ops->write);
		inode_put(inode);
	}
	inode = open_path("sys/vm/nr_trim_pages");
	assert_int_equal(inode->mode, S_IFREG | 0644);
	assert_false(inode_permits(inode, 1, 1, MAY_WRITE));
	inode_put(inode);

	inode = open_path("self");
	assert_int_equal(inode->mode, S_IFDIR | 0555);
	assert_int_equal(inode->ino, 2 << PID_SHIFT | (NODE_PID + 1));
	inode_put(inode);
	inode = open_path("sys/vm/../../3/..");
	assert_ptr_equal(inode, &root.inode);
	inode_put(inode);

	assert_int_equal(lookup_err("none"), -ENOENT);
	assert_int_equal(lookup_err("map"), -ENOENT);
	assert_int_equal(lookup_err("vm"), -ENOENT);
	assert_int_equal(lookup_err("0"), -ENOENT);
	assert_int_equal(lookup_err("4"), -ENOENT);
	assert_int_equal(lookup_err("1x"), -ENOENT);
	assert_int_equal(lookup_err("4294967297"), -ENOENT);
	assert_int_equal(lookup_err("1/meminfo"), -ENOENT);
}

static const char *names_in(const char *path)
{
	static char all[256];
	struct inode *inode = open_path(path);
	struct croft_dirent entry;
	uint32_t cookie = 0;

	all[0] = '\0';
	while (inode->ops->readdir(inode, &cookie, &entry))
		strcat(strcat(all, entry.d_name), entry.d_type == 4 ? "/ " : " ");
	inode_put(inode);
	return all;
}

static void test_directories(void **state)
{
	(void)state;
	is_gone[2] = true;
	assert_string_equal(names_in(""),
			    "self/ maps meminfo pageinfo uptime sys/ sysvipc/ 1/ 3/ ");
	assert_string_equal(names_in("1"), "maps ");
	assert_string_equal(names_in("sys"), "vm/ ");
	assert_string_equal(names_in("sys/vm"), "nr_trim_pages ");
	assert_string_equal(names_in("sysvipc"), "shm ");
}

static void test_maps_to_the_letter(void **state)
{
	char want[1024], whole[TEXT_MAX];
	addr_t anon = map_anon(&procs[1], 0, 2, PROT_READ | PROT_WRITE, 0, 0);
	addr_t text = map_file(&procs[1], 0, 2, PROT_READ | PROT_EXEC, MAP_PRIVATE, FILE_TEXT, 1,
			       false, 0);
	addr_t shared =
		map_file(&procs[1], 0, 1, PROT_READ | PROT_WRITE, MAP_SHARED, FILE_RAM, 2, true, 0);

	(void)state;
	map_file(&procs[0], 0, 1, PROT_READ, MAP_SHARED, FILE_RAM, 2, true, 0);
	assert_int_equal(mm_protect(&procs[1], anon, PG(1), PROT_NONE), 0);
	strcpy(whole, text_by("maps", 4096));
	snprintf(want, sizeof(want), "%08x-%08x r-xs 00000000 00:00 0%*susage 1\n", FLASH_AT,
		 FLASH_AT + PG(8), 49 - 39, "");
	assert_non_null(strstr(whole, want));
	snprintf(want, sizeof(want), "%08x-%08x rw-s 00000000 00:00 3%*susage 2\n", shared - PG(2),
		 shared + PG(4), 49 - 39, "");
	assert_non_null(strstr(whole, want));
	snprintf(want, sizeof(want), "%08x-%08x ---p 00000000 00:00 0%*susage 1\n", anon,
		 anon + PG(1), 49 - 39, "");
	assert_non_null(strstr(whole, want));
	assert_non_null(strstr(whole, "---s 00000000 00:00 4")); /* nobody maps it */
	assert_non_null(strstr(whole, "usage 0\n"));

	strcpy(whole, text_by("2/maps", 4096));
	snprintf(want, sizeof(want), "%08x-%08x r-xp %08x 00:00 0 \n", text, text + PG(2), PG(1));
	assert_non_null(strstr(whole, want));
	snprintf(want, sizeof(want), "%08x-%08x rw-s %08x 00:00 3 \n", shared, shared + PG(1),
		 PG(2));
	assert_non_null(strstr(whole, want));
	snprintf(want, sizeof(want), "%08x-%08x ---p 00000000 00:00 0 \n", anon, anon + PG(1));
	assert_non_null(strstr(whole, want));
	assert_string_equal(whole, text_by("self/maps", 4096));
}

static void test_any_way_to_read_gives_the_same(void **state)
{
	char whole[TEXT_MAX], again[100];
	struct inode *inode;
	unsigned int once;

	(void)state;
	for (unsigned int i = 0; i < 20; i++)
		map_anon(&procs[i % 3], 0, 1, PROT_READ, 0, 0);
	nmade = 0;
	strcpy(whole, text_by("maps", 4096));
	once = nmade;
	assert_string_equal(whole, text_by("maps", 1));
	assert_int_equal(nmade, 2 * once); /* each line once, and not once per byte */
	assert_string_equal(whole, text_by("maps", 7));

	inode = open_path("maps");
	assert_int_equal(inode->ops->read(inode, 700, again, 100), 100);
	assert_memory_equal(again, whole + 700, 100);
	assert_int_equal(inode->ops->read(inode, 30, again, 100), 100);
	assert_memory_equal(again, whole + 30, 100);
	assert_int_equal(inode->ops->read(inode, 100000, again, 100), 0);
	inode_put(inode);
}

/* Whatever is taken away between two reads, what stays is listed once and in order. */
static void test_lists_that_change_while_they_are_read(void **state)
{
	addr_t at[12];
	char line[PROCFS_LINE];

	(void)state;
	for (unsigned int gone = 0; gone < 12; gone++) {
		struct procfs_place place = { 0 };
		addr_t last = 0;
		unsigned int n = 0;

		for (unsigned int i = 0; i < 12; i++)
			at[i] = map_anon(&procs[0], 0, 1, PROT_READ, 0, 0);
		while (procfs_pid_maps_line(1, &place, line) > 0) {
			addr_t start = (addr_t)strtoul(line, NULL, 16);

			assert_true(start > last);
			last = start;
			if (++n == 3)
				assert_int_equal(mm_unmap(&procs[0], at[gone], PG(1)), 0);
			if (n == 5)
				map_anon(&procs[0], 0, 3, PROT_READ, 0, 0);
		}
		assert_true(n >= 11 && n <= 13);
		mm_unmap_all(&procs[0]);
	}
}

static void test_mappings_that_coincide(void **state)
{
	unsigned int lines = 0;
	const char *text;

	(void)state;
	for (unsigned int i = 0; i < 3; i++)
		map_file(&procs[1], 0, 2, PROT_READ, MAP_SHARED, FILE_RAM, 0, false, 0);
	map_file(&procs[1], 0, 3, PROT_READ, MAP_SHARED, FILE_RAM, 0, false, 0);
	map_file(&procs[1], 0, 1, PROT_READ, MAP_SHARED, FILE_RAM, 1, false, 0);
	for (text = text_by("2/maps", 5); *text; text = strchr(text, '\n') + 1)
		lines++;
	assert_int_equal(lines, 5);
}

static void test_process_that_goes(void **state)
{
	struct inode *dir = open_path("1"), *maps, *found;
	char byte;

	(void)state;
	map_anon(&procs[0], 0, 1, PROT_READ, 0, 0);
	maps = open_path("1/maps");
	assert_int_equal(maps->ops->read(maps, 0, &byte, 1), 1);
	is_gone[1] = true;
	assert_int_equal(maps->ops->read(maps, 1, &byte, 1), 1); /* the rest of its line */
	assert_int_equal(maps->ops->read(maps, 200, &byte, 1), -ESRCH);
	assert_int_equal(dir->ops->lookup(dir, "maps", 4, &found), -ENOENT);
	assert_int_equal(lookup_err("1/maps"), -ENOENT);
	inode_put(maps);
	inode_put(dir);
}

static unsigned int kib(const char *text, const char *field)
{
	const char *at = strstr(text, field);

	assert_non_null(at);
	return (unsigned int)atoi(at + strlen(field));
}

static void test_figures(void **state)
{
	const unsigned int per_page = PAGE_SIZE / 1024;
	uint32_t nfree, npages = 0, free_pages = 0;
	const char *text;

	(void)state;
	map_anon(&procs[1], 0, 5, PROT_READ, 0, 0);
	nfree = page_nfree();
	text = text_by("meminfo", 1);
	/* The record of the open text may take a page of its own. */
	assert_true(nfree * per_page - kib(text, "MemFree:") <= per_page);
	assert_int_equal(kib(text, "MemTotal:"), page_total() * per_page);
	assert_int_equal(kib(text, "MmapCopy:"), 5 * per_page);
	assert_int_equal(kib(text, "Shmem:"), 9 * per_page);
	assert_int_equal(kib(text, "MpuWaste:"), 0);
	assert_true(kib(text, "MemLargest:") <= kib(text, "MemFree:"));
	assert_non_null(strstr(text, "Slab:      "));

	for (text = text_by("pageinfo", 3); *text; text = strchr(text, '\n') + 1) {
		unsigned int start, end, count;

		assert_int_equal(sscanf(text, "%x-%x count %u", &start, &end, &count), 3);
		npages += (end - start) / PAGE_SIZE;
		free_pages += count ? 0 : (end - start) / PAGE_SIZE;
	}
	assert_int_equal(npages, page_total());
	assert_true(nfree - free_pages <= 1);
	assert_string_equal(text_by("uptime", 100), "123.04\n");
}

static void test_trim_is_set(void **state)
{
	static const char *const wrong[] = { "x",     "1x",	     "-1",   " 1",
					     "70000", "99999999999", "1\n2", "\n" };
	struct inode *inode = open_path("sys/vm/nr_trim_pages");

	(void)state;
	assert_int_equal(inode->ops->write(inode, 0, "17\n", 3), 3);
	assert_int_equal(mm_nr_trim_pages, 17);
	assert_string_equal(text_by("sys/vm/nr_trim_pages", 100), "17\n");
	assert_int_equal(inode->ops->write(inode, 3, "0", 1), 1);
	assert_int_equal(mm_nr_trim_pages, 0);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(inode->ops->write(inode, 0, wrong[i], strlen(wrong[i])), -EINVAL);
	assert_int_equal(mm_nr_trim_pages, 0);
	inode_put(inode);
}

static void test_segments(void **state)
{
	const struct shm_caller caller = { .pid = 7, .uid = 5, .gid = 6 };
	char want[200];
	const char *text;
	int id;

	(void)state;
	text = text_by("sysvipc/shm", 10);
	assert_non_null(strstr(text, "       key      shmid perms       size"));
	assert_int_equal(strlen(strchr(text, '\n')), 1);
	id = shm_get(&caller, 42, 100, 01000 | 0600);
	assert_true(id >= 0);
	text = text_by("sysvipc/shm", 10);
	snprintf(want, sizeof(want), "\n        42 %10d   600        100     7     0      0 ", id);
	assert_non_null(strstr(text, want));
	assert_non_null(
		strstr(text, "     5     6     5     6          0          0          1\n"));
	assert_int_equal(shm_remove(&caller, id), 0);
}

static void test_no_memory(void **state)
{
	(void)state;
	env_fail_at(1);
	assert_int_equal(lookup_err("maps"), -ENOMEM);
	env_fail_at(2);
	assert_int_equal(lookup_err("self"), -ENOMEM); /* no page for the record */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, env_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_tree),
		TEST(test_directories),
		TEST(test_maps_to_the_letter),
		TEST(test_any_way_to_read_gives_the_same),
		TEST(test_lists_that_change_while_they_are_read),
		TEST(test_mappings_that_coincide),
		TEST(test_process_that_goes),
		TEST(test_figures),
		TEST(test_trim_is_set),
		TEST(test_segments),
		TEST(test_no_memory),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
