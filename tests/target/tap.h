/* SPDX-License-Identifier: MIT */
/*
 * For programs that test the kernel from inside: checks printed as TAP, and parts of a test that
 * run in a process of their own, because they have to die, to wait or to be many.
 *
 *	static int touch_nothing(long a, long b) { ... }	what a part does; its exit status
 *	static const struct part parts[] = { { "nothing", touch_nothing }, { 0 } };
 *
 *	static void test(void)
 *	{
 *		OK(part_died(part_start("nothing", 0, 0), SIGSEGV), "address 0 is nobody's");
 *	}
 *
 *	TAP_MAIN(parts, test)
 *
 * A part is this very program, started with the part's name and two numbers.  Nothing here uses
 * stdio or malloc(), so a test leaves the memory of a small board to what it tests.
 */
#ifndef TAP_H
#define TAP_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <croft.h>

#include "say.h"

#define TAP_UNUSED __attribute__((__unused__))

struct part {
	const char *name;
	int (*run)(long a, long b);
};

#define NO_PARTS ((const struct part[]){ { 0 } })

extern char **environ;

static char *tap_self;
static int tap_count, tap_failed;

#define OK(good, name) tap_ok((good), (name), __LINE__)
TAP_UNUSED static int tap_ok(int good, const char *name, int line)
{
	int error = errno;

	SAY(good ? "ok " : "not ok ", decimal(++tap_count), " - ", name);
	if (!good) {
		tap_failed++;
		SAY("# line ", decimal(line), ", errno ", decimal(error));
	}
	return good;
}

/* The same with what was wanted and what came. */
#define IS(got, want, name) tap_is((long)(got), (long)(want), (name), __LINE__)
TAP_UNUSED static int tap_is(long got, long want, const char *name, int line)
{
	if (tap_ok(got == want, name, line))
		return 1;
	SAY("# got ", decimal(got), ", want ", decimal(want));
	return 0;
}

TAP_UNUSED static void tap_skip(const char *name, const char *why)
{
	SAY("ok ", decimal(++tap_count), " - ", name, " # SKIP ", why);
}

TAP_UNUSED static void note(const char *what, long value)
{
	SAY("# ", what, " ", decimal(value));
}

/* Start a part.  Returns its process, or -1 and errno. */
TAP_UNUSED static pid_t part_start(const char *part, long a, long b)
{
	char *argv[] = { tap_self, (char *)part, (char *)decimal(a), (char *)decimal(b), NULL };
	struct spawn_args args = { .path = tap_self, .argv = argv, .envp = environ };

	return croft_spawnp(&args);
}

/* Wait for a process.  Returns its wait status, or -1. */
TAP_UNUSED static int part_status(pid_t pid)
{
	int status;

	return pid > 0 && waitpid(pid, &status, 0) == pid ? status : -1;
}

TAP_UNUSED static int part_died(pid_t pid, int sig)
{
	int status = part_status(pid);

	if (status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == sig)
		return 1;
	note("wait status", status);
	return 0;
}

TAP_UNUSED static int part_ended(pid_t pid, int code)
{
	int status = part_status(pid);

	if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == code)
		return 1;
	note("wait status", status);
	return 0;
}

TAP_UNUSED static int tap_run(int argc, char **argv, const struct part *parts, void (*test)(void))
{
	tap_self = argv[0];
	if (argc < 4) {
		test();
		SAY("1..", decimal(tap_count));
		return tap_failed > 0;
	}
	for (; parts->name; parts++)
		if (strcmp(parts->name, argv[1]) == 0)
			return parts->run(strtol(argv[2], NULL, 10), strtol(argv[3], NULL, 10));
	return 127;
}

#define TAP_MAIN(parts, test)                                                                      \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		return tap_run(argc, argv, (parts), test);                                         \
	}

#endif
