/* SPDX-License-Identifier: MIT */
/*
 * The kernel stores to memory that the process which asks for it may only read, while its entry is loaded.
 * On ARMv8-M that entry is read-only for the kernel, too.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tap.h"

#define PATH "/tmp/shown"

static size_t page;

/* A file of two pages, and a mapping of it that can only be read, loaded. */
static volatile const char *show(int *fd)
{
	volatile const char *shown;

	*fd = open(PATH, O_RDWR | O_CREAT, 0600);
	if (*fd < 0 || ftruncate(*fd, (off_t)(2 * page)))
		return MAP_FAILED;
	shown = mmap(NULL, 2 * page, PROT_READ, MAP_SHARED, *fd, 0);
	if (shown != MAP_FAILED)
		(void)*shown;
	return shown;
}

static void test_write(volatile const char *shown, int fd)
{
	char edge[8] = "abcdefg";

	IS(lseek(fd, (off_t)(page - 4), SEEK_SET), (long)(page - 4),
	   "the edge of its pages is found");
	(void)shown[0];
	IS(write(fd, edge, sizeof(edge)), sizeof(edge),
	   "a file that is mapped and loaded is written to");
	OK(memcmp((const char *)shown + page - 4, edge, sizeof(edge)) == 0,
	   "and the mapping shows it");
	OK(shown[0] == 0, "what was not written is 0");
}

static void test_locked(volatile const char *shown, int fd)
{
	long refills;

	IS(mlock((const char *)shown, 2 * page), 0, "the mapping is locked");
	for (char c = 1; c < 5; c++) {
		(void)shown[0];
		if (lseek(fd, 0, SEEK_SET) != 0 || write(fd, &c, 1) != 1 || shown[0] != c)
			OK(0, "what is written is shown");
	}
	(void)shown[page];
	refills = system_info(INFO_REFILLS);
	for (int i = 0; i < 100; i++)
		(void)shown[i];
	IS(system_info(INFO_REFILLS), refills, "locked and loaded again");
	munlock((const char *)shown, 2 * page);
}

static void test(void)
{
	volatile const char *shown;
	int fd;

	page = (size_t)sysconf(_SC_PAGESIZE);
	shown = show(&fd);
	if (!OK(shown != MAP_FAILED, "a file is mapped to be read"))
		return;
	test_write(shown, fd);
	test_locked(shown, fd);
	munmap((void *)shown, 2 * page);
	close(fd);
	unlink(PATH);
}

static const struct part parts[] = { { 0 } };

TAP_MAIN(parts, test)
