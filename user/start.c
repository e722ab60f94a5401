/* SPDX-License-Identifier: MIT */
/*
 * From the first instruction to main().
 */
#include "syscall.h"

#include <stdlib.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv, char **envp);

void __libc_init_array(void); /* newlib: runs the constructors */

/* newlib calls these around the constructors and destructors; on Arm both are empty. */
void _init(void);
void _fini(void);

void _init(void)
{
}

void _fini(void)
{
}

/**
 * __croft_start - called by _start
 * @stack: argc, then argv and envp, each ended by NULL
 */
__attribute__((noreturn)) void __croft_start(long *stack);

void __croft_start(long *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);

	environ = argv + argc + 1;
	__libc_init_array();
	exit(main(argc, argv, environ));
}
