/* SPDX-License-Identifier: MIT */
/*
 * A process that serves files: the loop that answers what the kernel asks in the name of those who
 * open them.  apps/tarfs.c is a whole one.
 *
 *	static struct fileserver server = { .open = ..., .read = ..., .readdir = ... };
 *
 *	if (fileserver_serve(&server, "/arc", S_IFDIR | 0555) == 0)
 *		fileserver_run(&server);
 *
 * A file is known by a number of the server's choice; 0 is the path itself.  What was read of a
 * number may be shared by all who map it, so a file that changes gets another number.
 */
#ifndef FILESERVER_H
#define FILESERVER_H

#include <dirent.h>
#include <stddef.h>
#include <sys/cdefs.h>
#include <sys/types.h>

__BEGIN_DECLS

struct fileserver_node {
	unsigned int number; /* below 2^31 */
	mode_t mode;	     /* S_IFREG, S_IFDIR or S_IFCHR, and permission bits */
	size_t size;	     /* bytes */
};

/* Operations return -errno where they fail; one that is NULL fails with EROFS. */
struct fileserver {
	/* Find a file.  @path: from the served path on, names with one slash between, no "." and
	 * no "..".  0. */
	int (*open)(struct fileserver *server, const char *path, struct fileserver_node *node);
	/* Give bytes by fileserver_put().  How many; 0 at the end. */
	ssize_t (*read)(struct fileserver *server, unsigned int number, size_t off, size_t len);
	/* Fetch bytes by fileserver_get().  How many. */
	ssize_t (*write)(struct fileserver *server, unsigned int number, size_t off, size_t len);
	/* The entry at a place, the first at 0.  The place behind it, above 0; 0: there is none. */
	long (*readdir)(struct fileserver *server, unsigned int number, unsigned int place,
			struct dirent *entry);
	int channel; /* its receiving end */
	int id;	     /* of the call that is being answered */
};

/* Make a channel and serve a path with it.  0, or -1 and errno as channel_serve(). */
int fileserver_serve(struct fileserver *server, const char *path, mode_t mode);

/* Answer calls.  Returns only where the channel fails: -1 and errno. */
int fileserver_run(struct fileserver *server);

/* Give bytes to the caller, or fetch them, at an offset in what it asked for.  How many the caller
 * has room for, or -errno. */
ssize_t fileserver_put(struct fileserver *server, size_t off, const void *from, size_t len);
ssize_t fileserver_get(struct fileserver *server, size_t off, void *to, size_t len);

__END_DECLS

#endif
