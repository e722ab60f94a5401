/* SPDX-License-Identifier: MIT */
/* kill [-SIGNAL] PID|%JOB...: sends a signal, SIGTERM if none is named, by number or by name. */
#include "sh.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Without pointers, so that they need no RAM. */
static const struct {
	char name[5];
	unsigned char sig;
} names[] = {
	{ "HUP", SIGHUP },   { "INT", SIGINT },	  { "QUIT", SIGQUIT }, { "ABRT", SIGABRT },
	{ "KILL", SIGKILL }, { "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "PIPE", SIGPIPE },
	{ "ALRM", SIGALRM }, { "TERM", SIGTERM }, { "CHLD", SIGCHLD }, { "CONT", SIGCONT },
	{ "STOP", SIGSTOP }, { "TSTP", SIGTSTP },
};

/* A number, a name, or a name with SIG before it; -1: none of them. */
static int signal_of(const char *text)
{
	char *end;
	long sig = strtol(text, &end, 10);

	if (*text && !*end)
		return (int)sig;
	if (strncmp(text, "SIG", 3) == 0)
		text += 3;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(text, names[i].name) == 0)
			return names[i].sig;
	return -1;
}

static bool send(const char *whom, int sig)
{
	char *end;
	long pid = strtol(whom, &end, 10);

	if (*whom == '%')
		return job_signal(whom, sig);
	if (pid != 0 && !*end)
		return kill((pid_t)pid, sig) == 0;
	errno = EINVAL;
	return false;
}

int run_kill(char **argv, int out)
{
	int sig = SIGTERM, failed = 0;

	(void)out;
	if (*++argv && **argv == '-')
		sig = signal_of(*argv++ + 1);
	if (sig < 0) {
		say(STDERR_FILENO, "kill: ", argv[-1] + 1, ": no such signal\n");
		return STATUS_USAGE;
	}
	if (!*argv) {
		say(STDERR_FILENO, "usage: kill [-SIGNAL] PID|%JOB...\n");
		return STATUS_USAGE;
	}
	for (; *argv; argv++)
		if (!send(*argv, sig)) {
			say(STDERR_FILENO, "kill: ", *argv, ": ", error_text(errno), "\n");
			failed = 1;
		}
	return failed;
}
