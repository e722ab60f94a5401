/* SPDX-License-Identifier: MIT */
/* Commands run: built-ins here, all else as programs found by PATH. */
#include "sh.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int last_status;

/* Without pointers, so that they need no RAM. */
static const struct {
	unsigned char sig;
	char text[27];
} deaths[] = {
	{ SIGSEGV, "Segmentation fault" },
	{ SIGBUS, "Bus error" },
	{ SIGILL, "Illegal instruction" },
	{ SIGFPE, "Floating point exception" },
	{ SIGTRAP, "Trace/breakpoint trap" },
	{ SIGABRT, "Aborted" },
	{ SIGKILL, "Killed" },
};

/* Print "sh: NAME: what errno means" and return @status. */
static int complain(const char *name, int status)
{
	say(STDERR_FILENO, "sh: ", name, ": ", error_text(errno), "\n");
	return status;
}

int judge(const char *name, int status)
{
	const char *why = NULL;
	char text[DECIMAL_LEN];
	int sig;

	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status);
	sig = WTERMSIG(status);
	for (size_t i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++)
		if (deaths[i].sig == sig)
			why = deaths[i].text;
	say(STDERR_FILENO, "sh: ", name, ": ", why ? why : "killed by signal ",
	    why ? "" : decimal(sig, text), WCOREDUMP(status) ? " (core dumped)\n" : "\n");
	return STATUS_SIGNAL + sig;
}

/* Start a program; wait for it and its like before it, unless more of them follow. */
static int run_program(struct command *command, bool is_builtin)
{
	pid_t pid = pipeline_add(command, is_builtin);
	struct job *job;
	int code = 0, waited = 0;

	if (pid < 0)
		code = complain(command->argv[0],
				errno == ENOENT ? STATUS_NOT_FOUND : STATUS_NO_START);
	if (command->end == PIPE)
		return code;
	job = pipeline_end();
	if (command->end != BACKGROUND)
		waited = job->count ? job_foreground(job) : 0;
	else if (job->count)
		job_background(job);
	return pid < 0 ? code : waited;
}

/* Each built-in gets its words and where it is to write. */

static int run_echo(char **argv, int out)
{
	const char *end = "\n", *gap = "";

	if (*++argv && strcmp(*argv, "-n") == 0) {
		end = "";
		argv++;
	}
	for (; *argv; argv++, gap = " ")
		if (!say(out, gap, *argv))
			return complain("echo", 1);
	return say(out, end) ? 0 : complain("echo", 1);
}

static int run_exit(char **argv, int out)
{
	(void)out;
	exit(argv[1] ? atoi(argv[1]) : last_status);
}

static int run_poweroff(char **argv, int out)
{
	(void)out;
	poweroff(argv[1] ? atoi(argv[1]) : 0);
	return complain(argv[0], 1);
}

static int run_help(char **argv, int out)
{
	(void)argv;
	say(out,
	    "echo [-n] WORD...  help  exit [STATUS]  poweroff [STATUS]\n"
	    "jobs  fg [%JOB]  bg [%JOB]  wait [%JOB|PID]  kill [-SIGNAL] %JOB|PID...\n"
	    "ulimit [-H|-S] [-a | -c [LIMIT] | -n | -v [LIMIT]]\n"
	    "cat hexdump ls sleep time true false uname   ps top free maps mpu mem dmesg ipcs ipcrm\n"
	    "All other commands are programs: `ls /bin` lists them.\n"
	    "A; B   A & (in the background)   A && B   A || B   A | B   $?   '..'   \"..\"   \\c\n"
	    "< FILE   > FILE   >> FILE   2> FILE\n"
	    "Keys: arrows, Home, End, Delete, Ctrl-A E U K L C D; Ctrl-C, Ctrl-Z, Ctrl-\\ for programs\n");
	return 0;
}

static const struct builtin {
	const char *name;
	int (*run)(char **argv, int out);
} builtins[] = {
	{ "echo", run_echo },	  { "exit", run_exit }, { "poweroff", run_poweroff },
	{ "jobs", run_jobs },	  { "fg", run_fg },	{ "bg", run_bg },
	{ "wait", run_wait },	  { "kill", run_kill }, { "help", run_help },
	{ "ulimit", run_ulimit },
};

/* Files are opened as for a program, but only standard output is used. */
static int run_builtin(const struct builtin *builtin, struct command *command)
{
	int out = STDOUT_FILENO, fd, status;

	for (unsigned int i = 0; i < command->nredirect; i++) {
		const struct spawn_action *action = &command->redirect[i];

		fd = open(action->path, action->oflag, action->mode);
		if (fd < 0) {
			status = complain(action->path, 1);
			goto close_out;
		}
		if (action->fd != STDOUT_FILENO) {
			close(fd);
			continue;
		}
		if (out != STDOUT_FILENO)
			close(out);
		out = fd;
	}
	status = builtin->run(command->argv, out);
close_out:
	if (out != STDOUT_FILENO)
		close(out);
	return status;
}

static const struct builtin *find_builtin(const char *name)
{
	for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
		if (strcmp(name, builtins[i].name) == 0)
			return &builtins[i];
	return NULL;
}

int run_builtin_words(char **argv, int out)
{
	const struct builtin *builtin = find_builtin(argv[0]);

	return builtin ? builtin->run(argv, out) : STATUS_NOT_FOUND;
}

static int run_command(struct command *command)
{
	const struct builtin *builtin = find_builtin(command->argv[0]);

	if (builtin && command->end != PIPE && !pipeline_is_begun())
		return run_builtin(builtin, command);
	return run_program(command, builtin != NULL);
}

/* Is a command to be run, that stands behind @before?  A whole pipeline is, or none of it. */
static bool is_wanted(enum separator before, bool was_wanted)
{
	if (before == PIPE)
		return was_wanted;
	return before == IF_GOOD ? last_status == 0 : before != IF_BAD || last_status != 0;
}

/* The line of which this was the beginning makes no sense. */
static void abandon(struct job *job)
{
	if (job->count)
		job_foreground(job);
}

void run_line(const char *text)
{
	enum separator before = THEN;
	struct command command = { .argc = 0 };
	const char *error;
	bool wanted = true;

	do {
		text = parse_command(text, last_status, &command, &error);
		if (text && !command.argc && before >= IF_GOOD) {
			error = "a command is missing";
			text = NULL;
		}
		if (!text) {
			abandon(pipeline_end());
			say(STDERR_FILENO, "sh: ", error, "\n");
			last_status = STATUS_USAGE;
			return;
		}
		wanted = is_wanted(before, wanted);
		if (command.argc && wanted)
			last_status = run_command(&command);
		before = command.end;
	} while (before != END_OF_LINE);
}
