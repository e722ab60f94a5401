/* SPDX-License-Identifier: MIT */
/*
 * Core dumps of processes that make it hard: with mappings of every kind, half unmapped, two at a
 * time, with limits, and with hardly any memory left.  The dumps go to /tmp, and are read here as
 * what they are: ELF files.
 */
#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <time.h>

#include "tap.h"

#define KNOB	    "/proc/sys/kernel/core_to"
#define UART	    "/dev/uart1"
#define FLASH_FILE  "/test/words"
#define NAME	    "/tmp/a-name"
#define SHORT_NAME  "/tmp/b"
#define LONG_NAME   "/tmp/a-name-of-thirty-bytes-or-so"
#define PAGES	    3
#define HEADERS_MAX 24
#define LARGE	    10 /* pages */
#define MOMENTS	    100
#define USUAL	    16 /* of 31 */
#define URGENT	    24
#define SHORT_LIMIT 1500 /* bytes: the headers, and some of the stack */

/* Where a part has put its mappings, told to the parent through shared memory. */
struct places {
	char *holed, *constant, *device, *shared, *guard;
	volatile int is_ready;
};

static long page;
static struct places *places;

static void *get(size_t len, int prot, int flags, int fd)
{
	void *p = mmap(NULL, len, prot, flags, fd, 0);

	if (p == MAP_FAILED)
		exit(3);
	return p;
}

static void *get_pages(long n)
{
	return get((size_t)(n * page), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static void die(void)
{
	*(volatile int *)4 = 0;
}

/* Memory of every kind, then a fault. */
static int part_mixed(long segment, long pattern)
{
	places = shmat((int)segment, NULL, 0);
	places->shared = (char *)places;
	places->guard = get((size_t)page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	places->holed = get_pages(PAGES);
	memset(places->holed, (int)pattern, (size_t)(PAGES * page));
	places->constant = get((size_t)page, PROT_READ, MAP_PRIVATE, open(FLASH_FILE, O_RDONLY));
	places->device = get((size_t)page, PROT_READ | PROT_WRITE, MAP_SHARED, open(UART, O_RDWR));
	munmap(places->holed + page, (size_t)page);
	mprotect(places->holed + 2 * page, (size_t)page, PROT_READ);
	places->is_ready = 1;
	die();
	return 0;
}

/* Memory until all but @left pages are taken, then a fault. */
static int part_hungry(long left, long b)
{
	(void)b;
	for (long n = system_info(INFO_FREE_PAGES); n > 0; n--) {
		long spare = system_info(INFO_FREE_PAGES) - left;

		n = n > spare ? spare : n;
		if (n > 0)
			mmap(NULL, (size_t)(n * page), PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	}
	die();
	return 0;
}

/* With a limit of so many bytes. */
static int part_limited(long bytes, long b)
{
	const struct rlimit limit = { (rlim_t)bytes, (rlim_t)bytes };

	(void)b;
	setrlimit(RLIMIT_CORE, &limit);
	die();
	return 0;
}

static int part_signalled(long sig, long b)
{
	(void)b;
	raise((int)sig);
	return 0;
}

/* The dump of a process: its headers, and a descriptor to read the rest with. */
struct dump {
	int fd;
	Elf32_Ehdr header;
	Elf32_Phdr segments[HEADERS_MAX];
	unsigned int nsegments;
	off_t size;
};

static char *core_path(pid_t pid)
{
	static char path[32];

	strcpy(path, "/tmp/core.");
	strcat(path, decimal(pid));
	return path;
}

static int read_at(int fd, off_t at, void *to, size_t len)
{
	return lseek(fd, at, SEEK_SET) == at && read(fd, to, len) == (ssize_t)len;
}

/* Open it.  1: it is one, and whole as far as its headers go. */
static int dump_open(struct dump *dump, pid_t pid)
{
	struct stat st;

	dump->fd = open(core_path(pid), O_RDONLY);
	if (dump->fd < 0 || fstat(dump->fd, &st) || (st.st_mode & 0777) != 0600)
		return 0;
	dump->size = st.st_size;
	if (!read_at(dump->fd, 0, &dump->header, sizeof(dump->header)) ||
	    memcmp(dump->header.e_ident, ELFMAG, SELFMAG) != 0 || dump->header.e_type != ET_CORE ||
	    dump->header.e_phnum > HEADERS_MAX)
		return 0;
	dump->nsegments = dump->header.e_phnum;
	return read_at(dump->fd, (off_t)dump->header.e_phoff, dump->segments,
		       dump->nsegments * sizeof(dump->segments[0])) &&
	       dump->segments[0].p_type == PT_NOTE;
}

static void dump_remove(struct dump *dump, pid_t pid)
{
	close(dump->fd);
	unlink(core_path(pid));
}

/* The segment that begins at an address; NULL: there is none. */
static const Elf32_Phdr *segment_at(const struct dump *dump, const void *at)
{
	for (unsigned int i = 1; i < dump->nsegments; i++)
		if (dump->segments[i].p_vaddr == (uintptr_t)at)
			return &dump->segments[i];
	return NULL;
}

static int is_whole(const struct dump *dump)
{
	const Elf32_Phdr *last = &dump->segments[dump->nsegments - 1];

	return dump->size == (off_t)(last->p_offset + last->p_filesz);
}

static int is_listed(const struct dump *dump, const void *at, unsigned int flags)
{
	const Elf32_Phdr *segment = segment_at(dump, at);

	return segment && segment->p_filesz == 0 && segment->p_memsz == (unsigned long)page &&
	       segment->p_flags == flags;
}

/* Is one page there, all of it @pattern?  Of a dump that was cut: as far as it goes. */
static int holds(const struct dump *dump, const void *at, unsigned int flags, int pattern)
{
	const Elf32_Phdr *segment = segment_at(dump, at);
	char bytes[64];

	if (!segment || segment->p_filesz != (unsigned long)page || segment->p_flags != flags)
		return 0;
	for (long off = 0; off < page; off += (long)sizeof(bytes)) {
		if ((off_t)segment->p_offset + off >= dump->size)
			return !is_whole(dump);
		if (!read_at(dump->fd, (off_t)segment->p_offset + off, bytes, sizeof(bytes)))
			return 0;
		for (size_t i = 0; i < sizeof(bytes); i++)
			if (bytes[i] != pattern)
				return 0;
	}
	return 1;
}

/* Is nothing of a page in any segment? */
static int is_absent(const struct dump *dump, const char *at)
{
	for (unsigned int i = 1; i < dump->nsegments; i++)
		if (dump->segments[i].p_vaddr < (uintptr_t)(at + page) &&
		    dump->segments[i].p_vaddr + dump->segments[i].p_memsz > (uintptr_t)at)
			return 0;
	return 1;
}

static int has_dumped(int status)
{
	return status != -1 && WIFSIGNALED(status) && WCOREDUMP(status);
}

static void look_at(pid_t pid, const struct places *at, int pattern, int must_be_whole)
{
	struct dump dump;

	if (!OK(dump_open(&dump, pid), "the dump is an ELF core that only its owner reads"))
		return;
	if (must_be_whole)
		OK(is_whole(&dump), "it is whole");
	OK(holds(&dump, at->holed, PF_R | PF_W, pattern), "what is left before the hole");
	OK(is_absent(&dump, at->holed + page), "the hole is not there");
	OK(holds(&dump, at->holed + 2 * page, PF_R, pattern), "what may only be read, behind it");
	OK(is_listed(&dump, at->device, PF_R | PF_W), "a device is named, and not read");
	OK(is_listed(&dump, at->shared, PF_R | PF_W), "shared memory is named");
	OK(is_listed(&dump, at->constant, PF_R), "a file in flash is named");
	OK(is_listed(&dump, at->guard, 0), "what nobody may touch is named");
	dump_remove(&dump, pid);
}

/* So many that die at the same time.  Where there are two, memory may be short. */
static void test_mixed(int n)
{
	int ids[2], statuses[2];
	struct places *seen[2];
	pid_t pids[2];

	for (int i = 0; i < n; i++) {
		ids[i] = shmget(IPC_PRIVATE, (size_t)page, 0600);
		seen[i] = shmat(ids[i], NULL, 0);
	}
	for (int i = 0; i < n; i++)
		pids[i] = part_start("mixed", ids[i], 'a' + i);
	for (int i = 0; i < n; i++)
		statuses[i] = part_status(pids[i]);
	for (int i = 0; i < n; i++) {
		OK(has_dumped(statuses[i]) && WTERMSIG(statuses[i]) == SIGSEGV && seen[i]->is_ready,
		   n == 1 ? "the status tells of the dump" : "two die at once");
		look_at(pids[i], seen[i], 'a' + i, n == 1);
		shmdt(seen[i]);
		shmctl(ids[i], IPC_RMID, NULL);
	}
}

static off_t size_of_core(pid_t pid)
{
	struct stat st;

	return stat(core_path(pid), &st) == 0 ? st.st_size : -1;
}

static void test_limits(void)
{
	pid_t pid = part_start("limited", 0, 0);

	OK(!has_dumped(part_status(pid)) && size_of_core(pid) < 0, "limit 0: there is none");
	pid = part_start("limited", SHORT_LIMIT, 0);
	OK(has_dumped(part_status(pid)), "a low limit: there is one");
	IS(size_of_core(pid), SHORT_LIMIT, "it is cut at the limit");
	unlink(core_path(pid));
}

static void test_signals(void)
{
	static const struct {
		int sig, dumps;
	} cases[] = { { SIGABRT, 1 }, { SIGQUIT, 1 }, { SIGTERM, 0 }, { SIGKILL, 0 } };
	int right = 0;

	for (int i = 0; i < 4; i++) {
		pid_t pid = part_start("signalled", cases[i].sig, 0);
		int status = part_status(pid);

		right += WTERMSIG(status) == cases[i].sig && has_dumped(status) == cases[i].dumps &&
			 (size_of_core(pid) >= 0) == cases[i].dumps;
		unlink(core_path(pid));
	}
	IS(right, 4, "of signals that are sent, some leave a dump");
}

/* However little there is, the kernel goes on, and nothing is lost. */
static void test_short(void)
{
	static const long left[] = { 0, 1, 3, 6 };
	int right = 0;

	for (int i = 0; i < 4; i++) {
		pid_t pid = part_start("hungry", left[i], 0);
		int status = part_status(pid);

		right += WTERMSIG(status) == SIGSEGV &&
			 has_dumped(status) == (size_of_core(pid) > 0);
		unlink(core_path(pid));
	}
	IS(right, 4, "with hardly any memory left: a part, or none, and the status is true");
}

/* Whenever it comes, SIGKILL ends it. */
static void test_killed(void)
{
	int ended = 0;

	for (int i = 0; i < 8; i++) {
		const struct timespec moment = { .tv_nsec = i * 300000 };
		pid_t pid = part_start("hungry", 16, 0);

		nanosleep(&moment, NULL);
		kill(pid, SIGKILL);
		ended += part_status(pid) != -1;
		unlink(core_path(pid));
	}
	IS(ended, 8, "a process is killed, before and while it is dumped");
}

static int part_large(long npages, long b)
{
	(void)b;
	get_pages(npages);
	die();
	return 0;
}

static void set_priority(int priority)
{
	const struct sched_param param = { .sched_priority = priority };

	pthread_setschedparam(pthread_self(), SCHED_RR, &param);
}

/* Dump a process.  It is killed so many ns after it was started; 0: it is not.  Returns how long that took. */
static long dump_large(long kill_after)
{
	struct timespec from, to = { .tv_nsec = kill_after };
	pid_t pid;

	clock_gettime(CLOCK_MONOTONIC, &from);
	pid = part_start("large", LARGE, 0);
	if (kill_after) {
		set_priority(URGENT);
		nanosleep(&to, NULL);
		kill(pid, SIGKILL);
		set_priority(USUAL);
	}
	part_status(pid);
	clock_gettime(CLOCK_MONOTONIC, &to);
	unlink(core_path(pid));
	return (to.tv_sec - from.tv_sec) * 1000000000L + to.tv_nsec - from.tv_nsec;
}

/* Also while the file gets its size, before there is a byte in it. */
static void test_killed_early(void)
{
	long before = system_info(INFO_FREE_PAGES), took = dump_large(0);

	for (int i = 1; i <= MOMENTS; i++)
		dump_large(took * i / MOMENTS);
	IS(system_info(INFO_FREE_PAGES), before,
	   "at each step of its dump: what was made of it goes");
}

/* With a file mapped whose name changes meanwhile. */
static int part_named(long segment, long b)
{
	(void)b;
	places = shmat((int)segment, NULL, 0);
	get((size_t)page, PROT_READ, MAP_SHARED, open(NAME, O_RDONLY));
	places->holed = get_pages(1);
	memset(places->holed, 'N', (size_t)page);
	die();
	return 0;
}

/* Rename it so many ns after the process was started, to a name that is longer or shorter. */
static int dump_renamed(int segment, long after, const char *to, int *nwhole)
{
	const struct timespec moment = { .tv_nsec = after };
	struct dump dump;
	pid_t pid;
	int status, good;

	close(open(NAME, O_RDWR | O_CREAT, 0600));
	truncate(NAME, 1);
	pid = part_start("named", segment, 0);
	set_priority(URGENT);
	nanosleep(&moment, NULL);
	rename(NAME, to);
	set_priority(USUAL);
	status = part_status(pid);
	good = WIFEXITED(status); /* it found no file of that name any more */
	if (dump_open(&dump, pid)) {
		good = segment_at(&dump, places->holed) == NULL ||
		       holds(&dump, places->holed, PF_R | PF_W, 'N');
		*nwhole += is_whole(&dump);
	}
	dump_remove(&dump, pid);
	unlink(to);
	unlink(NAME);
	return good;
}

static void test_renamed(void)
{
	int segment = shmget(IPC_PRIVATE, (size_t)page, 0600), right = 0, nwhole = 0;
	long took = dump_large(0);

	places = shmat(segment, NULL, 0);
	for (int i = 1; i <= MOMENTS; i++)
		right += dump_renamed(segment, took * i / MOMENTS, i % 2 ? LONG_NAME : SHORT_NAME,
				      &nwhole);
	IS(right, MOMENTS,
	   "a mapped file gets another name: what is dumped is where the headers say");
	OK(nwhole > 0 && nwhole < MOMENTS, "some are whole, and some are cut");
	shmdt(places);
	shmctl(segment, IPC_RMID, NULL);
}

static const struct part parts[] = { { "large", part_large },
				     { "named", part_named },
				     { "mixed", part_mixed },
				     { "hungry", part_hungry },
				     { "limited", part_limited },
				     { "signalled", part_signalled },
				     { 0 } };

static int set_destination(const char *name)
{
	int fd = open(KNOB, O_WRONLY), good;

	good = fd >= 0 && write(fd, name, strlen(name)) == (ssize_t)strlen(name);
	close(fd);
	return good;
}

static void test(void)
{
	const struct rlimit none = { 0, 0 };
	long before;

	OK(!set_destination("nowhere"), "there is no such destination");
	OK(set_destination("file\n"), "dumps go to /tmp");
	unlink(core_path(part_status(part_start("limited", 0, 0))));
	before = system_info(INFO_FREE_PAGES);
	test_mixed(1);
	test_mixed(2);
	test_limits();
	test_signals();
	test_short();
	test_killed();
	test_killed_early();
	test_renamed();
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
	OK(set_destination("none"), "dumps go nowhere");
	OK(!has_dumped(part_status(part_start("signalled", SIGABRT, 0))), "there is none");
	setrlimit(RLIMIT_CORE, &none);
	OK(setuid(100) == 0 && !set_destination("file"), "only root chooses");
}

int main(int argc, char **argv)
{
	page = sysconf(_SC_PAGESIZE);
	return tap_run(argc, argv, parts, test);
}
