/* SPDX-License-Identifier: MIT */
/*
 * From the first instruction to main().
 */
#include "syscall.h"

#include <stdlib.h>
#include <unistd.h>

extern char **environ;
const char *__croft_name = ""; /* what argv[0] says; for err.c */

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
	if (argc > 0)
		__croft_name = argv[0];
	__libc_init_array();
	exit(main(argc, argv, environ));
}
