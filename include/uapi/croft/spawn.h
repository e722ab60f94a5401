/* SPDX-License-Identifier: MIT */
/*
 * What spawn() takes: the program, its arguments, and what to do to its descriptors first.
 * The library builds it from what posix_spawn() was given.
 */
#ifndef CROFT_UAPI_SPAWN_H
#define CROFT_UAPI_SPAWN_H

#include <sys/types.h>

enum spawn_op { SPAWN_CLOSE = 1, SPAWN_DUP2 = 2, SPAWN_OPEN = 3 };

/* Flags, by the numbers of POSIX_SPAWN_ in newlib. */
#define SPAWN_RESETIDS	 0x01u /* the effective user and group become the real ones */
#define SPAWN_SETPGROUP	 0x02u
#define SPAWN_SETSCHED	 0x04u /* the priority */
#define SPAWN_SETPOLICY	 0x08u /* the priority and the policy */
#define SPAWN_SETSIGDEF	 0x10u
#define SPAWN_SETSIGMASK 0x20u

struct spawn_action {
	int op;		  /* enum spawn_op */
	int fd;		  /* the child's descriptor that is closed, opened or made */
	int from;	  /* SPAWN_DUP2: the descriptor that is copied */
	int oflag;	  /* SPAWN_OPEN */
	mode_t mode;	  /* SPAWN_OPEN */
	const char *path; /* SPAWN_OPEN */
};

struct spawn_args {
	const char *path;
	char *const *argv;
	char *const *envp;
	const struct spawn_action *actions;
	unsigned int nactions;
	unsigned int flags; /* SPAWN_ bits: which of these count; else the child is as its parent */
	int pgid;	    /* its group; 0: one of its own */
	unsigned int sigdefault; /* bit n: signal n is not ignored */
	unsigned int sigmask;	 /* those that are blocked */
	int policy, priority;	 /* as of thread_set_sched() */
};

#endif
