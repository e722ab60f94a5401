/* SPDX-License-Identifier: MIT */
/*
 * The shell in eight files, to be read in this order:
 *
 *	main.c   where lines come from
 *	edit.c   a line from the console: keys, echo, history
 *	parse.c  one command out of a line: words and redirections
 *	run.c    built-ins, programs, exit status
 *	pipeline.c programs started side by side
 *	jobs.c   pipelines in the background, or stopped
 *	kill.c   signals sent by name
 *	limit.c  ulimit
 *
 * It uses neither stdio nor malloc(), so that an idle shell costs little RAM.
 */
#ifndef SH_H
#define SH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <croft.h>

#define LINE_LEN  128 /* bytes of a line from the console, with its end */
#define WORDS_LEN 192 /* bytes of the words of one command, with their ends */
#define WORDS_MAX 16  /* words in one command */
#define REDIR_MAX 3   /* redirections in one command */

#define PIPELINE_MAX 8	/* programs side by side */
#define NAME_LEN     16 /* bytes of what a job is called */

#define STATUS_USAGE	 2 /* as other shells have them */
#define STATUS_NO_START	 126
#define STATUS_NOT_FOUND 127
#define STATUS_SIGNAL	 128

enum separator { END_OF_LINE, THEN, BACKGROUND, IF_GOOD, IF_BAD, PIPE }; /* \0 ; & && || | */

struct command {
	char *before[2];	   /* room for what makes of a built-in a program: see pipeline.c */
	char *argv[WORDS_MAX + 1]; /* into words[]; argv[argc] is NULL */
	int argc;
	struct spawn_action redirect[REDIR_MAX]; /* their paths are in words[] too */
	unsigned int nredirect;
	enum separator end; /* what stands behind it */
	char words[WORDS_LEN];
};

/**
 * edit_line - read a line from the console
 * @line: filled, without its end
 *
 * Return: false at the end of input (Ctrl-D on an empty line).
 */
bool edit_line(char line[LINE_LEN]);

/**
 * parse_command - take one command from the front of a line
 * @text:    what is left of the line
 * @status:  what $? becomes
 * @command: filled
 * @error:   set when the result is NULL
 *
 * Return: what is left behind the command, or NULL.
 */
const char *parse_command(const char *text, int status, struct command *command,
			  const char **error);

/* Run all commands of a line. */
void run_line(const char *text);

/* Run a built-in.  Its exit status; -1: @argv[0] is none. */
int run_builtin_words(char **argv, int out);

/**
 * pipeline_add - start a program that reads from the one added before, if that ended with '|'
 * @is_builtin: it is a built-in, to be run by a shell of its own
 *
 * Return: its process, or -1 and errno; what is added next finds an empty input then.
 */
pid_t pipeline_add(struct command *command, bool is_builtin);

/* Has one been added since the last pipeline_end()? */
bool pipeline_is_begun(void);

/* A pipeline that has been started. */
struct job {
	pid_t pgid;		  /* of its first process */
	short pids[PIPELINE_MAX]; /* 0: it has ended */
	int status;		  /* of the last, as waitpid tells it */
	unsigned char count, nleft;
	bool is_stopped;
	char name[NAME_LEN]; /* of the last program */
};

/* Begin anew.  What was added since; its count is 0 where that is nothing. */
struct job *pipeline_end(void);

/* Care for who is in front of the console, as far as nobody else does. */
void jobs_begin(bool is_interactive);
extern bool has_job_control;

/* Wait for a job.  Its exit status; one that is stopped is in the table then. */
int job_foreground(struct job *job);

/* Put it into the table, and tell its number. */
void job_background(const struct job *job);

/* Collect children that have ended or were stopped; say so when @is_told. */
void reap_jobs(bool is_told);

/* A byte of the console; or one of these.  Ctrl-C counts from the last call on. */
#define READ_END	 (-1)
#define READ_INTERRUPTED (-2)
int read_console(void);

/* Built-ins. */
int run_jobs(char **argv, int out);
int run_fg(char **argv, int out);
int run_bg(char **argv, int out);
int run_wait(char **argv, int out);
int run_kill(char **argv, int out);
int run_ulimit(char **argv, int out);

/* Send a signal to all of a job, named by "%N".  false: there is none, or it was refused. */
bool job_signal(const char *name, int sig);

/* The exit status for a wait status; a death by a signal is told. */
int judge(const char *name, int status);

extern int last_status; /* $? */

/* Write strings to a descriptor: say(fd, "a", "b").  false: that failed, errno tells why. */
#define say(fd, ...) say_all(fd, (const char *const[]){ __VA_ARGS__, NULL })
bool say_all(int fd, const char *const *text); /* ended by NULL */

/* @n in decimal, in @text.  Returns where it starts there. */
#define DECIMAL_LEN 12
char *decimal(int n, char text[DECIMAL_LEN]);

#endif
