/* SPDX-License-Identifier: MIT */
/*
 * Bad pointers into every system call: EFAULT, and nothing has happened.
 *
 * Bad is what this program may not read, or not write where the call writes: the kernel's RAM,
 * the registers of the processor, memory that was given back, another's, and for writing also
 * its own text and a mapping that can only be read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include <croft/dirent.h>
#include <croft/limits.h>

#include "raw.h"
#include "tap.h"

#define RW   (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

#define FILE_NAME "/bin/init"
#define LEN	  16

static size_t page;
static int file;

/* One pointer that a call takes: @at is the bad one, all else is good. */
static long call_open(long at)
{
	return raw3(SYS_open, at, O_RDONLY, 0);
}

static long call_read(long at)
{
	return raw3(SYS_read, file, at, LEN);
}

static long call_write(long at)
{
	return raw3(SYS_write, STDOUT_FILENO, at, LEN);
}

static long call_fstat(long at)
{
	return raw3(SYS_fstat, file, at, 0);
}

static long call_stat_path(long at)
{
	struct stat st;

	return raw3(SYS_stat, at, (long)&st, 0);
}

static long call_stat(long at)
{
	return raw3(SYS_stat, (long)FILE_NAME, at, 0);
}

static long call_unlink(long at)
{
	return raw3(SYS_unlink, at, 0, 0);
}

static long call_pipe(long at)
{
	return raw3(SYS_pipe, at, 0, 0);
}

static long call_getdents(long at)
{
	int fd = open("/", O_RDONLY);
	long result = raw3(SYS_getdents, fd, at, sizeof(struct croft_dirent));

	close(fd);
	return result;
}

static long call_sleep_until(long at)
{
	return raw3(SYS_sleep_until, 4, at, 0);
}

static long call_clock_gettime(long at)
{
	return raw3(SYS_clock_gettime, CROFT_CLOCK_MONOTONIC, at, 0);
}

static long call_spawn(long at)
{
	return raw3(SYS_spawn, at, 0, 0);
}

static long call_spawn_path(long at)
{
	struct spawn_args args = { .path = (const char *)at };

	return raw3(SYS_spawn, (long)&args, 0, 0);
}

static long call_spawn_argv(long at)
{
	struct spawn_args args = { .path = FILE_NAME, .argv = (char *const *)at };

	return raw3(SYS_spawn, (long)&args, 0, 0);
}

static long call_spawn_argument(long at)
{
	char *const argv[] = { (char *)at, NULL };
	struct spawn_args args = { .path = FILE_NAME, .argv = argv };

	return raw3(SYS_spawn, (long)&args, 0, 0);
}

static long call_spawn_envp(long at)
{
	struct spawn_args args = { .path = FILE_NAME, .envp = (char *const *)at };

	return raw3(SYS_spawn, (long)&args, 0, 0);
}

static long call_spawn_actions(long at)
{
	struct spawn_args args = { .path = FILE_NAME,
				   .actions = (const struct spawn_action *)at,
				   .nactions = 1 };

	return raw3(SYS_spawn, (long)&args, 0, 0);
}

static long call_spawn_action_path(long at)
{
	struct spawn_action action = { .op = SPAWN_OPEN, .fd = 3, .path = (const char *)at };
	struct spawn_args args = { .path = FILE_NAME, .actions = &action, .nactions = 1 };

	return raw3(SYS_spawn, (long)&args, 0, 0);
}

/* The child that has ended must still be there to be waited for. */
static long call_waitpid(long at)
{
	pid_t child = part_start("nothing", 0, 0);
	long result;

	usleep(100000);
	result = raw3(SYS_waitpid, child, at, 0);
	return part_ended(child, 0) ? result : 0;
}

enum { READS, WRITES };

static const struct {
	const char *name;
	long (*call)(long at);
	int access; /* of the kernel */
	int takes_null;
} calls[] = {
	{ "open", call_open, READS, 0 },
	{ "read", call_read, WRITES, 0 },
	{ "write", call_write, READS, 0 },
	{ "fstat", call_fstat, WRITES, 0 },
	{ "stat: path", call_stat_path, READS, 0 },
	{ "stat: buffer", call_stat, WRITES, 0 },
	{ "unlink", call_unlink, READS, 0 },
	{ "pipe", call_pipe, WRITES, 0 },
	{ "getdents", call_getdents, WRITES, 0 },
	{ "sleep_until", call_sleep_until, READS, 0 },
	{ "clock_gettime", call_clock_gettime, WRITES, 0 },
	{ "spawn: record", call_spawn, READS, 0 },
	{ "spawn: path", call_spawn_path, READS, 0 },
	{ "spawn: argv", call_spawn_argv, READS, 1 },
	{ "spawn: argument", call_spawn_argument, READS, 1 },
	{ "spawn: envp", call_spawn_envp, READS, 1 },
	{ "spawn: actions", call_spawn_actions, READS, 0 },
	{ "spawn: path of an action", call_spawn_action_path, READS, 0 },
	{ "waitpid", call_waitpid, WRITES, 1 },
};

#define CALLS (sizeof(calls) / sizeof(calls[0]))

static void try_all(uintptr_t at, int access, const char *name)
{
	int good = 1;

	for (size_t i = 0; i < CALLS; i++) {
		long result;

		if ((access == WRITES && calls[i].access == READS) ||
		    (at == 0 && calls[i].takes_null))
			continue;
		result = calls[i].call((long)at);
		if (result == -EFAULT)
			continue;
		good = 0;
		SAY("# ", calls[i].name, " gives ", decimal(result));
	}
	OK(good, name);
}

static void test_places(char *own)
{
	char *gone = mmap(NULL, page, RW, ANON, -1, 0);
	char *read_only = mmap(NULL, page, PROT_READ, ANON, -1, 0);
	char *nothing = mmap(NULL, page, PROT_NONE, ANON, -1, 0);

	munmap(gone, page);
	try_all(0, READS, "NULL");
	try_all(4, READS, "the vectors");
	try_all(0x20000100, READS, "kernel RAM");
	try_all(0xE000ED00, READS, "system control registers");
	try_all(0x4000C000, READS, "device registers");
	try_all(0xfffffff0, READS, "the end of the address space");
	try_all((uintptr_t)gone, READS, "memory that was given back");
	try_all((uintptr_t)nothing, READS, "memory that grants nothing");
	try_all(((uintptr_t)test_places | 3) + 1, WRITES, "its own text, to be written");
	try_all((uintptr_t)read_only, WRITES, "a read-only mapping, to be written");
	try_all((uintptr_t)own + page - 3, WRITES, "the last bytes before a hole");
	IS(raw3(SYS_mincore, (long)own, (long)page, 0x20000100), -EFAULT, "mincore");
	IS(raw3(SYS_mincore, (long)own, (long)page, (long)read_only), -EFAULT,
	   "mincore, read-only");
	munmap(read_only, page);
	munmap(nothing, page);
}

/* @own is a page with nothing behind it. */
static void test_edges(char *own)
{
	char *end = own + page;
	off_t before = lseek(file, 0, SEEK_CUR);
	int fd;

	memset(own, 'x', page);
	IS(raw3(SYS_read, file, (long)(end - 8), LEN), -EFAULT, "#13 a buffer that ends in a hole");
	IS(lseek(file, 0, SEEK_CUR), before, "the offset has not moved");
	OK(memcmp(end - 8, "xxxxxxxx", 8) == 0, "nothing was written");
	IS(raw3(SYS_read, file, (long)own, -1), -EFAULT, "#12 a length that wraps");
	IS(raw3(SYS_write, STDOUT_FILENO, (long)own, 0x7fffffff), -EFAULT,
	   "#12 a length beyond all");
	IS(raw3(SYS_read, file, (long)own, 0), 0, "#12 a length of 0");

	memset(own, 'y', page);
	IS(raw3(SYS_open, (long)(end - 4), 0, 0), -EFAULT, "#14 a path without an end");
	memcpy(end - sizeof(FILE_NAME), FILE_NAME, sizeof(FILE_NAME));
	fd = (int)raw3(SYS_open, (long)(end - sizeof(FILE_NAME)), 0, 0);
	OK(fd >= 0, "#14 a path that ends with its mapping");
	close(fd);

	if (mmap(end, page, RW, ANON | MAP_FIXED, -1, 0) != end)
		return;
	lseek(file, 0, SEEK_SET);
	IS(raw3(SYS_read, file, (long)(end - 8), LEN), LEN, "#13 a buffer over two mappings");
	OK(memcmp(end - 8,
		  "\x7f"
		  "ELF",
		  4) == 0,
	   "it holds what was read");
	mprotect(end, page, PROT_READ);
	IS(raw3(SYS_read, file, (long)(end - 8), LEN), -EFAULT, "#13 the second can only be read");
	fd = open("/dev/null", O_WRONLY);
	IS(raw3(SYS_write, fd, (long)(end - 8), LEN), LEN, "which is enough to write from it");
	close(fd);
	munmap(end, page);
}

static int nothing(long a, long b)
{
	(void)a, (void)b;
	return 0;
}

static const struct part parts[] = { { "nothing", nothing }, { 0 } };

static void test(void)
{
	char *own;
	long before = system_info(INFO_FREE_PAGES);

	page = (size_t)sysconf(_SC_PAGESIZE);
	file = open(FILE_NAME, O_RDONLY);
	own = mmap(NULL, 2 * page, RW, ANON, -1, 0);
	if (!OK(own != MAP_FAILED && munmap(own + page, page) == 0, "a page before a hole"))
		return;
	test_places(own);
	test_edges(own);
	munmap(own, page);
	close(file);
	OK(system_info(INFO_FREE_PAGES) >= before - 1, "no page is lost");
}

TAP_MAIN(parts, test)
