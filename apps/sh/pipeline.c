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
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define ACTIONS_MAX (REDIR_MAX + 5)

extern char **environ;

static struct {
	int in; /* -1: the standard input of the shell */
	struct job job;
} row = { .in = -1 };

/* What a shell with job control ignores or handles, and programs do not. */
#define JOB_SIGNALS (1u << SIGINT | 1u << SIGQUIT | 1u << SIGTSTP | 1u << SIGTTIN | 1u << SIGTTOU)

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
	return row.job.count > 0 || row.in >= 0;
}

static pid_t start(struct command *command, bool is_builtin, const struct actions *actions)
{
	struct spawn_args args = { .path = command->argv[0],
				   .argv = command->argv,
				   .envp = environ,
				   .actions = actions->list,
				   .nactions = actions->count };

	if (has_job_control) {
		args.flags = SPAWN_SETPGROUP | SPAWN_SETSIGDEF;
		args.pgid = row.job.count ? row.job.pgid : 0;
		args.sigdefault = JOB_SIGNALS;
	}
	if (is_builtin) {
		command->before[0] = "sh";
		command->before[1] = "-b";
		args.path = command->before[0];
		args.argv = command->before;
	}
	return croft_spawnp(&args);
}

static void add(pid_t pid, const char *name)
{
	struct job *job = &row.job;

	if (job->count == 0)
		*job = (struct job){ .pgid = pid };
	job->pids[job->count++] = (short)pid;
	job->nleft++;
	memset(job->name, 0, NAME_LEN);
	strncpy(job->name, name, NAME_LEN - 1);
}

pid_t pipeline_add(struct command *command, bool is_builtin)
{
	struct actions actions = { .count = 0 };
	int ends[2] = { -1, -1 }, error;
	pid_t pid;

	if (row.job.count == PIPELINE_MAX) {
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
		add(pid, command->argv[0]);
	errno = error;
	return pid;
}

struct job *pipeline_end(void)
{
	static struct job ended;

	close_in();
	ended = row.job;
	row.job.count = 0;
	return &ended;
}
