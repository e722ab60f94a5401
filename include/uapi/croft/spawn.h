/* SPDX-License-Identifier: MIT */
/*
 * What spawn() takes: the program, its arguments, and what to do to its descriptors first.
 * The library builds it from what posix_spawn() was given.
 */
#ifndef CROFT_UAPI_SPAWN_H
#define CROFT_UAPI_SPAWN_H

#include <sys/types.h>

enum spawn_op { SPAWN_CLOSE = 1, SPAWN_DUP2 = 2, SPAWN_OPEN = 3 };

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
	unsigned int flags; /* 0: none is known */
};

#endif
