/* SPDX-License-Identifier: MIT */
/*
 * It gives itself, and so everyone, the console, starts the services of /etc/inittab, and then
 *
 *	runs the line in /etc/cmdline by the shell and powers off with its status, where an
 *	image has that file;
 *	else keeps a shell running.
 *
 * Children whose parents have ended become children of init, which reaps them.
 * It returns only by mistake, and the kernel then panics.
 */
#include "init.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <croft.h>

#define CONSOLE	 "/dev/console"
#define CMDLINE	 "/etc/cmdline"
#define LINE_LEN 256 /* bytes of the line, with its end */

#define STATUS_SIGNAL 128 /* as in the shell: added to the signal */

static char line[LINE_LEN];
static struct service shell = { .words = { "/bin/sh" }, .respawns = true };

/* In one call, since others write too. */
void say(const char *const *text)
{
	char all[128];
	size_t len = 0;

	for (; *text; text++)
		for (const char *p = *text; *p && len < sizeof(all) - 1; p++)
			all[len++] = *p;
	all[len++] = '\n';
	write(STDERR_FILENO, all, len);
}

static int open_console(void)
{
	int fd = open(CONSOLE, O_RDWR);

	if (fd < 0)
		return -1;
	for (int to = STDIN_FILENO; to <= STDERR_FILENO; to++)
		if (fd != to && dup2(fd, to) < 0)
			return -1;
	if (fd > STDERR_FILENO)
		close(fd);
	return 0;
}

/* Read the first line of /etc/cmdline.  Returns 1; 0 where there is none; -1: too long. */
static int read_cmdline(void)
{
	int fd = open(CMDLINE, O_RDONLY);
	ssize_t got;

	if (fd < 0)
		return 0;
	got = read(fd, line, LINE_LEN);
	close(fd);
	if (got < 0 || got == LINE_LEN)
		return -1;
	line[got] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return 1;
}

static void reap(void)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == shell.pid && !shell.respawns)
			poweroff(WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status)
						     : WEXITSTATUS(status));
		else
			service_ended(pid, status);
}

/* SIGCHLD is blocked, so one that comes before it is waited for stays. */
static void wait_for_child(const sigset_t *sigchld, long seconds)
{
	struct timespec timeout = { .tv_sec = seconds };

	sigtimedwait(sigchld, NULL, seconds < 0 ? NULL : &timeout);
}

int main(void)
{
	sigset_t sigchld;
	int found;

	if (open_console())
		return 1;
	sigemptyset(&sigchld);
	sigaddset(&sigchld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &sigchld, NULL);
	found = read_cmdline();
	if (found < 0) {
		SAY(CMDLINE " is too long");
		return poweroff(1);
	}
	if (found) {
		shell.words[1] = "-c";
		shell.words[2] = line;
		shell.respawns = false;
	} else {
		write(STDERR_FILENO, "\nCroft.  `help` tells what the shell knows.\n", 44);
	}
	table_read();
	service_add(&shell);
	for (;;) {
		long seconds = service_start_due();

		if (!shell.pid && !shell.respawns)
			return poweroff(1); /* it could not be started */
		wait_for_child(&sigchld, seconds);
		reap();
	}
}
