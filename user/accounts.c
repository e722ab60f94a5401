/* SPDX-License-Identifier: MIT */
/* See accounts.h.  A line is looked for by pread(), so that no descriptor stays open between two. */
#include "accounts.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The next line without its end: its length; 0: none is left; -errno. */
static long read_line(struct accounts *from, int fd, char *buf, size_t size)
{
	long n = __sys_pread(fd, buf, size, from->at);
	char *end;

	if (n <= 0)
		return n;
	end = memchr(buf, '\n', (size_t)n);
	if (!end && (size_t)n == size)
		return -ERANGE;
	if (!end)
		end = buf + n; /* the last one need not have an end */
	*end = 0;
	from->at += (off_t)(end - buf) + 1;
	return (long)(end - buf) + 1;
}

static bool cut(char *line, char **field, unsigned int nfields)
{
	for (unsigned int i = 0; i < nfields; i++) {
		if (!line)
			return false;
		field[i] = line;
		line = strchr(line, ':');
		if (line)
			*line++ = 0;
	}
	return true;
}

int __croft_account(struct accounts *from, const char *name, long id, char *buf, size_t size,
		    char **field, unsigned int nfields)
{
	long n = __sys_open(from->path, O_RDONLY | O_CLOEXEC, 0);
	int fd = (int)n;

	while (n >= 0 && (n = read_line(from, fd, buf, size)) > 0)
		if (cut(buf, field, nfields) &&
		    (name	? strcmp(field[NAME_FIELD], name) == 0
		     : id != -1 ? strtol(field[ID_FIELD], NULL, 10) == id
				: true))
			break;
	if (fd >= 0)
		__sys_close(fd);
	return n > 0 ? 1 : (int)n;
}
