/* SPDX-License-Identifier: MIT */
/* system(): a command line for the shell.  Source: POSIX.1-2017. */
#include "syscall.h"

#include <paths.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <croft.h>

#define NO_SHELL 127 /* the exit status of a shell that could not be started */

static int wait_for(pid_t pid)
{
	int status;

	while (__call_waitpid(pid, &status, 0) <
	       0) /* no point of cancellation: there is more to undo */
		if (errno != EINTR)
			return -1;
	return status;
}

/* The keys are meant for the command: SIGINT and SIGQUIT pass us by, but not it. */
static int run(const char *command, sigset_t mask, sigset_t keys)
{
	char *argv[] = { "sh", "-c", (char *)command, NULL };
	const struct spawn_args args = {
		.path = _PATH_BSHELL,
		.argv = argv,
		.envp = environ,
		.flags = SPAWN_SETSIGMASK | SPAWN_SETSIGDEF,
		.sigmask = mask,
		.sigdefault = keys,
	};
	pid_t pid = croft_spawn(&args);

	if (pid >= 0)
		return wait_for(pid);
	return errno == ENOENT || errno == EACCES || errno == ENOEXEC ? NO_SHELL << 8 : -1;
}

int system(const char *command)
{
	static const int keys[] = { SIGINT, SIGQUIT };
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old[2];
	sigset_t child, mask, defaults;
	int status;

	if (!command)
		return access(_PATH_BSHELL, X_OK) == 0;
	cancel_here();
	sigemptyset(&defaults);
	for (int i = 0; i < 2; i++) {
		sigaction(keys[i], &ignore, &old[i]);
		if (old[i].sa_handler != SIG_IGN)
			sigaddset(&defaults, keys[i]);
	}
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &mask);
	status = run(command, mask, defaults);
	for (int i = 0; i < 2; i++)
		sigaction(keys[i], &old[i], NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return status;
}
