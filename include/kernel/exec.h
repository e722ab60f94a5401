/* SPDX-License-Identifier: MIT */
/*
 * Starting programs: position-independent ELF files whose text runs in place.
 *
 *	file   | headers, text, read-only data | initial data |
 *		  mapped in place, shared	  copied
 *	memory	  text (flash)			  data | bss | heap ->	   guard | <- stack
 *
 * The linker puts text and data into two windows of their own; the loader places each where it
 * will, and adds to every relocated word the distance of the window that it points into.
 *
 * That takes long, so it goes in steps.  What is left to do is in a struct load of the thread
 * whose call it is: it is done when that thread would run, and the thread goes on with what it
 * came to.
 *
 *	spawn   load->proc is a new process, whose first thread waits; its ->loader is the caller
 *	execve  load->proc is the caller's own, and load->mm is to take the place of its ->mm
 *
 *	load_create() --> load_start() --> load_go_on() ... --> program_enter()	 the call returns
 *			     |	   `--a step fails--> all goes in steps --> the call fails
 *			     `--the caller, or what is loaded, is ended--> load_forget(), load_detach()
 *
 * Context: kernel.
 */
#ifndef KERNEL_EXEC_H
#define KERNEL_EXEC_H

#include <fs/vfs.h>
#include <kernel/elf.h>
#include <kernel/proc.h>

enum { LOAD_ARGV, LOAD_ENVP, LOAD_LISTS };

struct load {
	struct thread *thread; /* whose call it is; NULL: nobody's, at boot */
	struct proc *proc;     /* that gets the program */
	struct mm *mm;	       /* into which it is loaded */
	uint8_t stage;	       /* see load.c */
	bool has_failed;
	int16_t err;
	/* The caller's, not judged. */
	uaddr_t path, lists[LOAD_LISTS], actions;
	uint32_t nactions;
	/* How far the list of a stage is, and of its strings the one that is under way. */
	uint32_t list, index, offset;
	uaddr_t string;
	uint32_t counts[LOAD_LISTS]; /* strings */
	uint32_t bytes;		     /* of all of them, with their ends */
	struct place place;	     /* of the program's path */
	struct inode *inode;
	struct elf_image image;
	/* Where its parts have been placed. */
	addr_t text, data, stack, stack_end, sp;
	addr_t to; /* the next string */
	struct elf_relocs relocs;
	char name[PROC_NAME_MAX + 1];
};

/* A load into @mm, for the running thread.  NULL: no memory. */
struct load *load_create(struct proc *proc, struct mm *mm);

/* Do what a load is for, as far as nobody else is to run.  What the call that began it returns. */
long load_start(struct load *load);

/* Go on with the load of a thread that would run. */
void load_go_on(struct thread *thread);

/* A thread is about to end: what it loads is not started. */
void load_forget(struct thread *thread);

/* A process whose program is being loaded is about to end: who loads it is told its number. */
void load_detach(struct proc *proc);

/* Load the first program of all, whose only argument is its path, and let it run. */
int load_first(struct proc *proc, const char *path);

#endif
