/* SPDX-License-Identifier: MIT */
/*
 * tarfs ARCHIVE PATH: serves the files of a tar archive, read-only, under PATH.
 *
 * The archive is mapped, so it is read where it lies, in flash or in RAM.  A file's number is that
 * of its header's block, counted from 1.  A directory has a header of its own, as tar makes them.
 *
 * Source: POSIX.1-2017 pax, ustar interchange format.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <croft/limits.h>
#include <fileserver.h>

#define BLOCK	 512u
#define TYPE_DIR '5'

struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100];
	char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "one block");

static const char *archive;
static unsigned int nblocks;

static void complain(const char *what, const char *name)
{
	write(STDERR_FILENO, "tarfs: ", 7);
	write(STDERR_FILENO, what, strlen(what));
	write(STDERR_FILENO, name, strlen(name));
	write(STDERR_FILENO, "\n", 1);
}

/* An octal number that fills its field, or ends with a space or 0. */
static unsigned long octal(const char *field, size_t len)
{
	unsigned long n = 0;
	size_t i = 0;

	while (i < len && field[i] == ' ')
		i++;
	for (; i < len && field[i] >= '0' && field[i] <= '7'; i++)
		n = n << 3 | (unsigned long)(field[i] - '0');
	return n;
}

static const struct header *header(unsigned int block)
{
	const struct header *at = (const void *)(archive + (size_t)block * BLOCK);

	return block < nblocks && at->name[0] && !memcmp(at->magic, "ustar", 5) ? at : NULL;
}

static size_t size_of(const struct header *at)
{
	return at->type == TYPE_DIR ? 0 : octal(at->size, sizeof(at->size));
}

/* The block of the next header; past the end where what is said of this one cannot be. */
static unsigned int behind(unsigned int block)
{
	size_t size = size_of(header(block));
	size_t left = (size_t)(nblocks - block - 1) * BLOCK;

	return size > left ? nblocks : block + 1 + (unsigned int)((size + BLOCK - 1) / BLOCK);
}

/* A header's path without "./" before and '/' behind.  Returns its length; 0: too long. */
static size_t path_of(const struct header *at, char to[CROFT_PATH_MAX])
{
	size_t prefix = strnlen(at->prefix, sizeof(at->prefix));
	size_t name = strnlen(at->name, sizeof(at->name)), len = 0;
	const char *from = at->name;

	if (prefix + 1 + name >= CROFT_PATH_MAX)
		return 0;
	if (prefix) {
		memcpy(to, at->prefix, prefix);
		to[prefix] = '/';
		len = prefix + 1;
	} else if (name >= 2 && from[0] == '.' && from[1] == '/') {
		from += 2;
		name -= 2;
	}
	memcpy(to + len, from, name);
	len += name;
	while (len > 0 && to[len - 1] == '/')
		len--;
	to[len] = '\0';
	return len;
}

static mode_t mode_of(const struct header *at)
{
	mode_t bits = octal(at->mode, sizeof(at->mode)) & 0555;

	return (at->type == TYPE_DIR ? S_IFDIR : S_IFREG) | bits;
}

static int tar_open(struct fileserver *server, const char *path, struct fileserver_node *node)
{
	char name[CROFT_PATH_MAX];

	(void)server;
	for (unsigned int block = 0; header(block); block = behind(block))
		if (path_of(header(block), name) && !strcmp(name, path)) {
			node->number = block + 1;
			node->mode = mode_of(header(block));
			node->size = size_of(header(block));
			return 0;
		}
	return -ENOENT;
}

static ssize_t tar_read(struct fileserver *server, unsigned int number, size_t off, size_t len)
{
	const struct header *at = number ? header(number - 1) : NULL;
	size_t size = at ? size_of(at) : 0;

	if (!at)
		return -EIO;
	if (size > (size_t)(nblocks - number) * BLOCK)
		return -EIO; /* the archive is cut short */
	if (off >= size)
		return 0;
	if (len > size - off)
		len = size - off;
	return fileserver_put(server, 0, archive + (size_t)number * BLOCK + off, len);
}

/* Places are blocks, counted from 1. */
static long tar_readdir(struct fileserver *server, unsigned int number, unsigned int place,
			struct dirent *entry)
{
	char dir[CROFT_PATH_MAX] = "", path[CROFT_PATH_MAX];
	size_t len = 0;

	(void)server;
	if (number) {
		if (!header(number - 1))
			return -EIO;
		len = path_of(header(number - 1), dir);
		dir[len++] = '/';
	}
	for (unsigned int block = place ? place - 1 : 0; header(block); block = behind(block)) {
		size_t n = path_of(header(block), path);

		if (n <= len || memcmp(path, dir, len) || strchr(path + len, '/') ||
		    n - len >= sizeof(entry->d_name))
			continue;
		entry->d_ino = block + 1;
		entry->d_type = mode_of(header(block)) >> 12;
		strcpy(entry->d_name, path + len);
		return (long)behind(block) + 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	static struct fileserver server = { .open = tar_open,
					    .read = tar_read,
					    .readdir = tar_readdir };
	struct stat st;
	int fd;

	if (argc != 3) {
		complain("usage: tarfs ARCHIVE PATH", "");
		return 2;
	}
	fd = open(argv[1], O_RDONLY);
	if (fd < 0 || fstat(fd, &st) || st.st_size < (off_t)BLOCK) {
		complain("no archive: ", argv[1]);
		return 1;
	}
	archive = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (archive == MAP_FAILED) {
		complain("cannot be mapped: ", argv[1]);
		return 1;
	}
	close(fd);
	nblocks = (unsigned int)st.st_size / BLOCK;
	if (!header(0)) {
		complain("no ustar archive: ", argv[1]);
		return 1;
	}
	if (fileserver_serve(&server, argv[2], S_IFDIR | 0555)) {
		complain(errno == EEXIST ? "is there already: " : "cannot be served: ", argv[2]);
		return 1;
	}
	fileserver_run(&server);
	return 1;
}
