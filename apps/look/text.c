/* SPDX-License-Identifier: MIT */
/* Printing, and reading texts line by line.  See look.h. */
#include "look.h"

#include <croft.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char pending[256];
static size_t npending;

void out_flush(void)
{
	for (size_t done = 0; done < npending;) {
		ssize_t put = write(STDOUT_FILENO, pending + done, npending - done);

		if (put < 0)
			exit(1);
		done += (size_t)put;
	}
	npending = 0;
}

void out(const char *format, ...)
{
	va_list args;
	int len;

	if (npending + LINE_LEN > sizeof(pending))
		out_flush();
	va_start(args, format);
	len = vsniprintf(pending + npending, LINE_LEN, format, args);
	va_end(args);
	npending += len < LINE_LEN ? (size_t)len : LINE_LEN - 1;
}

bool out_is_terminal(void)
{
	struct stat st;

	return fstat(STDOUT_FILENO, &st) == 0 && S_ISCHR(st.st_mode);
}

int complain(const char *what, const char *why)
{
	char line[LINE_LEN];
	int len = sniprintf(line, sizeof(line), "%s: %s: %s\n", command, what, why);

	out_flush();
	write(STDERR_FILENO, line, len < LINE_LEN ? (size_t)len : LINE_LEN - 1);
	return 1;
}

int complain_errno(const char *what)
{
	return complain(what, error_text(errno));
}

int option_next(char **argv, int *at, const char *letters, const char **value)
{
	const char *word = argv[*at];

	if (!word || word[0] != '-')
		return 0;
	if (!word[1] || !strchr(letters, word[1]))
		return '?';
	*value = word[2] ? word + 2 : argv[++*at];
	if (!*value)
		return '?';
	++*at;
	return word[1];
}

static struct {
	int fd;
	size_t len, at; /* bytes in, and taken from, @buf */
	char buf[256];
	char line[LINE_LEN];
} text;

bool text_open(const char *path)
{
	text.len = text.at = 0;
	text.fd = open(path, O_RDONLY);
	return text.fd >= 0;
}

void text_close(void)
{
	close(text.fd);
	text.fd = -1;
}

/* The next byte; -1: there is none. */
static int next_byte(void)
{
	ssize_t got;

	if (text.at == text.len) {
		got = read(text.fd, text.buf, sizeof(text.buf));
		if (got <= 0)
			return -1;
		text.len = (size_t)got;
		text.at = 0;
	}
	return (unsigned char)text.buf[text.at++];
}

char *text_next(void)
{
	size_t len = 0;
	int c;

	while ((c = next_byte()) != '\n') {
		if (c < 0) {
			text_close();
			return NULL;
		}
		if (len + 1 < LINE_LEN)
			text.line[len++] = (char)c;
	}
	text.line[len] = '\0';
	return text.line;
}

static int show(void)
{
	const char *line;

	while ((line = text_next()))
		out("%s\n", line);
	return 0;
}

int text_show(const char *path)
{
	return text_open(path) ? show() : complain_errno(path);
}

int text_show_of(const char *pid, const char *name)
{
	char path[PATH_LEN];

	sniprintf(path, PATH_LEN, "/proc/%.10s/%s", pid, name);
	if (text_open(path))
		return show();
	return complain(pid, errno == ENOENT ? error_text(ESRCH) : error_text(errno));
}

unsigned long figure(const char *path, const char *name)
{
	size_t len = strlen(name);
	const char *line;

	if (!text_open(path))
		return 0;
	while ((line = text_next()))
		if (strncmp(line, name, len) == 0) {
			text_close();
			return strtoul(line + len, NULL, 10);
		}
	return 0;
}
