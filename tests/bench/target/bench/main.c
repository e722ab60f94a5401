/* SPDX-License-Identifier: MIT */
/*
 * bench GROUP:N[,N]...: make the measurements of these groups.  Each starts with an address space of
 * its own, so that what one leaves behind does not count for another.
 */
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "bench.h"
#include "say.h"

#define MAX_ROWS 28

static const struct group groups[] = {
	{ "calls", group_calls },    { "switch", group_switch }, { "grow", group_grow },
	{ "others", group_others },  { "memory", group_memory }, { "ram", group_ram },
	{ "spawn", group_spawn },    { "yield", helper_yield },	 { "echo", helper_echo },
	{ "chain", group_chain },    { "map", helper_map },	 { "delay", group_delay },
	{ "sleep", helper_sleep },   { "serve", helper_serve },	 { "interrupt", group_interrupt },
	{ "driver", helper_driver },
};

static struct {
	const char *kind, *name;
	long n, number;
} rows[MAX_ROWS];
static int nrows;

size_t page;

static void note(const char *kind, const char *name, long n, long number)
{
	must(nrows < MAX_ROWS, "room for the row");
	rows[nrows].kind = kind;
	rows[nrows].name = name;
	rows[nrows].n = n;
	rows[nrows++].number = number;
}

void row(const char *names, long n, long samples)
{
	note("row ", names, n, samples);
}

void value(const char *name, long n, long figure)
{
	note("value ", name, n, figure);
}

void must(int good, const char *what)
{
	if (good)
		return;
	SAY("bench: failed: ", what);
	exit(1);
}

/* The helper's descriptor 1 is a pipe, on which it says that it is ready. */
pid_t helper_start(const char *group)
{
	char *argv[] = { "bench", (char *)group, NULL };
	posix_spawn_file_actions_t actions;
	int fds[2];
	pid_t pid = -1;
	char c;

	must(pipe(fds) == 0 && posix_spawn_file_actions_init(&actions) == 0 &&
		     posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO) == 0 &&
		     posix_spawn(&pid, "/bin/bench", &actions, NULL, argv, NULL) == 0,
	     "a helper starts");
	must(read(fds[0], &c, 1) == 1, "a helper is ready");
	posix_spawn_file_actions_destroy(&actions);
	close(fds[0]);
	close(fds[1]);
	return pid;
}

void helper_ready(void)
{
	write(STDOUT_FILENO, "", 1);
}

void helper_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void print(void)
{
	for (int i = 0; i < nrows; i++)
		SAY(rows[i].kind, rows[i].name, rows[i].n == NONE ? "" : "/",
		    rows[i].n == NONE ? "" : decimal(rows[i].n), " ", decimal(rows[i].number));
}

/* The next number or group, in a process image of its own: "grow:0,1" has become "grow:1". */
static void go_on(char **argv, char *numbers, char *rest)
{
	if (*rest == ',') {
		memmove(numbers, rest + 1, strlen(rest));
	} else {
		argv[1] = argv[0];
		argv++;
	}
	if (argv[1])
		execv("/bin/bench", argv);
}

int main(int argc, char **argv)
{
	size_t i = sizeof(groups) / sizeof(*groups);
	char *numbers = argc >= 2 ? strchr(argv[1], ':') : NULL;
	char *rest;
	long n;

	page = (size_t)sysconf(_SC_PAGESIZE);
	if (!numbers)
		return 2;
	n = strtol(++numbers, &rest, 10);
	while (i-- > 0)
		if (strncmp(groups[i].name, argv[1], (size_t)(numbers - argv[1]) - 1) == 0)
			groups[i].run(n);
	print();
	go_on(argv, numbers, rest);
	return 0;
}
