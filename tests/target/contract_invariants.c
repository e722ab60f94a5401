/* SPDX-License-Identifier: MIT */
/*
 * The invariants I1 to I8, as far as a program can see them: in the lists of /proc, while several
 * processes hold memory of every kind, and by what is free when all of them have gone.  The kernel
 * checks the same from inside (mm/check.c), I5 among them, which /proc does not show.
 */
#include "contract.h"

#include <sched.h>

#define LAST_PID 200

/* ---- Parts -------------------------------------------------------------------------------- */

/* Hold memory of each kind, in pieces and in layers, or only what others hold, too, and wait. */
static int hold_all(long id, long is_all)
{
	int ram = open(RAM_FILE, O_RDWR), odd = open(ODD_FILE, O_RDONLY);
	char *p;

	shmat((int)id, NULL, 0), shmat((int)id, NULL, SHM_RDONLY);
	if (!is_all) {
		map(ram, 0, 1, R, MAP_SHARED);
		return wait_for_end();
	}
	p = anon(3);
	unmap(p + P, 1);
	p = map(ram, 0, 2, R | W, MAP_SHARED);
	map(ram, 1, 1, R, MAP_SHARED);
	protect(p, 1, R);
	map(odd, 0, 1, R | W, MAP_PRIVATE);
	mmap(NULL, P, R, MAP_PRIVATE, odd, (off_t)(32 * P));
	mmap(NULL, P, R | W, ANON | MAP_STACK, -1, 0);
	sbrk(100);
	close(ram), close(odd);
	return wait_for_end();
}

/* The same, to end by exit or by a fault, with a file that nobody else has. */
static int take_and_end(long how, long b)
{
	int fd = open("/tmp/own", O_RDWR | O_CREAT, 0600);
	char *p;

	(void)b;
	ftruncate(fd, (off_t)(2 * P));
	p = map(fd, 0, 2, R | W, MAP_SHARED);
	map(fd, 0, 1, R | W, MAP_PRIVATE), map(fd, 0, 3, R, MAP_PRIVATE);
	unlink("/tmp/own");
	anon(4);
	mmap(NULL, 2 * P, R | W, ANON | MAP_LOCKED, -1, 0);
	memset(malloc(2 * P), 'm', 2 * P);
	unmap(p + P, 1);
	return how ? peek(NULL) : 0;
}

/* Copy the parent's file over and over, so that it is cut while a copy is being made. */
static int copy_on(long pages, long b)
{
	int fd = open(RAM_FILE, O_RDWR);

	(void)b;
	while (fd >= 0) {
		char *p = map(fd, 0, (size_t)pages, R | W, MAP_PRIVATE);

		if (p != MAP_FAILED)
			unmap(p, (size_t)pages);
	}
	return 1;
}

/* One file page mapped over and over: CONFIG_MAX_MAP_COUNT, or no more records. */
static int many(long a, long b)
{
	int fd = open(LONG_FILE, O_RDONLY);
	char *p = map(fd, 0, 1, R, MAP_PRIVATE), *last = p;
	long n = 1;

	(void)a, (void)b;
	while ((p = map(fd, 0, 1, R, MAP_PRIVATE)) == last)
		n++;
	if (errno != ENOMEM || map(fd, 0, 1, R, MAP_PRIVATE) != MAP_FAILED)
		return 2;
	unmap(last, 1);
	if (map(fd, 0, 1, R, MAP_PRIVATE) != last)
		return 3;
	for (; n > 0; n--)
		unmap(last, 1);
	return holds(OWN, last) != 0;
}

/* At the limit of mappings a hole cannot be punched, and nothing changes. */
static int no_split(long a, long b)
{
	int fd = open(LONG_FILE, O_RDONLY);
	char *p = anon(3);
	struct state was;

	(void)a, (void)b;
	while (map(fd, 0, 1, R, MAP_PRIVATE) != MAP_FAILED)
		;
	was = look();
	if (unmap(p + P, 1) == 0) /* a record was free, or its page was */
		return !(holds(OWN, p + P) == 0 && holds(OWN, p) == 1 &&
			 holds(OWN, p + 2 * P) == 1);
	return !(errno == ENOMEM && is_as(&was) && protect(p + P, 1, R) == -1 && errno == ENOMEM &&
		 is_as(&was));
}

static const struct part parts[] = { { "hold all", hold_all }, { "take and end", take_and_end },
				     { "copy on", copy_on },   { "many", many },
				     { "no split", no_split }, { 0 } };

/* ---- The lists ----------------------------------------------------------------------------- */

/* I1: sorted, each with a length, none over the one before. */
static int regions_apart(void)
{
	struct text text = text_open("/proc/maps");
	const char *next;
	uintptr_t end = 0;
	int good = 1;

	while ((next = text_next(&text)) != NULL) {
		struct line line = parse(next);

		good &= line.start < line.end && line.start >= end;
		end = line.end;
	}
	return good;
}

static long sum_of_usage(void)
{
	struct text text = text_open("/proc/maps");
	const char *next;
	long sum = 0;

	while ((next = text_next(&text)) != NULL)
		sum += parse(next).usage;
	return sum;
}

static long count_of_vmas(void)
{
	long n = 0;

	for (pid_t pid = 1; pid < LAST_PID; pid++) {
		struct text text = text_open(maps_of(pid));

		while (text.fd >= 0 && text_next(&text))
			n++;
	}
	return n;
}

/* I3: the runs of /proc/pageinfo follow each other, and the free ones are MemFree. */
static int pages_add_up(void)
{
	struct text text = text_open("/proc/pageinfo");
	unsigned long free = 0, all_pages = 0;
	const char *next;
	char *p;

	while ((next = text_next(&text)) != NULL) {
		unsigned long start = strtoul(next, &p, 16), end = strtoul(p + 1, &p, 16);

		if (start >= end)
			return 0;
		all_pages += end - start;
		if (strcmp(p, " count 0") == 0)
			free += end - start;
	}
	return free / 1024 == (unsigned long)meminfo("MemFree") &&
	       all_pages / 1024 == (unsigned long)meminfo("MemTotal");
}

/* I4: each VMA of a process lies inside one region, but for what a stack is rounded up by. */
static int vmas_inside(pid_t pid)
{
	uintptr_t starts[24];
	struct text text = text_open(maps_of(pid));
	const char *next;
	int n = 0, good = 1;

	while ((next = text_next(&text)) != NULL && n < 24)
		starts[n++] = parse(next).start;
	if (next)
		close(text.fd);
	for (int i = 0; i < n; i++)
		good &= holds("/proc/maps", (void *)starts[i]) == 1;
	return good && n > 4;
}

/* I7: nothing in either list may be written and executed. */
static int no_wx(const char *path)
{
	struct text text = text_open(path);
	const char *next;
	int good = 1;

	while ((next = text_next(&text)) != NULL)
		good &= !(parse(next).rights[1] == 'w' && parse(next).rights[2] == 'x');
	return good;
}

/* I6: nattch of a segment in /proc/sysvipc/shm. */
static long listed_nattch(int id)
{
	struct text text = text_open("/proc/sysvipc/shm");
	const char *next;
	long nattch = -1;
	char *p;

	text_next(&text); /* the header */
	while ((next = text_next(&text)) != NULL) {
		strtol(next, &p, 10);
		if (strtol(p, &p, 10) != id)
			continue;
		for (int i = 0; i < 4; i++)
			strtol(p, &p, 10);
		nattch = strtol(p, &p, 10);
	}
	return nattch;
}

static void test_lists(void)
{
	int ram = ram_file(2), id = shmget(IPC_PRIVATE, P, 0600);
	struct state was = look();
	char *p = map(ram, 0, 2, R | W, MAP_SHARED);
	pid_t one = start_waiting("hold all", id, 1), two = start_waiting("hold all", id, 0);

	if (!OK(one > 0 && two > 0, "I1 two processes hold memory"))
		note("kB free", look().free);
	OK(regions_apart(), "I1 regions do not overlap");
	IS(sum_of_usage(), count_of_vmas(), "I2 usage of all regions is the number of all VMAs");
	OK(pages_add_up(), "I3 free pages are MemFree, all pages are MemTotal");
	OK(vmas_inside(getpid()) && vmas_inside(one) && vmas_inside(two),
	   "I4 each VMA lies in a region");
	IS(listed_nattch(id), 4, "I6 nattch is the number of attachments");
	OK(no_wx("/proc/maps") && no_wx(OWN) && no_wx(maps_of(one)),
	   "I7 nothing is writable and executable");
	OK(end_waiting(one), "I2 one is killed");
	IS(sum_of_usage(), count_of_vmas(), "I2 usage is the number of VMAs");
	IS(listed_nattch(id), 2, "I6 its attachments are gone");
	OK(end_waiting(two), "I2 the other is killed");
	IS(sum_of_usage(), count_of_vmas(), "I2 usage is the number of VMAs once more");
	OK(regions_apart() && pages_add_up(), "I3 pages add up");
	IS(listed_nattch(id), 0, "I6 nobody is attached");
	unmap(p, 2);
	OK(is_as(&was), "I8 all that they held is free");
	shmctl(id, IPC_RMID, NULL);
	close(ram);
	unlink(RAM_FILE);
}

static void test_ends(void)
{
	struct state was = look();
	int good = 1;

	RUNS("take and end", 0, 0, "I8 a process ends by exit");
	OK(is_as(&was), "I8 all is free again");
	DIES("take and end", 1, 0, "I8 a process ends by a fault");
	OK(is_as(&was), "I8 all is free again");
	for (int i = 0; i < 10; i++)
		good &= part_died(part_start("take and end", 1, 0), SIGSEGV);
	OK(good && is_as(&was), "I8 ten more");
	for (int i = 0; i < 10; i++) { /* at any moment of their lives */
		pid_t pid = part_start("take and end", 0, 0);

		for (int k = 0; k < i; k++)
			sched_yield();
		kill(pid, SIGKILL);
		good &= part_status(pid) != -1;
	}
	OK(good && is_as(&was), "I8 ten that are killed at some moment");
	RUNS("many", 0, 0, "I8 mappings without end: ENOMEM, one for one, and all are released");
	RUNS("no split", 0, 0,
	     "I8 no record for a split: ENOMEM and nothing changed, or it is made");
	OK(is_as(&was), "I8 all is free again");
}

/* Take all memory that is free, in at most @n mappings; look whether it stays zero. */
static int stays_zero(void)
{
	struct {
		char *at;
		size_t len;
	} runs[8] = { { 0 } };
	int good = 1, n = 0;

	for (; n < 8; n++) {
		runs[n].len = (size_t)meminfo("MemLargest") * 1024;
		runs[n].at = mmap(NULL, runs[n].len, R | W, ANON, -1, 0);
		if (runs[n].at == MAP_FAILED)
			break;
	}
	usleep(30000);
	while (n-- > 0) {
		for (size_t k = 0; k < runs[n].len; k += P)
			good &= *(volatile uint32_t *)(runs[n].at + k) == 0;
		munmap(runs[n].at, runs[n].len);
	}
	return good;
}

/* A file is cut while another process copies it: the copy ends with its mapping. */
static void test_cut_copy(void)
{
	const char *name =
		"I3 a file that is cut while it is copied: freed pages are not written to";
	size_t pages = (size_t)meminfo("MemLargest") * 1024 / P / 4;
	int fd, good = 1;
	pid_t pid;

	if (pages < 512) {
		tap_skip(name, "a copy takes less than a tick");
		return;
	}
	fd = ram_file(pages);
	pid = part_start("copy on", (long)pages, 0);
	for (int i = 0; i < 20 && good; i++) {
		char *p = map(fd, 0, pages, R | W, MAP_SHARED);

		if (p == MAP_FAILED)
			break;
		memset(p, 'j', pages * P);
		unmap(p, pages);
		usleep(20000);
		good &= ftruncate(fd, (off_t)P) == 0 && stays_zero();
		if (ftruncate(fd, (off_t)(pages * P)) != 0)
			break;
	}
	kill(pid, SIGKILL);
	part_status(pid);
	OK(good, name);
	close(fd);
	unlink(RAM_FILE);
}

static void test(void)
{
	keep_proc();
	test_lists();
	test_ends();
	test_cut_copy();
}

TAP_MAIN(parts, test)
