/* SPDX-License-Identifier: MIT */
/*
 * What is locked takes no refill, also after a call that drops its entry: one in steps, of shared memory,
 * or of another process.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "tap.h"

#define PATH "/tmp/locked"
#define MANY 6

static size_t page;

/* How many refills it takes to touch a page, where the rest of this program is loaded. */
static long refills_of(volatile const char *at)
{
	long before;

	(void)system_info(INFO_REFILLS);
	before = system_info(INFO_REFILLS);
	(void)*at;
	return system_info(INFO_REFILLS) - before;
}

static void test_protect(void)
{
	char *p =
		mmap(NULL, MANY * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (!OK(p != MAP_FAILED, "there is memory"))
		return;
	for (size_t i = 1; i < MANY; i += 2)
		mprotect(p + i * page, page, PROT_READ);
	IS(mlock(p + 2 * page, page), 0, "one mapping of many is locked");
	IS(refills_of(p + 2 * page), 0, "it takes no refill");
	IS(mprotect(p, MANY * page, PROT_READ), 0, "mprotect of all of them");
	IS(refills_of(p + 2 * page), 0, "it takes none then");
	IS(mprotect(p, MANY * page, PROT_READ | PROT_WRITE), 0, "and again");
	IS(refills_of(p + 2 * page), 0, "nor then");
	IS(munmap(p, 2 * page), 0, "the start of it is unmapped");
	IS(refills_of(p + 2 * page), 0, "nor then");
	munmap(p, MANY * page);
}

/* A second attachment that grants more drops the entry of the first; so does its end. */
static void test_attach(void)
{
	int id = shmget(IPC_PRIVATE, page, 0600);
	char *first = shmat(id, NULL, SHM_RDONLY);

	OK(id >= 0 && mlock(first, page) == 0, "an attachment is locked");
	IS(refills_of(first), 0, "it takes no refill");
	OK(shmat(id, NULL, 0) == first, "attached again, to be written");
	IS(refills_of(first), 0, "it takes none then");
	IS(shmdt(first), 0, "the second is detached");
	IS(refills_of(first), 0, "nor then");
	shmdt(first);
	shmctl(id, IPC_RMID, NULL);
}

/* The file ends before the last page of the mapping, by the hand of another. */
static int part_truncate(long a, long b)
{
	int fd = open(PATH, O_RDWR);

	(void)b;
	return fd < 0 || ftruncate(fd, a) ? errno : 0;
}

static void test_truncate(void)
{
	int fd = open(PATH, O_RDWR | O_CREAT, 0600);
	char *p;

	if (!OK(fd >= 0 && !ftruncate(fd, (off_t)(3 * page)), "there is a file"))
		return;
	p = mmap(NULL, 3 * page, PROT_READ, MAP_PRIVATE, fd, 0);
	OK(p != MAP_FAILED && mlock(p, 3 * page) == 0, "a mapping of it is locked");
	OK(part_ended(part_start("truncate", (long)page, 0), 0), "another process cuts the file");
	IS(refills_of(p), 0, "what is left takes no refill");
	munmap(p, 3 * page);
	close(fd);
	unlink(PATH);
}

static void test(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	test_protect();
	test_attach();
	test_truncate();
}

static const struct part parts[] = { { "truncate", part_truncate }, { 0 } };

TAP_MAIN(parts, test)
