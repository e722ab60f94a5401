/* SPDX-License-Identifier: MIT */
/*
 * mapdemo: memory mappings without an MMU.  Addresses are physical, so two processes that see a
 * file at one address share one region of memory; here it is the flash that holds the file.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILE_NAME "/bin/mapdemo" /* a file that is surely there */
#define RW	  (PROT_READ | PROT_WRITE)
#define ANON	  (MAP_PRIVATE | MAP_ANONYMOUS)

extern char **environ;

static const char *who = "parent";
static int failures;

static void check(int good, const char *what)
{
	printf("%s: %s: %s\n", who, what, good ? "yes" : "NO");
	failures += !good;
}

/* Map the file and compare it with what read() tells. */
static char *map_file(void)
{
	int fd = open(FILE_NAME, O_RDONLY), same;
	char *p = MAP_FAILED, piece[64];
	struct stat st;
	ssize_t got;

	if (fd >= 0 && fstat(fd, &st) == 0)
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	same = p != MAP_FAILED;
	for (char *at = p; same && (got = read(fd, piece, sizeof(piece))) != 0; at += got)
		same = got > 0 && memcmp(at, piece, (size_t)got) == 0;
	close(fd);
	printf("%s: " FILE_NAME " is at %p\n", who, (void *)p);
	check(same, "the mapping holds what read() tells");
	return p;
}

static void punch_hole(size_t page)
{
	char *p = mmap(NULL, 3 * page, RW, ANON, -1, 0), *middle = p + page;

	check(p != MAP_FAILED && p[0] == 0 && p[3 * page - 1] == 0, "three pages, zeroed");
	if (p == MAP_FAILED)
		return;
	memset(p, 'p', 3 * page);
	check(munmap(middle, page) == 0, "the middle one is given back");
	check(p[page - 1] == 'p' && p[2 * page] == 'p', "its neighbours are as they were");
	check(mmap(middle, page, RW, ANON | MAP_FIXED, -1, 0) == middle && middle[0] == 0,
	      "mapped again, it is zero");
	check(munmap(p, 3 * page) == 0, "all are given back");
}

int main(int argc, char **argv)
{
	char *file, *args[] = { argv[0], NULL, NULL }, address[16];
	int status = -1;
	pid_t child;

	if (argc > 1) {
		who = " child";
		check(map_file() == (char *)strtoul(argv[1], NULL, 16), "the same address");
		return failures > 0;
	}
	file = map_file();
	snprintf(address, sizeof(address), "%lx", (unsigned long)file);
	args[1] = address;
	if (posix_spawnp(&child, argv[0], NULL, NULL, args, environ) == 0)
		waitpid(child, &status, 0);
	check(status == 0, "another process shares the region");
	punch_hole((size_t)sysconf(_SC_PAGESIZE));
	return failures > 0;
}
