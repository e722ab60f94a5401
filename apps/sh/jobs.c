/* SPDX-License-Identifier: MIT */
/*
 * Jobs: pipelines that run in the background, or are stopped.
 *
 * In a shell on the console each pipeline is a process group, whose number is its first process's
 * id, and the one that is waited for is in front of the console.  A shell that is given its lines
 * leaves all in the group that it is in itself.
 *
 * A job is remembered until all its processes have ended and been reaped.  More jobs than the
 * table holds run as well and are only not listed.
 */
#include "sh.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOBS 8

bool has_job_control;

static struct job jobs[JOBS]; /* count 0: free */
static volatile sig_atomic_t was_interrupted, is_reading;
static sigjmp_buf out_of_read;

static void on_interrupt(int sig)
{
	(void)sig;
	was_interrupted = 1;
	if (is_reading)
		siglongjmp(out_of_read, 1);
}

static bool take_interrupt(void)
{
	bool was = was_interrupted;

	was_interrupted = 0;
	return was;
}

static int read_byte(void)
{
	unsigned char c;
	ssize_t got;

	do
		got = read(STDIN_FILENO, &c, 1);
	while (got < 0 && errno == EINTR);
	return got == 1 ? c : READ_END;
}

/*
 * EINTR would do only where the signal comes during read(): between a look at the flag and read() it
 * would be noted, and read() wait all the same.  So the handler jumps.  A byte that read() has
 * brought by then is lost, of a line that is given up anyway.
 */
int read_console(void)
{
	volatile int c = READ_END;

	if (sigsetjmp(out_of_read, 1) == 0) {
		is_reading = 1;
		if (!was_interrupted)
			c = read_byte();
	}
	is_reading = 0;
	return take_interrupt() ? READ_INTERRUPTED : c;
}

void jobs_begin(bool is_interactive)
{
	struct sigaction action = { .sa_handler = on_interrupt };

	if (!is_interactive && tcgetpgrp(STDIN_FILENO) != INT_MAX)
		return; /* somebody else sees to who is in front */
	signal(SIGTSTP, SIG_IGN);
	if (is_interactive)
		signal(SIGTTOU, SIG_IGN);
	setpgid(0, 0);
	tcsetpgrp(STDIN_FILENO, getpgrp());
	if (!is_interactive)
		return;
	sigaction(SIGINT, &action, NULL);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	has_job_control = true;
}

static void to_front(pid_t pgid)
{
	if (has_job_control)
		tcsetpgrp(STDIN_FILENO, pgid);
}

/* The number of a job as it is printed; text lasts until the next call. */
static const char *number(const struct job *job)
{
	static char text[DECIMAL_LEN];

	return decimal((int)(job - jobs) + 1, text);
}

static int process_of(const struct job *job, pid_t pid)
{
	for (int i = 0; i < job->count; i++)
		if (job->pids[i] == pid)
			return i;
	return -1;
}

/* A process of a job has this status. */
static void note_status(struct job *job, int i, int status)
{
	if (WIFSTOPPED(status)) {
		job->is_stopped = true;
		return;
	}
	job->pids[i] = 0;
	job->nleft--;
	if (i == job->count - 1)
		job->status = status;
}

/* It has no processes any more. */
static int forget(struct job *job, bool is_told)
{
	char text[DECIMAL_LEN];
	int code = judge(job->name, job->status);

	if (is_told)
		say(STDOUT_FILENO, "[", number(job), "] done, status ", decimal(code, text), "\n");
	job->count = 0;
	return code;
}

/* Put it into the table.  NULL: that is full. */
static struct job *remember(const struct job *job)
{
	for (size_t i = 0; i < JOBS; i++)
		if (!jobs[i].count) {
			jobs[i] = *job;
			return &jobs[i];
		}
	return NULL;
}

/* Wait until it has ended or is stopped; -1: interrupted. */
static int await(struct job *job)
{
	int status;

	for (int i = 0; i < job->count && !job->is_stopped; i++) {
		if (job->pids[i] == 0)
			continue;
		if (waitpid(job->pids[i], &status, has_job_control ? WUNTRACED : 0) < 0)
			return -1;
		note_status(job, i, status);
	}
	return 0;
}

static void tell_stopped(const struct job *job)
{
	say(STDOUT_FILENO, "\n[", number(job), "] stopped ", job->name, "\n");
}

int job_foreground(struct job *job)
{
	struct job *kept = job;
	int code;

	to_front(job->pgid);
	if (has_job_control)
		kill(-job->pgid, SIGCONT); /* it may have been stopped, and if only by reading */
	if (take_interrupt())
		kill(-job->pgid, SIGINT); /* pressed before it was in front */
	job->is_stopped = false;
	while (await(job) < 0 && errno == EINTR)
		;
	to_front(getpgrp());
	if (!job->is_stopped)
		return job >= jobs && job < jobs + JOBS ? forget(job, false)
							: judge(job->name, job->status);
	code = STATUS_SIGNAL + SIGTSTP;
	if (job < jobs || job >= jobs + JOBS)
		kept = remember(job);
	if (kept)
		tell_stopped(kept);
	else
		kill(-job->pgid, SIGCONT); /* there is no way to name it later */
	return code;
}

void job_background(const struct job *job)
{
	const struct job *kept = remember(job);
	char text[DECIMAL_LEN];

	if (kept)
		say(STDOUT_FILENO, "[", number(kept), "] ",
		    decimal(job->pids[job->count - 1], text), "\n");
}

void reap_jobs(bool is_told)
{
	int status, i;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0)
		for (struct job *job = jobs; job < jobs + JOBS; job++) {
			bool was_stopped = job->is_stopped;

			i = process_of(job, pid);
			if (i < 0)
				continue;
			note_status(job, i, status);
			if (job->nleft == 0)
				forget(job, is_told);
			else if (job->is_stopped && !was_stopped && is_told)
				tell_stopped(job);
		}
}

/* The job that "%n" names, or a process's id; NULL for @text: the last one that is stopped, else
 * the last. */
static struct job *find(const char *text)
{
	struct job *found = NULL;
	int n;

	if (text) {
		n = atoi(text + (*text == '%'));
		if (*text == '%')
			return n >= 1 && n <= JOBS && jobs[n - 1].count ? &jobs[n - 1] : NULL;
		for (struct job *job = jobs; n > 0 && job < jobs + JOBS; job++)
			if (process_of(job, n) >= 0)
				return job;
		return NULL;
	}
	for (struct job *job = jobs; job < jobs + JOBS; job++)
		if (job->count && (!found || job->is_stopped >= found->is_stopped))
			found = job;
	return found;
}

static struct job *find_or_complain(char **argv)
{
	struct job *job = has_job_control ? find(argv[1]) : NULL;

	if (!job)
		say(STDERR_FILENO, "sh: ", argv[0], ": no such job\n");
	return job;
}

int run_jobs(char **argv, int out)
{
	(void)argv;
	reap_jobs(true);
	for (const struct job *job = jobs; job < jobs + JOBS; job++)
		if (job->count)
			say(out, "[", number(job), job->is_stopped ? "] stopped " : "] running ",
			    job->name, "\n");
	return 0;
}

int run_fg(char **argv, int out)
{
	struct job *job = find_or_complain(argv);

	if (!job)
		return 1;
	say(out, job->name, "\n");
	return job_foreground(job);
}

int run_bg(char **argv, int out)
{
	struct job *job = find_or_complain(argv);

	if (!job)
		return 1;
	job->is_stopped = false;
	say(out, "[", number(job), "] ", job->name, "\n");
	return kill(-job->pgid, SIGCONT) ? 1 : 0;
}

/* Wait for a job, a process, or all jobs that are not stopped. */
int run_wait(char **argv, int out)
{
	struct job *job = argv[1] ? find(argv[1]) : NULL;

	(void)out;
	if (argv[1] && !job)
		return STATUS_NOT_FOUND;
	for (struct job *each = jobs; each < jobs + JOBS; each++) {
		if (!each->count || (job && each != job))
			continue;
		if (await(each) < 0 && errno == EINTR) {
			take_interrupt();
			return STATUS_SIGNAL + SIGINT;
		}
		if (job)
			return job->is_stopped ? STATUS_SIGNAL + SIGTSTP : forget(job, false);
		if (!each->is_stopped)
			forget(each, true);
	}
	return 0;
}

bool job_signal(const char *name, int sig)
{
	const struct job *job = find(name);

	if (!job || !has_job_control) {
		errno = ESRCH;
		return false;
	}
	if (kill(-job->pgid, sig))
		return false;
	if (job->is_stopped && sig != SIGSTOP && sig != SIGTSTP)
		kill(-job->pgid, SIGCONT); /* to meet its signal */
	return true;
}
