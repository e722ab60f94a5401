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
static unsigned int nmade; /* regions found since the last test of it */

static struct region *found(struct region *region)
{
	nmade += region != NULL;
	return region;
}

#define region_find_from(at) found(region_find_from(at))
#include "../../../fs/procfs_maps.c"
#undef region_find_from
#include "../../../fs/procfs_mpu.c"
#include "../../../fs/procfs_pages.c"
#include "../../../fs/procfs_proc.c"
#include "../../../fs/procfs_text.c"

#define TEXT_MAX 16384

/* Process numbers are places in procs, from 1 on; process 2 runs. */
static bool is_gone[NPROCS + 1];

static bool has_ended[NPROCS + 1]; /* but nobody has waited for it */
static struct mm_stack stack;	   /* of process 2 */

bool proc_view_exists(int pid)
{
	return pid > 0 && pid <= NPROCS && !is_gone[pid];
}

struct mm *proc_view_mm(int pid)
{
	return proc_view_exists(pid) && !has_ended[pid] ? &procs[pid - 1] : NULL;
}

bool proc_view(int pid, struct proc_view *view)
{
	if (!proc_view_exists(pid))
		return false;
	*view = (struct proc_view){
		.pid = pid,
		.ppid = pid - 1,
		.pgid = 2,
		.front_pgid = pid == 2 ? 3 : 0,
		.name = "name",
		.state = has_ended[pid] ? 'Z'
			 : pid == 2	? 'R'
					: 'S',
		.nthreads = has_ended[pid] ? 0 : 3,
		.priority = 16,
		.policy = 2,
		.uid = 5,
		.euid = 6,
		.gid = 7,
		.egid = 8,
		.started = 120049999999,
		.ran = 1239999999,
		.children_ran = 50000000,
		.pending = 1 << 1,
		.all_pending = 1 << 2,
		.blocked = 1 << 15,
		.ignored = 1 << 13,
		.handled = 1u << 31,
		.mm = proc_view_mm(pid),
		.stack = has_ended[pid] ? NULL : &stack,
		.status = has_ended[pid] ? 256 : 0,
	};
	return true;
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

size_t log_line(uint32_t *pos, char *to, size_t size)
{
	static const char *const lines[] = { "one\n", "two\n" };

	assert_true(size >= 128);
	if (*pos >= ARRAY_SIZE(lines))
		return 0;
	strcpy(to, lines[(*pos)++]);
	return strlen(to);
}

static char core_to[8] = "host";

const char *proc_view_core_to(void)
{
	return core_to;
}

bool proc_view_set_core_to(const char *name, size_t len)
{
	if (len != 4 || memcmp(name, "file", 4) != 0)
		return false;
	strcpy(core_to, "file");
	return true;
}

const char proc_view_version[] = "Croft version 7.8 (a-board a-machine) (a-compiler)\n";

uint64_t proc_view_uptime(void)
{
	return 123049999999;
}

uint64_t proc_view_idle(void)
{
	return 7019999999;
}

const char *proc_view_irq(int *irq, uint32_t *count)
{
	static const int lines[] = { 0, 5, 47 };

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (*irq <= lines[i]) {
			*irq = lines[i];
			*count = 4000000000u + (uint32_t)i;
			return i ? "driver" : "console";
		}
	*irq = -1;
	return NULL;
}

uint32_t proc_view_clock_interrupts(void)
{
	return 12;
}

void proc_view_kernel_ram(addr_t *start, addr_t *end)
{
	*start = RAM_A - 0x2000;
	*end = RAM_A;
}

static int begin(void **state)
{
	memset(is_gone, 0, sizeof(is_gone));
	memset(has_ended, 0, sizeof(has_ended));
	stack = (struct mm_stack){ 0 };
	if (env_begin(state))
		return -1;
	for (int pid = 1; pid <= NPROCS; pid++)
		procs[pid - 1].pid = pid;
	return 0;
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

/* Also where lines come before. */
static ssize_t read_at(struct inode *inode, uint32_t off, char *to, size_t len)
{
	ssize_t n;
	unsigned int before;

	do {
		before = nmade;
		n = inode->ops->read(inode, off, to, len);
		assert_in_range(nmade - before, 0, 1);
	} while (n == -EINPROGRESS);
	return n;
}

/* Over the ends of lines, at which a single read stops. */
static void read_whole(struct inode *inode, uint32_t off, char *to, size_t len)
{
	while (len > 0) {
		ssize_t n = read_at(inode, off, to, len);

		assert_in_range(n, 1, len);
		off += (uint32_t)n;
		to += n;
		len -= (size_t)n;
	}
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
		"interrupts",  "maps",	    "meminfo", "pageinfo", "uptime", "version",
		"sysvipc/shm", "self/maps", "1/maps",  "1/mpu",	   "1/stat", "1/status",
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

	inode = open_path("pagemap"); /* of all processes: for root */
	assert_int_equal(inode->mode, S_IFREG | 0400);
	assert_true(inode_permits(inode, 0, 0, MAY_READ));
	assert_false(inode_permits(inode, 1, 1, MAY_READ));
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
	assert_string_equal(
		names_in(""),
		"self/ interrupts kmsg maps meminfo pageinfo pagemap uptime version sys/ sysvipc/ 1/ 3/ ");
	assert_string_equal(names_in("1"), "maps mpu stat status ");
	assert_string_equal(names_in("sys"), "vm/ kernel/ ");
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
	read_whole(inode, 700, again, 100);
	assert_memory_equal(again, whole + 700, 100);
	read_whole(inode, 30, again, 100);
	assert_memory_equal(again, whole + 30, 100);
	assert_int_equal(read_at(inode, 100000, again, 100), 0);
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
	assert_int_equal(read_at(maps, 200, &byte, 1), -ESRCH);
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
	assert_string_equal(text_by("uptime", 100), "123.04 7.01\n");
	assert_string_equal(text_by("version", 100), proc_view_version);
}

static void test_interrupts_to_the_letter(void **state)
{
	(void)state;
	assert_string_equal(text_by("interrupts", 3), "           CPU0\n"
						      "  0: 4000000000      NVIC  console\n"
						      "  5: 4000000001      NVIC  driver\n"
						      " 47: 4000000002      NVIC  driver\n"
						      "CLK:         12   SysTick  clock\n");
}

/* Two pages of stack, one of data, two of text in flash, and a file. */
static addr_t map_some_of_each(void)
{
	addr_t at = map_anon(&procs[1], 0, 2, PROT_READ | PROT_WRITE, MAP_STACK, 0);

	map_anon(&procs[1], 0, 1, PROT_READ | PROT_WRITE, 0, 0);
	map_file(&procs[1], 0, 2, PROT_READ | PROT_EXEC, MAP_PRIVATE, FILE_TEXT, 1, false, 0);
	map_file(&procs[1], 0, 4, PROT_READ | PROT_WRITE, MAP_SHARED, FILE_RAM, 0, true, 0);
	assert_int_equal(mm_stack_find(&procs[1], at + PG(2), &stack), 0);
	return at;
}

static void test_status_to_the_letter(void **state)
{
	const unsigned int k = PAGE_SIZE / 1024;
	char want[1024];

	(void)state;
	map_some_of_each();
	snprintf(want, sizeof(want),
		 "Name:\tname\nState:\tR (running)\nTgid:\t2\nPid:\t2\nPPid:\t1\n"
		 "Uid:\t5\t6\t6\t6\nGid:\t7\t8\t8\t8\n"
		 "VmSize:\t%8u kB\nVmLck:\t       0 kB\nVmRSS:\t%8u kB\nVmData:\t%8u kB\n"
		 "VmStk:\t%8u kB\nVmExe:\t%8u kB\nThreads:\t3\n"
		 "SigPnd:\t0000000000000001\nShdPnd:\t0000000000000002\n"
		 "SigBlk:\t0000000000004000\nSigIgn:\t0000000000001000\n"
		 "SigCgt:\t0000000040000000\n",
		 9 * k, 7 * k, 1 * k, 2 * k, 2 * k);
	assert_string_equal(text_by("2/status", 5), want);
	assert_string_equal(text_by("self/status", 4096), want);
}

static void test_stat_has_its_52_fields(void **state)
{
	char want[512];
	unsigned int fields = 1;
	const char *text;

	(void)state;
	map_some_of_each();
	procs[1].refills = 77;
	snprintf(want, sizeof(want),
		 "2 (name) R 1 2 0 0 3 0 77 0 0 0 123 0 5 0 -17 0 3 0 12004 %u 7 4294967295 0 0 "
		 "%u 0 0 3 16384 4096 1073741824 0 0 0 17 0 16 2 0 0 0 0 0 0 0 0 0 0 0\n",
		 (unsigned int)PG(9), stack.end);
	text = text_by("2/stat", 7);
	assert_string_equal(text, want);
	for (; *text; text++)
		fields += *text == ' ';
	assert_int_equal(fields, 52);
}

static void test_what_has_ended_is_told_of(void **state)
{
	const char *text;

	(void)state;
	has_ended[3] = true;
	assert_string_equal(text_by("3/maps", 100), "");
	assert_string_equal(text_by("3/mpu", 100), "");
	text = text_by("3/status", 100);
	assert_non_null(strstr(text, "State:\tZ (zombie)\n"));
	assert_non_null(strstr(text, "Gid:\t7\t8\t8\t8\nThreads:\t0\n"));
	assert_non_null(strstr(text_by("3/stat", 100), "3 (name) Z 2 2 0 0 -1 0 "));
	assert_non_null(strstr(text_by("3/stat", 100), " 256\n"));
}

static void test_entries_to_the_letter(void **state)
{
	addr_t sp = map_some_of_each() + PG(2), at, start, end;
	struct cover cover = cover_find(stack.start, stack.end, stack.start);
	char want[1024], *to = want;
	int rights;

	(void)state;
	stack.entry = arch_mpu_encode(STACK_SLOT, &cover, PROT_READ | PROT_WRITE, MPU_NORMAL);
	at = map_file(&procs[1], 0, 1, PROT_READ, MAP_PRIVATE, FILE_TAIL, 1, false, 0);
	rights = mm_rights(&procs[1], at, &start, &end);
	mm_load(&procs[1], at, (unsigned int)rights, start, end, sp);
	mm_pin(&procs[1], at, PROT_READ, at, at + PG(1), at);
	procs[1].refills = 300;
	procs[1].drops = 290; /* and one is loaded still */
	to += sprintf(to, "0: %08x-%08x r-- off 00 locked\n", at, at + PG(1));
	for (unsigned int slot = 1; slot < STACK_SLOT; slot++)
		to += sprintf(to, "%u: empty\n", slot);
	sprintf(to,
		"%u: %08x-%08x rw- off 00 stack\n"
		"MpuSlots:\t%u\nMpuResident:\t2\nMpuPinned:\t2\nMpuRefills:\t300\n"
		"MpuEvictions:\t9\nMpuMissRate:\t100.00 /s\nMpuWaste:\t0 kB\n",
		STACK_SLOT, stack.start, stack.end, MPU_SLOTS);
	assert_string_equal(text_by("2/mpu", 9), want);
	mm_unpin(&procs[1], 0, UINT32_MAX);
}

/* Every page of RAM is in one run, and each is what it is. */
static void test_every_page_has_an_owner(void **state)
{
	addr_t at = map_some_of_each(), next = 0;
	unsigned int start, end, npages, free_pages = 0, all = 0;
	char kind[8], owner[64], want[128];
	uint32_t nfree;
	const char *text;

	(void)state;
	map_file(&procs[0], 0, 1, PROT_READ, MAP_SHARED, FILE_RAM, 2, true, 0);
	nfree = page_nfree();
	text = text_by("pagemap", 11);
	snprintf(want, sizeof(want), "%08x-%08x     2 stack   2\n", at, at + PG(2));
	assert_non_null(strstr(text, want));
	assert_non_null(strstr(text, "     1 anon    2\n"));
	assert_non_null(strstr(text, "     6 store   1,2\n"));
	assert_non_null(strstr(text, "     3 store   -\n"));
	snprintf(want, sizeof(want), "%08x-%08x %5u static  -\n", RAM_A - 0x2000, RAM_A,
		 0x2000 >> CONFIG_PAGE_SHIFT);
	assert_memory_equal(text, want, strlen(want));
	for (text = strchr(text, '\n') + 1; *text; text = strchr(text, '\n') + 1) {
		assert_int_equal(
			sscanf(text, "%x-%x %u %7s %63s", &start, &end, &npages, kind, owner), 5);
		assert_int_equal(npages, (end - start) >> CONFIG_PAGE_SHIFT);
		assert_true(start == next || next == 0 || start == RAM_B);
		next = end;
		all += npages;
		free_pages += strcmp(kind, "free") ? 0 : npages;
	}
	assert_int_equal(all, page_total());
	assert_true(nfree - free_pages <= 1); /* the record of the open text */
}

static void test_kernel_texts(void **state)
{
	struct inode *inode = open_path("sys/kernel/core_to");

	(void)state;
	assert_string_equal(text_by("kmsg", 3), "one\ntwo\n");
	assert_string_equal(text_by("sys/kernel/core_to", 100), "host\n");
	assert_int_equal(inode->ops->write(inode, 0, "nowhere\n", 8), -EINVAL);
	assert_int_equal(inode->ops->write(inode, 0, "", 0), -EINVAL);
	assert_int_equal(inode->ops->write(inode, 0, "file\n", 5), 5);
	assert_string_equal(text_by("sys/kernel/core_to", 100), "file\n");
	inode_put(inode);
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
		TEST(test_interrupts_to_the_letter),
		TEST(test_status_to_the_letter),
		TEST(test_stat_has_its_52_fields),
		TEST(test_what_has_ended_is_told_of),
		TEST(test_entries_to_the_letter),
		TEST(test_every_page_has_an_owner),
		TEST(test_trim_is_set),
		TEST(test_kernel_texts),
		TEST(test_segments),
		TEST(test_no_memory),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
