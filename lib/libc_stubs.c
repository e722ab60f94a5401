/* SPDX-License-Identifier: MIT */
/*
 * What newlib asks of the system below it, where that system is the kernel.
 *
 * The kernel uses newlib's string functions and its integer printf into a buffer.  That printf
 * shares code with the printf of streams, which can allocate: the kernel has no heap, so asking
 * for memory always fails.  Nothing that is in use here ever asks.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>

void *_sbrk(ptrdiff_t increment);

void *_sbrk(ptrdiff_t increment)
{
	(void)increment;
	errno = ENOMEM;
	return (void *)(intptr_t)-1;
}
