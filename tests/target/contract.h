/* SPDX-License-Identifier: MIT */
/*
 * What contract_*.c and linux_*.c share: memory in pages, files with known contents, and a look at
 * all that a call may have changed.
 *
 * The number before a test's name is its row in docs/memory-model.md.  REFUSED() is the check of
 * a row that ends in an error: the exact errno, and nothing changed.  What could change is what
 * /proc tells of the caller and of memory.  Free pages and the kernel's pages of records count
 * together, since records move between them.  A text of /proc stays open (keep_proc), so that the
 * records of a look never take a page that the test has just freed.
 */
#ifndef CONTRACT_H
#define CONTRACT_H
#define _GNU_SOURCE /* mremap() */

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

#define P    ((size_t)sysconf(_SC_PAGESIZE))
#define R    PROT_READ
#define W    PROT_WRITE
#define X    PROT_EXEC
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/* In flash: at each multiple of 8 the offset, as seven digits and a newline. */
#define LONG_FILE  "/test/offsets"
#define LONG_SIZE  12288
#define ODD_FILE   "/test/offsets.odd"
#define ODD_SIZE   9992 /* ends within a page of any size */
#define RAM_FILE   "/tmp/contract"
#define NOBODY	   65534
#define KERNEL_RAM ((char *)0x20000000)
#define DIED	   (-1000)

TAP_UNUSED static char peek(const void *at)
{
	const volatile char *volatile p = at;

	return *p;
}

TAP_UNUSED static void poke(void *at, char c)
{
	volatile char *volatile p = at;

	*p = c;
}

TAP_UNUSED static char *map(int fd, size_t first, size_t pages, int prot, int flags)
{
	return mmap(NULL, pages * P, prot, flags, fd, (off_t)(first * P));
}

TAP_UNUSED static char *map_at(void *at, size_t pages, int flags)
{
	return mmap(at, pages * P, R | W, ANON | flags, -1, 0);
}

TAP_UNUSED static char *anon(size_t pages)
{
	return mmap(NULL, pages * P, R | W, ANON, -1, 0);
}

TAP_UNUSED static int unmap(void *at, size_t pages)
{
	return munmap(at, pages * P);
}

TAP_UNUSED static int protect(void *at, size_t pages, int prot)
{
	return mprotect(at, pages * P, prot);
}

TAP_UNUSED static int all(const char *p, size_t len, char c)
{
	while (len && peek(p) == c)
		p++, len--;
	return len == 0;
}

/* Does @p hold what a file in flash holds from @off on, a multiple of 8? */
TAP_UNUSED static int is_file(const char *p, size_t off, size_t len)
{
	for (; len >= 8; p += 8, off += 8, len -= 8)
		if (strtoul(p, NULL, 10) != off || peek(p + 7) != '\n')
			return 0;
	return 1;
}

/* A RAM file of so many zero pages, which goes with its last descriptor and mapping. */
TAP_UNUSED static int ram_file(size_t pages)
{
	int fd = open(RAM_FILE, O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd >= 0 && ftruncate(fd, (off_t)(pages * P)) == 0)
		return fd;
	close(fd);
	return -1;
}

TAP_UNUSED static int put(int fd, size_t at, const char *text)
{
	ssize_t len = (ssize_t)strlen(text);

	return lseek(fd, (off_t)at, SEEK_SET) == (off_t)at && write(fd, text, (size_t)len) == len;
}

TAP_UNUSED static int gets_from(int fd, size_t at, const char *text)
{
	char got[16];
	size_t len = strlen(text);

	return lseek(fd, (off_t)at, SEEK_SET) == (off_t)at && read(fd, got, len) == (ssize_t)len &&
	       memcmp(got, text, len) == 0;
}

/* A text of /proc, line by line.  All readers share one line. */
struct text {
	int fd;
	size_t at, len;
};
static char text_line[112];

TAP_UNUSED static struct text text_open(const char *path)
{
	return (struct text){ .fd = open(path, O_RDONLY) };
}

/* The next line without its end, or NULL, and the text is closed. */
TAP_UNUSED static const char *text_next(struct text *text)
{
	static char buf[96];
	size_t n = 0;

	for (;;) {
		if (text->at == text->len) {
			ssize_t got = read(text->fd, buf, sizeof(buf));

			text->at = 0;
			text->len = got > 0 ? (size_t)got : 0;
			if (got <= 0)
				break;
		}
		if (buf[text->at] == '\n') {
			text->at++;
			text_line[n] = '\0';
			return text_line;
		}
		if (n + 1 < sizeof(text_line))
			text_line[n++] = buf[text->at];
		text->at++;
	}
	close(text->fd);
	return NULL;
}

/* A figure of /proc/meminfo in kB, or -1. */
TAP_UNUSED static long meminfo(const char *name)
{
	struct text text = text_open("/proc/meminfo");
	size_t len = strlen(name);
	long value = -1;
	const char *line;

	while ((line = text_next(&text)) != NULL)
		if (strncmp(line, name, len) == 0 && line[len] == ':')
			value = strtol(line + len + 1, NULL, 10);
	return value;
}

TAP_UNUSED static long kb(size_t pages)
{
	return (long)(pages * P / 1024);
}

/* What may change, as one look. */
struct state {
	long free, copy, shmem, waste; /* kB; free: with the pages of records */
	unsigned long maps;	       /* a sum over the lines of /proc/self/maps */
};

TAP_UNUSED static unsigned long sum_of(const char *path)
{
	struct text text = text_open(path);
	unsigned long sum = 5381;
	const char *line;

	while ((line = text_next(&text)) != NULL)
		while (*line)
			sum = sum * 33 + (unsigned char)*line++;
	return sum;
}

TAP_UNUSED static struct state look(void)
{
	struct state state = { 0 };
	struct text text = text_open("/proc/meminfo");
	const char *line;

	while ((line = text_next(&text)) != NULL) {
		const char *colon = strchr(line, ':');
		long value = colon ? strtol(colon + 1, NULL, 10) : 0;

		if (strncmp(line, "MemFree", 7) == 0 || strncmp(line, "Slab", 4) == 0)
			state.free += value;
		else if (strncmp(line, "MmapCopy", 8) == 0)
			state.copy = value;
		else if (strncmp(line, "Shmem", 5) == 0)
			state.shmem = value;
		else if (strncmp(line, "MpuWaste", 8) == 0)
			state.waste = value;
	}
	state.maps = sum_of("/proc/self/maps");
	return state;
}

/* Is all as it was?  Says what is not. */
TAP_UNUSED static int is_as(const struct state *was)
{
	struct state now = look();

	if (now.free != was->free)
		note("kB less free:", was->free - now.free);
	if (now.copy != was->copy)
		note("kB more MmapCopy:", now.copy - was->copy);
	if (now.shmem != was->shmem)
		note("kB more Shmem:", now.shmem - was->shmem);
	if (now.waste != was->waste)
		note("kB more MpuWaste:", now.waste - was->waste);
	if (now.maps != was->maps)
		SAY("# /proc/self/maps differs");
	return now.free == was->free && now.copy == was->copy && now.shmem == was->shmem &&
	       now.waste == was->waste && now.maps == was->maps;
}

/* The call fails with this error and changes nothing. */
#define REFUSED(call, error, name)                                                                 \
	do {                                                                                       \
		struct state was_ = look();                                                        \
		long got_ = (errno = 0, (long)(call));                                             \
		int errno_ = errno, as_ = is_as(&was_);                                            \
		if (!tap_ok(got_ == -1 && errno_ == (error) && as_, (name), __LINE__)) {           \
			note("result", got_);                                                      \
			note("errno", errno_);                                                     \
		}                                                                                  \
	} while (0)

#define DIES(part, a, b, name)                                                                     \
	OK(part_died(part_start((part), (long)(a), (long)(b)), SIGSEGV), name)
#define RUNS(part, a, b, name) OK(part_ended(part_start((part), (long)(a), (long)(b)), 0), name)

/* A line of maps. */
struct line {
	uintptr_t start, end;
	const char *rights; /* four letters */
	unsigned long offset;
	const char *path; /* may be "" */
	long usage;	  /* -1 in a list of VMAs */
};

TAP_UNUSED static struct line parse(const char *text)
{
	struct line line = { .path = "", .usage = -1 };
	const char *usage = strstr(text, "usage ");
	char *p;

	line.start = strtoul(text, &p, 16);
	line.end = strtoul(p + 1, &p, 16);
	line.rights = p + 1;
	line.offset = strtoul(p + 6, NULL, 16);
	if (strlen(text) > 49)
		line.path = text + 49;
	if (usage)
		line.usage = strtol(usage + 6, NULL, 10);
	return line;
}

/* How many lines of a list have exactly this range, and rights that begin so ("": any)? */
TAP_UNUSED static int lines(const char *path, const void *start, size_t pages, const char *rights)
{
	struct text text = text_open(path);
	const char *next;
	int n = 0;

	while ((next = text_next(&text)) != NULL) {
		struct line line = parse(next);

		n += line.start == (uintptr_t)start && line.end == (uintptr_t)start + pages * P &&
		     strncmp(line.rights, rights, strlen(rights)) == 0;
	}
	return n;
}

#define OWN "/proc/self/maps"

/* How many lines of a list hold an address? */
TAP_UNUSED static int holds(const char *path, const void *at)
{
	struct text text = text_open(path);
	const char *next;
	int n = 0;

	while ((next = text_next(&text)) != NULL) {
		struct line line = parse(next);

		n += line.start <= (uintptr_t)at && (uintptr_t)at < line.end;
	}
	return n;
}

/* The usage of the region that holds an address; -1: there is none. */
TAP_UNUSED static long usage_of(const void *at)
{
	struct text text = text_open("/proc/maps");
	const char *next;
	long usage = -1;

	while ((next = text_next(&text)) != NULL) {
		struct line line = parse(next);

		if (line.start <= (uintptr_t)at && (uintptr_t)at < line.end)
			usage = line.usage;
	}
	return usage;
}

/* How often a page is held, by /proc/pageinfo; -1: it is no page of RAM. */
TAP_UNUSED static long count_of(const void *at)
{
	struct text text = text_open("/proc/pageinfo");
	const char *next;
	long count = -1;
	char *p;

	while ((next = text_next(&text)) != NULL) {
		uintptr_t start = strtoul(next, &p, 16), end = strtoul(p + 1, &p, 16);

		if (start <= (uintptr_t)at && (uintptr_t)at < end)
			count = strtol(strstr(next, "count ") + 6, NULL, 10);
	}
	return count;
}

/* Keep a text of /proc open from here on. */
TAP_UNUSED static void keep_proc(void)
{
	open("/proc/self/maps", O_RDONLY);
}

TAP_UNUSED static const char *maps_of(pid_t pid)
{
	static char path[24];

	strcpy(path, "/proc/");
	strcat(path, decimal(pid));
	return strcat(path, "/maps");
}

/* A part that says it is ready at descriptor TELL and waits to be killed. */
#define TELL 12

TAP_UNUSED static int wait_for_end(void)
{
	if (write(TELL, "r", 1) == 1)
		pause();
	return 1;
}

/* Start such a part; its process, or -1. */
TAP_UNUSED static pid_t start_waiting(const char *part, long a, long b)
{
	pid_t pid = -1;
	int ends[2];
	char c;

	if (pipe(ends) == 0 && dup2(ends[1], TELL) == TELL) {
		pid = part_start(part, a, b);
		close(ends[1]), close(TELL);
		if (pid > 0 && read(ends[0], &c, 1) != 1) {
			waitpid(pid, NULL, 0);
			pid = -1;
		}
		close(ends[0]);
	}
	return pid;
}

TAP_UNUSED static int end_waiting(pid_t pid)
{
	return pid > 0 && kill(pid, SIGKILL) == 0 && part_died(pid, SIGKILL);
}

#endif
