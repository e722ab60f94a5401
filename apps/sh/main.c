/* SPDX-License-Identifier: MIT */
/*
 * sh: runs command lines.
 *
 *	sh -c LINE	one line, given
 *	sh -b WORD...	a built-in, for a pipeline
 *	sh		lines from the console, edited; or from a file, as they are
 */
#include "sh.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool say_all(int fd, const char *const *text)
{
	for (; *text; text++)
		if (write(fd, *text, strlen(*text)) < 0)
			return false;
	return true;
}

char *decimal(int n, char text[DECIMAL_LEN])
{
	unsigned int u = n < 0 ? -(unsigned int)n : (unsigned int)n;
	char *p = &text[DECIMAL_LEN - 1];

	*p = '\0';
	do
		*--p = (char)('0' + u % 10);
	while (u /= 10);
	if (n < 0)
		*--p = '-';
	return p;
}

/* A line that no one types.  Byte by byte, since what follows may be for the command. */
static bool read_line(char line[LINE_LEN])
{
	bool is_long = false;
	size_t len = 0;
	ssize_t got;
	char c;

	while ((got = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n') {
		if (len + 1 < LINE_LEN)
			line[len++] = c;
		else
			is_long = true;
	}
	if (is_long) {
		say(STDERR_FILENO, "sh: line too long\n");
		len = 0;
	}
	line[len] = '\0';
	return got == 1 || len > 0;
}

int main(int argc, char **argv)
{
	char line[LINE_LEN];
	bool is_console;
	struct stat st;

	if (argc == 3 && strcmp(argv[1], "-c") == 0) {
		jobs_begin(false);
		run_line(argv[2]);
		return last_status;
	}
	if (argc >= 3 && strcmp(argv[1], "-b") == 0)
		return run_builtin_words(argv + 2, STDOUT_FILENO);
	if (argc != 1) {
		say(STDERR_FILENO, "usage: sh [-c LINE]\n");
		return 2;
	}
	is_console = fstat(STDIN_FILENO, &st) == 0 && S_ISCHR(st.st_mode);
	if (is_console)
		jobs_begin(true);
	while (is_console ? edit_line(line) : read_line(line)) {
		run_line(line);
		reap_jobs(is_console);
	}
	return last_status;
}
