/* SPDX-License-Identifier: MIT */
/*
 * A pipeline: programs side by side, each reading what the one before it writes.
 *
 *	a | b | c	started from the left, as they are parsed; row.in is the pipe that the next
 *			one reads
 *
 * A built-in that stands in one runs in a shell of its own (`sh -b WORD...`), since this one
 * would wait for ever for a reader that it has yet to start.
 */
#include "sh.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIPELINE_MAX 8
#define ACTIONS_MAX  (REDIR_MAX + 5)

extern char **environ;

static struct {
	int in; /* -1: the standard input of the shell */
	pid_t pids[PIPELINE_MAX];
	unsigned int count;
} row = { .in = -1 };

struct actions {
	struct spawn_action list[ACTIONS_MAX];
	unsigned int count;
};

static void add_close(struct actions *actions, int fd)
{
	actions->list[actions->count++] = (struct spawn_action){ .op = SPAWN_CLOSE, .fd = fd };
}

/* Let @to be what @fd is, and close that. */
static void add_move(struct actions *actions, int fd, int to)
{
	actions->list[actions->count++] =
		(struct spawn_action){ .op = SPAWN_DUP2, .fd = to, .from = fd };
	add_close(actions, fd);
}

static void close_in(void)
{
	if (row.in >= 0)
		close(row.in);
	row.in = -1;
}

bool pipeline_is_begun(void)
{
	return row.count > 0 || row.in >= 0;
}

static pid_t start(struct command *command, bool is_builtin, const struct actions *actions)
{
	struct spawn_args args = { .path = command->argv[0],
				   .argv = command->argv,
				   .envp = environ,
				   .actions = actions->list,
				   .nactions = actions->count };

	if (is_builtin) {
		command->before[0] = "sh";
		command->before[1] = "-b";
		args.path = command->before[0];
		args.argv = command->before;
	}
	return croft_spawnp(&args);
}

pid_t pipeline_add(struct command *command, bool is_builtin)
{
	struct actions actions = { .count = 0 };
	int ends[2] = { -1, -1 }, error;
	pid_t pid;

	if (row.count == PIPELINE_MAX) {
		errno = EAGAIN;
		return -1;
	}
	if (command->end == PIPE && pipe(ends) < 0)
		return -1;
	if (row.in >= 0)
		add_move(&actions, row.in, STDIN_FILENO);
	if (command->end == PIPE) {
		add_move(&actions, ends[1], STDOUT_FILENO);
		add_close(&actions, ends[0]);
	}
	for (unsigned int i = 0; i < command->nredirect; i++)
		actions.list[actions.count++] = command->redirect[i];
	pid = start(command, is_builtin, &actions);
	error = errno;
	close_in();
	if (command->end == PIPE) {
		close(ends[1]);
		row.in = ends[0]; /* also without a writer: then it is at its end */
	}
	if (pid > 0)
		row.pids[row.count++] = pid;
	errno = error;
	return pid;
}

void pipeline_end(bool is_waited_for, int *status)
{
	close_in();
	if (is_waited_for)
		for (unsigned int i = 0; i < row.count; i++)
			waitpid(row.pids[i], status, 0);
	row.count = 0;
}
