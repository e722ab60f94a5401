/* SPDX-License-Identifier: MIT */
/*
 * init: process 1.  Read in this order:
 *
 *	main.c	   the console, the shell or the line of an image, and the loop
 *	service.c  programs that are started again when they end
 *	table.c	   /etc/inittab
 */
#ifndef INIT_H
#define INIT_H

#include <stdbool.h>
#include <sys/types.h>

#define WORDS_MAX 8 /* of a service's command */

struct service {
	const char *name; /* NULL: the shell */
	char *words[WORDS_MAX + 1];
	bool respawns;
	pid_t pid; /* 0: it does not run */
	/* s, on CLOCK_MONOTONIC */
	long due;     /* when it is started (again) */
	long started; /* 0: not yet */
	long pause;   /* before it was started last */
};

/* Start it now, and later again when it has ended. */
void service_add(struct service *service);

/* Start what is due.  How many seconds until the next is; -1: none is. */
long service_start_due(void);

/* Note that a child has ended, which may be a service. */
void service_ended(pid_t pid, int status);

/* Add what /etc/inittab says, if there is one. */
void table_read(void);

/* The pieces of text, up to NULL, in one line of the console. */
void say(const char *const *text);
#define SAY(...) say((const char *const[]){ "init: ", __VA_ARGS__, NULL })

#endif
