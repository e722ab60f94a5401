/* SPDX-License-Identifier: MIT */
/*
 * Loading programs: position-independent ELF files whose text runs in place.
 *
 *	file   | headers, text, read-only data | initial data |
 *		  mapped in place, shared	  copied
 *	memory	  text (flash)			  data | bss | heap ->	   guard | <- stack
 *
 * The linker puts text and data into two windows of their own; the loader places each where it
 * will, and adds to every relocated word the distance of the window that it points into.
 *
 * Context: kernel.
 */
#ifndef KERNEL_EXEC_H
#define KERNEL_EXEC_H

#include <kernel/config.h>
#include <kernel/types.h>

struct proc;

/* The strings of argv and envp, one after the other, each with its end. */
struct program_args {
	const char *strings; /* kernel pointer; NULL: they are fetched by copy() */
	size_t len;	     /* bytes of all of them */
	unsigned int argc, envc;
	/* Copy them to the new stack, in order; NULL: from strings. */
	void (*copy)(const struct program_args *args, char *to);
	const void *source; /* of copy() */
};

/**
 * program_load - load a program into a process that has no mappings
 * @path: kernel string
 *
 * The process's thread is set to start at its entry; it is not made ready.
 *
 * Return: 0, -ENOENT, -EACCES, -ENOEXEC, -ENOMEM, -E2BIG; then the process has no mappings.
 */
int program_load(struct proc *proc, const char *path, const struct program_args *args);

#endif
