/* SPDX-License-Identifier: MIT */
/*
 * Forty mappings, eight protection entries: touched in turn, each touch takes a refill, and each
 * mapping still holds what was put there.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <croft/limits.h>

#include "tap.h"

#define MAPPINGS 40
#define ENTRIES	 8
#define ROUNDS	 10
#define SPARE	 6 /* pages of RAM that are left alone */

static volatile unsigned char *at[MAPPINGS];
static unsigned char holds[MAPPINGS]; /* the first byte of each */
static int count;
static size_t page;

/* Pages of one's own, as long as there is RAM; each says which it is. */
static int map_memory(void)
{
	while (count < MAPPINGS && system_info(INFO_FREE_PAGES) > SPARE) {
		void *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			       0);

		if (p == MAP_FAILED)
			break;
		holds[count] = (unsigned char)(count + 1);
		*(unsigned char *)p = holds[count];
		at[count++] = p;
	}
	return count;
}

/* Pages of a file in flash: no RAM but for the records. */
static void map_file(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat st = { 0 };

	fstat(fd, &st);
	for (off_t off = 0; count < MAPPINGS && off + (off_t)page <= st.st_size;
	     off += (off_t)page) {
		void *p = mmap(NULL, page, PROT_READ, MAP_PRIVATE, fd, off);

		if (p == MAP_FAILED)
			break;
		lseek(fd, off, SEEK_SET);
		if (read(fd, &holds[count], 1) != 1)
			break;
		at[count++] = p;
	}
	close(fd);
}

static void test(void)
{
	int wrong = 0, in_memory;
	long refills;

	page = (size_t)sysconf(_SC_PAGESIZE);
	in_memory = map_memory();
	map_file("/bin/mpu_forty");
	map_file("/bin/sh");
	map_file("/bin/init");
	IS(count, MAPPINGS, "forty mappings");
	note("of them in RAM", in_memory);

	refills = system_info(INFO_REFILLS);
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < count; i++)
			wrong += *at[i] != holds[i];
	refills = system_info(INFO_REFILLS) - refills;
	IS(wrong, 0, "#24 touched in turn, each holds what was put there");
	note("touches", ROUNDS * count);
	note("refills", refills);
	OK(refills >= ROUNDS * (count - ENTRIES), "#24 nearly every touch takes a refill");

	for (int i = 0; i < in_memory && i < count - 1; i++)
		wrong += munmap((void *)at[i], page) != 0;
	IS(wrong, 0, "all but the last are given back one by one");
	refills = system_info(INFO_REFILLS);
	for (int round = 0; round < ROUNDS; round++)
		wrong += *at[count - 1] != holds[count - 1];
	OK(system_info(INFO_REFILLS) - refills <= 2, "one mapping touched again takes no refill");
}

TAP_MAIN(NO_PARTS, test)
