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
#include <kernel/proc.h>

/* The strings of argv and envp, one after the other, each with its end. */
struct program_args {
	const char *strings; /* kernel pointer; NULL: they are fetched by copy() */
	size_t len;	     /* bytes of all of them */
	unsigned int argc, envc;
	/* Copy them to the new stack, in order; NULL: from strings. */
	void (*copy)(const struct program_args *args, char *to);
	const void *source; /* of copy() */
};

/* A program that is loaded and not yet entered. */
struct program {
	addr_t entry;
	addr_t sp;
	addr_t data; /* its data base */
	struct mm_stack stack;
	char name[PROC_NAME_MAX + 1];
};

/**
 * program_load - load a program into an address space that has no mappings
 * @proc: who may run it
 * @path: kernel string
 *
 * Nothing but @mm and @program is changed.
 *
 * Return: 0, -ENOENT, -EACCES, -ENOEXEC, -ENOMEM, -E2BIG; then @mm has no mappings.
 */
int program_load(struct mm *mm, const struct proc *proc, const char *path,
		 const struct program_args *args, struct program *program);

/* Let a thread that does not run start at the entry of a program; proc->mm holds it. */
void program_enter(struct proc *proc, struct thread *thread, const struct program *program);

#endif
