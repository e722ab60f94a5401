/* SPDX-License-Identifier: MIT */
/*
 * popen() and pclose().  newlib's popen() works in a vfork() child on variables of its parent's.
 * Source: POSIX.1-2017.
 */
#include "syscall.h"

#include <fcntl.h>
#include <paths.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <croft.h>

struct command {
	struct command *next;
	FILE *file;
	pid_t pid;
};

static struct command *commands;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Run it with @theirs as its standard input or output, @number. */
static pid_t start(const char *line, int theirs, int number)
{
	char *argv[] = { "sh", "-c", (char *)line, NULL };
	const struct spawn_action become = { .op = SPAWN_DUP2, .from = theirs, .fd = number };

	return croft_spawn(&(struct spawn_args){ .path = _PATH_BSHELL,
						 .argv = argv,
						 .envp = environ,
						 .actions = &become,
						 .nactions = 1 });
}

/* Both ends are closed on exec, so no other command holds a pipe open. */
static int open_pipe(int fds[2])
{
	if (pipe(fds))
		return -1;
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	return 0;
}

FILE *popen(const char *line, const char *mode)
{
	int reads = mode[0] == 'r', fds[2], ours, theirs;
	struct command *command;

	if (strcmp(mode, "r") && strcmp(mode, "w")) {
		errno = EINVAL;
		return NULL;
	}
	command = malloc(sizeof(*command));
	if (!command)
		return NULL;
	if (open_pipe(fds))
		goto free_command;
	ours = fds[!reads];
	theirs = fds[reads];
	command->file = fdopen(ours, mode);
	if (!command->file)
		goto close_pipe;
	command->pid = start(line, theirs, reads);
	if (command->pid < 0)
		goto close_file;
	_close(theirs);
	pthread_mutex_lock(&lock);
	command->next = commands;
	commands = command;
	pthread_mutex_unlock(&lock);
	return command->file;

close_file:
	fclose(command->file);
	_close(theirs);
	goto free_command;
close_pipe:
	_close(ours);
	_close(theirs);
free_command:
	free(command);
	return NULL;
}

/* Take the command of @file off the list, or NULL. */
static struct command *take(const FILE *file)
{
	struct command **at, *command;

	pthread_mutex_lock(&lock);
	for (at = &commands; *at && (*at)->file != file; at = &(*at)->next)
		;
	command = *at;
	if (command)
		*at = command->next;
	pthread_mutex_unlock(&lock);
	return command;
}

int pclose(FILE *file)
{
	struct command *command = take(file);
	int status, failed;
	pid_t pid;

	if (!command) {
		errno = ECHILD;
		return -1;
	}
	pid = command->pid;
	free(command);
	fclose(file);
	while ((failed = __call_waitpid(pid, &status, 0) < 0) && errno == EINTR)
		;
	return failed ? -1 : status;
}
