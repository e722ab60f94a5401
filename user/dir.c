/* SPDX-License-Identifier: MIT */
/*
 * Directories: opendir() and its kin over getdents(), a few entries at a time.
 */
#include "syscall.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRIES 4

struct croft_dir {
	int fd;
	unsigned int next, count; /* of entry[] */
	struct dirent entry[ENTRIES];
};

/* The kernel writes the entries as programs see them. */
_Static_assert(sizeof(struct dirent) == sizeof(struct croft_dirent), "struct dirent");
_Static_assert(offsetof(struct dirent, d_name) == offsetof(struct croft_dirent, d_name), "d_name");

DIR *fdopendir(int fd)
{
	struct stat st;
	DIR *dir;

	if (fstat(fd, &st))
		return NULL;
	if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		return NULL;
	}
	dir = malloc(sizeof(*dir));
	if (!dir)
		return NULL;
	dir->fd = fd;
	dir->next = dir->count = 0;
	return dir;
}

DIR *opendir(const char *path)
{
	int error, fd = _open(path, O_RDONLY | O_CLOEXEC, 0);
	DIR *dir;

	if (fd < 0)
		return NULL;
	dir = fdopendir(fd);
	if (!dir) {
		error = errno;
		_close(fd);
		errno = error;
	}
	return dir;
}

struct dirent *readdir(DIR *dir)
{
	long got;

	if (dir->next == dir->count) {
		got = __call_getdents(dir->fd, (struct croft_dirent *)dir->entry,
				      sizeof(dir->entry));
		if (got <= 0)
			return NULL;
		dir->next = 0;
		dir->count = (unsigned int)got / sizeof(dir->entry[0]);
	}
	return &dir->entry[dir->next++];
}

void rewinddir(DIR *dir)
{
	lseek(dir->fd, 0, SEEK_SET);
	dir->next = dir->count = 0;
}

int dirfd(DIR *dir)
{
	return dir->fd;
}

int closedir(DIR *dir)
{
	int fd = dir->fd;

	free(dir);
	return _close(fd);
}

int alphasort(const struct dirent **a, const struct dirent **b)
{
	return strcoll((*a)->d_name, (*b)->d_name);
}

static void free_entries(struct dirent **entries, size_t count)
{
	while (count > 0)
		free(entries[--count]);
	free(entries);
}

/* Put a copy of @entry behind @count others.  0, or -1 and ENOMEM. */
static int append(struct dirent ***entries, size_t count, const struct dirent *entry)
{
	struct dirent *copy = malloc(sizeof(*copy));
	struct dirent **more = copy ? reallocarray(*entries, count + 1, sizeof(**entries)) : NULL;

	if (!more) {
		free(copy);
		return -1;
	}
	*copy = *entry;
	more[count] = copy;
	*entries = more;
	return 0;
}

int scandir(const char *path, struct dirent ***list, int (*want)(const struct dirent *entry),
	    int (*compare)(const struct dirent **a, const struct dirent **b))
{
	struct dirent **entries = malloc(sizeof(struct dirent *)), *entry = NULL;
	DIR *dir = entries ? opendir(path) : NULL;
	size_t count = 0;
	int error;

	errno = dir ? 0 : errno;
	while (dir && (entry = readdir(dir)) != NULL) {
		if (want && !want(entry))
			continue;
		if (append(&entries, count, entry))
			break;
		count++;
	}
	error = errno;
	if (dir)
		closedir(dir);
	if (!dir || error) {
		if (entries)
			free_entries(entries, count);
		errno = error;
		return -1;
	}
	if (compare)
		qsort(entries, count, sizeof(*entries),
		      (int (*)(const void *, const void *))compare);
	*list = entries;
	return (int)count;
}
