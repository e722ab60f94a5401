/* SPDX-License-Identifier: MIT */
/*
 * look: the commands that show what there is and what runs, in one program with many names.
 *
 *	main.c    the names, and which function each one calls
 *	text.c    printing, and reading a text of /proc line by line
 *	tasks.c   <pid>/stat as a record, and going through all processes
 *	ps.c      ps, top
 *	memory.c  free, maps, mpu
 *	pages.c   mem
 *	ls.c      ls
 *	ipc.c     ipcs, ipcrm
 *	uname.c   uname
 *	other.c   dmesg, hexdump, time
 *
 * One text in flash serves them all, and printing goes through a small buffer of its own, so that
 * each needs a page or two of RAM: no stdio, no malloc().
 */
#ifndef LOOK_H
#define LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LINE_LEN     176 /* more than any line of /proc, with its end */
#define STATUS_USAGE 2

/* Print to standard output, through a buffer that the end of main() and out_flush() empty. */
void out(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
void out_flush(void);
bool out_is_terminal(void);

extern const char *command; /* the name that it was called by */

/* Say "COMMAND: WHAT: WHY" on standard error.  Returns 1. */
int complain(const char *what, const char *why);

/* The same, of the last error. */
int complain_errno(const char *what);

/**
 * option_next - take an option with its value from the front of the words
 * @at:      the word to look at, 1 at first; moved behind what is taken
 * @letters: of the options
 * @value:   set
 *
 * Return: its letter; 0: no options are left, argv[*at] is another word or none; '?': it is wrong.
 */
int option_next(char **argv, int *at, const char *letters, const char **value);

/* A text that is read line by line; one at a time. */
bool text_open(const char *path);
char *text_next(void); /* a line without its end, cut at LINE_LEN; NULL: it was the last */
void text_close(void); /* before its end */

/* Copy a whole text to standard output.  An exit status. */
int text_show(const char *path);

/* The same for /proc/PID/NAME; PID is what a user typed. */
int text_show_of(const char *pid, const char *name);

#define PATH_LEN 32

/* The number behind "NAME" at the start of a line of a file; 0: there is no such line. */
unsigned long figure(const char *path, const char *name);

/* What <pid>/stat tells.  Times are in ticks of 10 ms. */
struct task {
	int pid, ppid, priority, threads;
	char state;
	char name[16];
	unsigned long misses, ticks, started, resident_kb;
};

/* Read one.  false: there is none of that number. */
bool task_read(int pid, struct task *task);

/* The first process for 0, the next after @pid; 0: there are no more. */
int task_next(int pid);

int run_ps(int argc, char **argv);
int run_top(int argc, char **argv);
int run_free(int argc, char **argv);
int run_maps(int argc, char **argv);
int run_mpu(int argc, char **argv);
int run_mem(int argc, char **argv);
int run_dmesg(int argc, char **argv);
int run_ls(int argc, char **argv);
int run_ipcs(int argc, char **argv);
int run_ipcrm(int argc, char **argv);
int run_hexdump(int argc, char **argv);
int run_time(int argc, char **argv);
int run_uname(int argc, char **argv);

#endif
