/* SPDX-License-Identifier: MIT */
/* Printing, and reading texts line by line.  See look.h. */
#include "look.h"

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
	int len = sniprintf(line, sizeof(line), "look: %s: %s\n", what, why);

	out_flush();
	write(STDERR_FILENO, line, len < LINE_LEN ? (size_t)len : LINE_LEN - 1);
	return 1;
}

bool text_open(struct text *text, const char *path)
{
	text->len = text->at = 0;
	text->fd = open(path, O_RDONLY);
	return text->fd >= 0;
}

void text_close(struct text *text)
{
	close(text->fd);
	text->fd = -1;
}

bool text_next(struct text *text)
{
	size_t len = 0;
	ssize_t got;

	for (;;) {
		if (text->at == text->len) {
			got = read(text->fd, text->buf, sizeof(text->buf));
			if (got <= 0) {
				text_close(text);
				return false;
			}
			text->len = (size_t)got;
			text->at = 0;
		}
		char c = text->buf[text->at++];

		if (c == '\n')
			break;
		if (len + 1 < LINE_LEN)
			text->line[len++] = c;
	}
	text->line[len] = '\0';
	return true;
}

int text_show(const char *path)
{
	static struct text text;

	if (!text_open(&text, path))
		return complain(path, errno == EACCES ? "permission denied" : "cannot be read");
	while (text_next(&text))
		out("%s\n", text.line);
	return 0;
}

const char *proc_path(char path[PATH_LEN], const char *pid, const char *name)
{
	sniprintf(path, PATH_LEN, "/proc/%.10s/%s", pid, name);
	return path;
}

unsigned long figure(const char *path, const char *name)
{
	static struct text text;
	size_t len = strlen(name);

	if (!text_open(&text, path))
		return 0;
	while (text_next(&text))
		if (strncmp(text.line, name, len) == 0) {
			text_close(&text);
			return strtoul(text.line + len, NULL, 10);
		}
	return 0;
}
