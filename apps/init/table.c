/* SPDX-License-Identifier: MIT */
/*
 * /etc/inittab: a service in each line,
 *
 *	NAME:respawn:PROGRAM ARGUMENT...	started again when it ends
 *	NAME:once:PROGRAM ARGUMENT...		not
 *
 * Words are parted by single blanks, and not quoted; a line that begins with `#` says nothing.
 *
 * The file is mapped privately, and the words are used where they stand: an image without it pays
 * nothing.
 */
#include "init.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define TABLE	  "/etc/inittab"
#define TABLE_MAX 4

static struct service services[TABLE_MAX];

/* Cut @text at the first @end; what is behind it, or NULL. */
static char *cut(char *text, char end)
{
	char *at = text ? strchr(text, end) : NULL;

	if (at)
		*at++ = '\0';
	return at;
}

/* False: it is no line of a table. */
static bool read_line(char *line, struct service *service)
{
	char *action = cut(line, ':'), *words = cut(action, ':');
	unsigned int n = 0;

	if (!words)
		return false;
	service->name = line;
	service->respawns = !strcmp(action, "respawn");
	if (!service->respawns && strcmp(action, "once") != 0)
		return false;
	for (char *next; words && n < WORDS_MAX; words = next) {
		next = cut(words, ' ');
		service->words[n++] = words;
	}
	return !words && *service->words[0];
}

static void read_lines(char *line)
{
	unsigned int n = 0;

	for (char *next; line; line = next) {
		next = cut(line, '\n');
		if (*line == '\0' || *line == '#')
			continue;
		if (n == TABLE_MAX || !read_line(line, &services[n]))
			SAY(TABLE ": not understood, or too much: ", line);
		else
			service_add(&services[n++]);
	}
}

/* The end of the last line becomes that of the text. */
void table_read(void)
{
	int fd = open(TABLE, O_RDONLY);
	struct stat st;
	char *text;

	if (fd < 0)
		return;
	if (!fstat(fd, &st) && st.st_size > 0) {
		text = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
		if (text != MAP_FAILED) {
			text[st.st_size - 1] = '\0';
			read_lines(text);
		}
	}
	close(fd);
}
