/* SPDX-License-Identifier: MIT */
/*
 * ulimit [-H|-S] [-a | -c [LIMIT] | -n | -v [LIMIT]]: limits of the shell, inherited by what it starts.
 * In kB, as other shells have them, or "unlimited".  Source: POSIX.1-2017 ulimit.
 */
#include "sh.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct kind {
	char letter;
	int resource;
	rlim_t unit; /* bytes, or things */
	char text[20];
} kinds[] = {
	{ 'c', RLIMIT_CORE, 1024, "core dump (kB, -c) " },
	{ 'n', RLIMIT_NOFILE, 1, "open files (-n)    " },
	{ 'v', RLIMIT_AS, 1024, "mappings (kB, -v)  " },
};

static const struct kind *kind_of(char letter)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].letter == letter)
			return &kinds[i];
	return NULL;
}

static int refused(const char *what)
{
	say(STDERR_FILENO, "ulimit: ", what, ": refused\n");
	return 1;
}

static int show(const struct kind *kind, const char *text, bool is_hard, int out)
{
	struct rlimit limit;
	char number[DECIMAL_LEN];
	rlim_t n;

	if (getrlimit(kind->resource, &limit) < 0)
		return refused("limits");
	n = is_hard ? limit.rlim_max : limit.rlim_cur;
	say(out, text, n == RLIM_INFINITY ? "unlimited" : decimal((int)(n / kind->unit), number),
	    "\n");
	return 0;
}

static bool parse(const char *text, rlim_t unit, rlim_t *n)
{
	char *end;

	if (strcmp(text, "unlimited") == 0) {
		*n = RLIM_INFINITY;
		return true;
	}
	*n = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || *n > (RLIM_INFINITY - 1) / unit)
		return false;
	*n *= unit;
	return true;
}

static int set(const struct kind *kind, const char *text, bool is_soft, bool is_hard)
{
	struct rlimit limit;
	rlim_t n;

	if (!parse(text, kind->unit, &n) || getrlimit(kind->resource, &limit) < 0)
		return refused(text);
	if (is_soft)
		limit.rlim_cur = n;
	if (is_hard)
		limit.rlim_max = n;
	return setrlimit(kind->resource, &limit) < 0 ? refused(text) : 0;
}

static int show_all(bool is_hard, int out)
{
	int failed = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !failed; i++)
		failed = show(&kinds[i], kinds[i].text, is_hard, out);
	return failed;
}

int run_ulimit(char **argv, int out)
{
	const struct kind *kind = NULL;
	bool is_soft = false, is_hard = false, is_all = false, is_wrong = false;

	while (*++argv && **argv == '-')
		for (const char *at = *argv + 1; *at; at++)
			switch (*at) {
			case 'H':
				is_hard = true;
				break;
			case 'S':
				is_soft = true;
				break;
			case 'a':
				is_all = true;
				break;
			default:
				is_wrong |= kind || !kind_of(*at);
				kind = kind_of(*at);
			}
	if (is_wrong || (is_all && kind) || (*argv && (!kind || argv[1]))) {
		say(STDERR_FILENO, "usage: ulimit [-H|-S] [-a | -c [LIMIT] | -n | -v [LIMIT]]\n");
		return STATUS_USAGE;
	}
	if (!kind)
		return show_all(is_hard, out);
	if (!*argv)
		return show(kind, "", is_hard, out);
	return set(kind, *argv, is_soft || !is_hard, is_hard || !is_soft);
}
