/* SPDX-License-Identifier: MIT */
/*
 * The nine points of the memory model, N1 to N9, each by what can be seen of it.
 *
 * N2 and N8 try here what spawn() does; exec and vfork are in contract_exec.c.
 */
#include "contract.h"

#define TRIM "/proc/sys/vm/nr_trim_pages"

/* ---- Parts: what has to die, to wait or to be another process ----------------------------- */

static int idle(long a, long b)
{
	(void)a, (void)b;
	return wait_for_end();
}

/* Attach segment @id @n times and wait. */
static int attached(long id, long n)
{
	while (n-- > 0)
		if (shmat((int)id, NULL, 0) == (void *)-1)
			return 2;
	return wait_for_end();
}

/* Attach segment @id @n times and end. */
static int attach_and_end(long id, long n)
{
	while (n-- > 0)
		if (shmat((int)id, NULL, 0) == (void *)-1)
			return 2;
	return 0;
}

/* Read-only beneath, writable above: the union may write until the upper layer goes. */
static int union_of_layers(long id, long both)
{
	char *p = shmat((int)id, NULL, SHM_RDONLY);

	if (shmat((int)id, NULL, 0) != p)
		return 2;
	poke(p, 'u');
	if (!both)
		shmdt(p);
	poke(p, 'v');
	return peek(p) != 'v';
}

/* Touch page @page of a private view that ftruncate() has cut behind its first page. */
static int cut(long page, long prot)
{
	int fd = ram_file(2);
	char *p = map(fd, 0, 2, (int)prot, MAP_PRIVATE);

	if (p == MAP_FAILED || ftruncate(fd, (off_t)P) != 0)
		return 2;
	return peek(p + (size_t)page * P);
}

/* Truncate the parent's file while the parent maps it. */
static int truncate_other(long a, long b)
{
	int fd = open(RAM_FILE, O_RDWR);

	(void)a, (void)b;
	return !(fd >= 0 && ftruncate(fd, 0) == -1 && errno == ETXTBSY &&
		 open(RAM_FILE, O_RDWR | O_TRUNC) == -1 && errno == ETXTBSY);
}

/* Take all memory but a page; no program can be started then, and nothing changes. */
static int no_memory(long a, long b)
{
	size_t n = 4096;
	char *p, *last = NULL;
	struct state was;
	int failed, error;

	(void)a, (void)b;
	while (n > 0) {
		p = anon(n);
		if (p == MAP_FAILED)
			n /= 2;
		else
			last = p + (n - 1) * P;
	}
	if (!last || unmap(last, 1))
		return 2;
	was = look();
	failed = part_start("idle", 0, 0) < 0;
	error = errno;
	return !(failed && error == ENOMEM && is_as(&was));
}

static const struct part parts[] = { { "idle", idle },
				     { "attached", attached },
				     { "attach and end", attach_and_end },
				     { "union", union_of_layers },
				     { "cut", cut },
				     { "truncate", truncate_other },
				     { "no memory", no_memory },
				     { 0 } };

/* ---- The points ---------------------------------------------------------------------------- */

static void test_n1(void)
{
	const void *text = (const void *)(uintptr_t)test_n1;
	int fd = open(LONG_FILE, O_RDONLY);
	char *file = map(fd, 0, 2, R, MAP_PRIVATE), *again = map(fd, 0, 2, R, MAP_PRIVATE);
	pid_t pid = start_waiting("idle", 0, 0);

	IS(usage_of(text), 2, "N1 two processes of one program: one region of text, usage 2");
	OK(holds(OWN, text) == 1 && holds(maps_of(pid), text) == 1, "N1 and a VMA in each");
	OK(holds(maps_of(pid), file) == 0, "N1 a mapping is of one process");
	OK(again == file && usage_of(file) == 2, "N1 a file mapped twice: one region, usage 2");
	OK(end_waiting(pid), "N1 the other process is killed");
	IS(usage_of(text), 1, "N1 its VMA has gone with it: usage 1");
	IS(open(maps_of(pid), O_RDONLY), -1, "N1 and its list of VMAs");
	unmap(file, 2);
	IS(usage_of(file), 1, "N1 munmap of one layer: usage 1");
	unmap(file, 2);
	IS(usage_of(file), -1, "N1 munmap of the last: no region");
	close(fd);
}

static int spawn_of(const char *path)
{
	char *argv[] = { (char *)path, NULL };
	struct spawn_args args = { .path = path, .argv = argv };

	return croft_spawn(&args);
}

static void test_n2(void)
{
	unsigned long maps = sum_of(OWN);
	pid_t pid = start_waiting("idle", 0, 0);

	OK(pid > 0 && sum_of(OWN) == maps,
	   "N2 no mapping of a new program is in its parent's maps");
	end_waiting(pid);
	REFUSED(spawn_of("/test/noelf"), ENOEXEC, "N2 no program: the caller is as it was");
	REFUSED(spawn_of("/test/none"), ENOENT, "N2 no file: the caller is as it was");
	REFUSED(spawn_of("/test/words"), EACCES, "N2 not executable: the caller is as it was");
	RUNS("no memory", 0, 0, "N2 no memory for it: ENOMEM, and the caller is as it was");
}

static void test_n3(void)
{
	char *p = anon(3);
	int fd, id;

	OK(count_of(p) == 1 && count_of(p + 2 * P) == 1, "N3 each page of a mapping counts 1");
	unmap(p + P, 1);
	OK(count_of(p) == 1 && count_of(p + P) == 0 && count_of(p + 2 * P) == 1,
	   "N3 munmap of one page: its count alone is 0");
	unmap(p, 3);
	OK(count_of(p) == 0 && count_of(p + 2 * P) == 0, "N3 munmap of the rest: 0");

	fd = ram_file(2);
	p = map(fd, 0, 2, R | W, MAP_SHARED);
	unmap(p, 2);
	OK(count_of(p) > 0, "N3 the file holds its pages when they are not mapped");
	p = map(fd, 0, 2, R | W, MAP_SHARED);
	unlink(RAM_FILE), close(fd);
	OK(count_of(p) > 0, "N3 the mapping holds them when the file has gone");
	unmap(p, 2);
	OK(count_of(p) == 0, "N3 with the last holder the count is 0");

	id = shmget(IPC_PRIVATE, P, 0600);
	p = shmat(id, NULL, 0);
	shmdt(p);
	OK(count_of(p) > 0, "N3 a segment holds its pages when nobody is attached");
	shmctl(id, IPC_RMID, NULL);
	OK(count_of(p) == 0, "N3 until it is removed");
}

static long cost(size_t pages)
{
	long before = look().free, taken;
	char *p = anon(pages);

	taken = before - look().free;
	unmap(p, pages);
	return taken;
}

static int trim_from(const char *n)
{
	int fd = open(TRIM, O_WRONLY);
	int good = fd >= 0 && write(fd, n, strlen(n)) == (ssize_t)strlen(n);

	close(fd);
	return good;
}

static void test_n4(void)
{
	struct state was = look();
	int exact = 1, any = 1, fd;
	char *p, value[4] = "";
	long largest;

	for (size_t n = 1; n <= 17; n++)
		exact &= cost(n) == kb(n);
	OK(exact, "N4 n pages cost n pages, for 1 to 17");
	fd = open(TRIM, O_RDONLY);
	OK(read(fd, value, 3) == 2 && strcmp(value, "1\n") == 0, "N4 nr_trim_pages is 1 at first");
	close(fd);
	OK(trim_from("0") && cost(5) == kb(8) && cost(9) == kb(16), "N4 nr_trim_pages 0: never");
	OK(trim_from("3\n") && cost(5) == kb(5) && cost(6) == kb(8), "N4 3: from 3 pages on");
	OK(trim_from("4") && cost(5) == kb(8), "N4 4: 3 are not given back");
	OK(!trim_from("x") && !trim_from("-1") && !trim_from("1 2"),
	   "N4 what is no number is refused");
	OK(trim_from("1") && cost(5) == kb(5), "N4 1: always");

	p = anon(7);
	for (size_t first = 0; first < 7; first++)
		for (size_t n = 1; first + n <= 7; n++) {
			unmap(p + first * P, n);
			any &= map_at(p + first * P, n, 0) == p + first * P;
		}
	OK(any, "N4 any run of free pages serves, wherever it starts");
	unmap(p, 7);
	largest = meminfo("MemLargest");
	p = mmap(NULL, (size_t)largest * 1024, R, ANON, -1, 0);
	OK(p != MAP_FAILED && peek(p + (size_t)largest * 1024 - 1) == 0,
	   "N4 the largest run is one mapping");
	munmap(p, (size_t)largest * 1024);
	REFUSED(mmap(NULL, (size_t)largest * 1024 + P, R, ANON, -1, 0), ENOMEM,
		"N4 a page more: ENOMEM");
	OK(is_as(&was), "N4 all is as it was");
}

/* Do the lines of the caller's list over [@base, ...) come in these ranges of pages? */
static int in_order(const char *base, const unsigned char (*ranges)[2], int n)
{
	struct text text = text_open(OWN);
	const char *next;
	int i = 0;

	while ((next = text_next(&text)) != NULL) {
		struct line line = parse(next);

		if (line.start < (uintptr_t)base || line.start >= (uintptr_t)base + 4 * P)
			continue;
		if (i == n || line.start != (uintptr_t)base + ranges[i][0] * P ||
		    line.end != (uintptr_t)base + ranges[i][1] * P)
			i = n + 1;
		else
			i++;
	}
	return i == n;
}

static void test_n5(void)
{
	static const unsigned char sorted[][2] = {
		{ 0, 1 }, { 0, 3 }, { 0, 3 }, { 1, 2 }, { 1, 4 }
	};
	int id = shmget(IPC_PRIVATE, P, 0600), fd;
	char *p = shmat(id, NULL, 0), *q;
	struct state was;

	OK(shmat(id, NULL, 0) == p && shmat(id, NULL, 0) == p, "N5 three attaches: one address");
	IS(lines(OWN, p, 1, "rw-s"), 3, "N5 three VMAs over the same range");
	IS(usage_of(p), 3, "N5 of one region, usage 3");
	unmap(p, 1);
	IS(lines(OWN, p, 1, "rw-s"), 2, "N5 munmap takes one layer");
	shmdt(p), shmdt(p);
	IS(holds(OWN, p), 0, "N5 each is released on its own");
	RUNS("union", id, 1, "N5 what is granted is the union");
	DIES("union", id, 0, "N5 without the layer that grants it, it is not");
	shmctl(id, IPC_RMID, NULL);

	fd = ram_file(4);
	was = look();
	p = map(fd, 0, 3, R | W, MAP_SHARED);
	map(fd, 1, 1, R, MAP_SHARED), map(fd, 0, 1, R, MAP_PRIVATE);
	map(fd, 1, 3, R | W, MAP_SHARED), map(fd, 0, 3, R, MAP_SHARED);
	OK(in_order(p, sorted, 5), "N5 they are sorted by start, then by end");
	q = map(fd, 3, 1, R | W, MAP_SHARED);
	OK(q == p + 3 * P, "N5 a part of the file lies where it lies in the file");
	unmap(q, 1);
	for (int i = 0; i < 4; i++)
		unmap(p, 4);
	OK(is_as(&was), "N5 a call takes a layer off each page; after the deepest nothing is left");
	close(fd);
	unlink(RAM_FILE);
}

static void test_n6(void)
{
	int fd = ram_file(3);
	char *p = map(fd, 0, 2, R | W, MAP_SHARED), *q;

	memset(p, 'n', 2 * P);
	REFUSED(ftruncate(fd, (off_t)(2 * P) - 1), ETXTBSY,
		"N6 cutting a shared mapping's last byte");
	REFUSED(ftruncate(fd, 0), ETXTBSY, "N6 cutting all of it");
	REFUSED(open(RAM_FILE, O_RDWR | O_TRUNC), ETXTBSY, "N6 open with O_TRUNC");
	RUNS("truncate", 0, 0, "N6 the same from another process");
	OK(all(p, 2 * P, 'n'), "N6 the contents are as they were");
	IS(ftruncate(fd, (off_t)(2 * P)), 0, "N6 cutting what no mapping shows");
	unmap(p + P, 1);
	IS(ftruncate(fd, (off_t)P), 0, "N6 cutting what munmap has freed");
	unmap(p, 1);

	IS(ftruncate(fd, (off_t)(2 * P)), 0, "N6 the file grows again");
	p = map(fd, 0, 2, R, MAP_PRIVATE);
	q = map(fd, 0, 2, R | W, MAP_PRIVATE);
	OK(p != MAP_FAILED && all(p + P, P, 0) && q != MAP_FAILED,
	   "N6 private mappings, zero where it grew");
	IS(ftruncate(fd, (off_t)P), 0, "N6 cutting under private mappings only");
	OK(holds(OWN, p) == 1 && holds(OWN, p + P) == 0,
	   "N6 the view in place ends at the new end");
	OK(holds(OWN, q) == 1 && holds(OWN, q + P) == 0 && peek(q) == 'n',
	   "N6 the copy ends there too");
	unmap(p, 1), unmap(q, 1);
	close(fd);
	DIES("cut", 1, R, "N6 a view in place past the new end: SIGSEGV");
	DIES("cut", 1, R | W, "N6 a copy past the new end: SIGSEGV");
	RUNS("cut", 0, R | W, "N6 before it: not");
	unlink(RAM_FILE);
}

static void test_n7(void)
{
	struct state was = look(), mapped;
	char *p = anon(6);

	memset(p, '7', 6 * P);
	mapped = look();
	unmap(p, 1);
	OK(count_of(p) == 0 && lines(OWN, p + P, 5, "rw-p") == 1, "N7 head: free, the rest stays");
	unmap(p + 5 * P, 1);
	OK(count_of(p + 5 * P) == 0 && lines(OWN, p + P, 4, "rw-p") == 1,
	   "N7 tail: free, the rest stays");
	unmap(p + 2 * P, 2);
	OK(lines(OWN, p + P, 1, "rw-p") == 1 && lines(OWN, p + 4 * P, 1, "rw-p") == 1,
	   "N7 middle: two VMAs");
	OK(lines("/proc/maps", p + P, 1, "") == 1 && lines("/proc/maps", p + 4 * P, 1, "") == 1,
	   "N7 and two regions");
	OK(all(p + P, P, '7') && all(p + 4 * P, P, '7'), "N7 what stays has its contents");
	IS(look().free - mapped.free, kb(4), "N7 the hole is free at once");
	OK(map_at(p + 2 * P, 2, MAP_FIXED) == p + 2 * P && all(p + 2 * P, 2 * P, 0),
	   "N7 and can be mapped again, zeroed");
	unmap(p, 6);
	OK(is_as(&was), "N7 all is as it was");
}

static long nattch(int id)
{
	struct shmid_ds ds;

	return shmctl(id, IPC_STAT, &ds) == 0 ? (long)ds.shm_nattch : -1;
}

static void test_n8(void)
{
	int id = shmget(IPC_PRIVATE, 2 * P, 0600), good = 1;
	char *p = shmat(id, NULL, 0);
	pid_t pid;

	good &= nattch(id) == 1 && shmat(id, NULL, 0) == p;
	good &= nattch(id) == 2 && shmat(id, NULL, SHM_RDONLY) == p;
	OK(good && nattch(id) == 3, "N8 three shmat: one address, nattch 1, 2, 3");
	for (long n = 2; n >= 0; n--)
		good &= shmdt(p) == 0 && nattch(id) == n;
	OK(good, "N8 nattch 2, 1, 0 with each shmdt");
	REFUSED(shmdt(p), EINVAL, "N8 a fourth shmdt");
	p = shmat(id, NULL, 0);
	pid = start_waiting("idle", 0, 0);
	IS(nattch(id), 1, "N8 a new process adds nothing");
	end_waiting(pid);
	IS(nattch(id), 1, "N8 nor does its end take anything");
	pid = start_waiting("attached", id, 3);
	IS(nattch(id), 4, "N8 attaches of another process count");
	OK(end_waiting(pid) && nattch(id) == 1, "N8 kill releases what is left");
	RUNS("attach and end", id, 2, "N8 a process attaches twice and ends");
	IS(nattch(id), 1, "N8 exit releases what is left");
	shmdt(p);
	shmctl(id, IPC_RMID, NULL);
}

/* Is a line in the columns of Linux? */
static int is_line(const char *line)
{
	static const char form[] = "xxxxxxxx-xxxxxxxx rwxp xxxxxxxx xx:xx ";
	static const char *const may[] = { "r-", "w-", "x-", "sp" };

	for (size_t i = 0; form[i]; i++) {
		if (i >= 18 && i < 22) {
			if (line[i] == '\0' || !strchr(may[i - 18], line[i]))
				return 0;
		} else if (form[i] == 'x' ? !strchr("0123456789abcdef", line[i]) || !line[i]
					  : line[i] != form[i]) {
			return 0;
		}
	}
	return line[sizeof(form) - 1] >= '0' && line[sizeof(form) - 1] <= '9';
}

static int all_lines(const char *path, int with_usage)
{
	struct text text = text_open(path);
	const char *line;
	int good = 1, n = 0;

	for (; (line = text_next(&text)) != NULL; n++)
		good &= is_line(line) && (parse(line).usage >= 0) == with_usage;
	return good && n > 0;
}

/* The name behind the line that holds an address. */
static int is_named(const char *path, const void *at, const char *name)
{
	struct text text = text_open(path);
	const char *next;
	int found = 0;

	while ((next = text_next(&text)) != NULL) {
		struct line line = parse(next);

		found |= line.start <= (uintptr_t)at && (uintptr_t)at < line.end &&
			 strncmp(line.path, name, strlen(name)) == 0;
	}
	return found;
}

static void test_n9(void)
{
	static const char *const figures[] = { "N9 MemTotal", "N9 MemFree", "N9 MemLargest",
					       "N9 MmapCopy", "N9 Shmem",   "N9 Slab",
					       "N9 MpuWaste" };
	struct state was = look();
	char *p = anon(2), *q;
	int fd = ram_file(1), id = shmget(IPC_PRIVATE, P, 0600);

	OK(all_lines("/proc/maps", 1), "N9 /proc/maps: columns of Linux, then usage");
	OK(all_lines(OWN, 0), "N9 /proc/self/maps: columns of Linux");
	OK(lines("/proc/maps", p, 2, "rw-p") == 1 && usage_of(p) == 1,
	   "N9 anonymous memory: a region");
	unmap(p, 2);
	IS(holds("/proc/maps", p), 0, "N9 not after munmap");
	p = map(fd, 0, 1, R | W, MAP_SHARED);
	OK(is_named(OWN, p, RAM_FILE) && is_named("/proc/maps", p, RAM_FILE),
	   "N9 a RAM file by name");
	unmap(p, 1);
	OK(usage_of(p) == 0, "N9 a RAM file that nobody maps: usage 0");
	p = map(fd, 0, 1, R | W, MAP_SHARED);
	unlink(RAM_FILE);
	OK(is_named(OWN, p, RAM_FILE " (deleted)"), "N9 one that has lost its name: (deleted)");
	unmap(p, 1), close(fd);
	q = shmat(id, NULL, 0);
	shmdt(q);
	OK(usage_of(q) == 0, "N9 a detached segment: usage 0");
	shmctl(id, IPC_RMID, NULL);
	IS(usage_of(q), -1, "N9 not after IPC_RMID");
	fd = open(LONG_FILE, O_RDONLY);
	q = map(fd, 1, 1, R, MAP_PRIVATE);
	OK(lines(OWN, q, 1, "r--p") == 1 && is_named(OWN, q, LONG_FILE),
	   "N9 a file in flash by name");
	unmap(q, 1), close(fd);
	for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++)
		OK(meminfo(figures[i] + 3) >= 0, figures[i]);
	OK(meminfo("MemLargest") <= meminfo("MemFree") && meminfo("MemFree") < meminfo("MemTotal"),
	   "N9 MemLargest <= MemFree < MemTotal");
	OK(is_as(&was), "N9 all is as it was");
}

static void test(void)
{
	keep_proc();
	test_n1();
	test_n2();
	test_n3();
	test_n4();
	test_n5();
	test_n6();
	test_n7();
	test_n8();
	test_n9();
}

TAP_MAIN(parts, test)
