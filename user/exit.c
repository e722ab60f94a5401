/* SPDX-License-Identifier: MIT */
/*
 * The end of a program: what atexit() registered, then destructors, then open streams, then the
 * kernel.  Instead of newlib's exit(), which leaves destructors to a start-up file that registers
 * them: that would bring the code and table of atexit() into every program.
 */
#include "syscall.h"

#include <stdlib.h>
#include <sys/reent.h>
#include <unistd.h>

/* newlib's; there only where the program uses atexit(). */
extern void __call_exitprocs(int status, void *object) __attribute__((weak));

extern void (*__fini_array_start[])(void);
extern void (*__fini_array_end[])(void);

void exit(int status)
{
	if (__call_exitprocs)
		__call_exitprocs(status, NULL);
	for (void (**fini)(void) = __fini_array_end; fini > __fini_array_start;)
		(*--fini)();
	if (_GLOBAL_REENT->__cleanup)
		_GLOBAL_REENT->__cleanup(_GLOBAL_REENT);
	_exit(status);
}

void _exit(int status)
{
	for (;;)
		__sys_exit(status);
}
