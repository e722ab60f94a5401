/* SPDX-License-Identifier: MIT */
/*
 * init: process 1.  It gives itself, and so everyone, the console, and then
 *
 *	runs the line in /etc/cmdline by the shell and powers off with its status, where an
 *	image has that file;
 *	else starts the shell again and again.
 *
 * Children whose parents have ended become children of init, which reaps them.
 * It returns only by mistake, and the kernel then panics.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <croft.h>

#define CONSOLE	 "/dev/console"
#define SHELL	 "/bin/sh"
#define CMDLINE	 "/etc/cmdline"
#define LINE_LEN 256 /* bytes of the line, with its end */

#define STATUS_SIGNAL 128 /* as in the shell: added to the signal */
#define PAUSE_S	      1	  /* before the shell is started again */

static char line[LINE_LEN];

static void print(const char *text)
{
	write(STDERR_FILENO, text, strlen(text));
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

/* Run the shell until it ends.  Returns its wait status, or -1 when it did not start. */
static int run_shell(char *const argv[])
{
	static char *const environment[] = { "PATH=/bin", NULL };
	struct spawn_args args = { .path = SHELL, .argv = argv, .envp = environment };
	pid_t shell = croft_spawn(&args), ended;
	int status;

	if (shell < 0)
		return -1;
	do
		ended = wait(&status);
	while (ended != shell && (ended > 0 || errno == EINTR));
	return ended == shell ? status : -1;
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

static int run_cmdline(void)
{
	static char *const argv[] = { "sh", "-c", line, NULL };
	int status = run_shell(argv);

	if (status == -1) {
		print("init: cannot start " SHELL "\n");
		return 1;
	}
	return WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

int main(void)
{
	static char *const argv[] = { "sh", NULL };
	int found;

	if (open_console())
		return 1;
	found = read_cmdline();
	if (found < 0)
		print("init: " CMDLINE " is too long\n");
	if (found)
		return poweroff(found > 0 ? run_cmdline() : 1);
	print("\nCroft.  `help` tells what the shell knows.\n");
	for (;;) {
		if (run_shell(argv) == -1)
			print("init: cannot start " SHELL "\n");
		sleep(PAUSE_S);
	}
}
