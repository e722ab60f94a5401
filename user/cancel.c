/* SPDX-License-Identifier: MIT */
/*
 * A call that pthread_cancel() ends, of up to three arguments; only where a program has that.  A function of
 * its own, since who calls it jumps here, which cannot be done to a name that may be missing.
 */
#include "syscall.h"

long __croft_cancel_3(long a, long b, long c, int number)
{
	return syscall_result(__croft_cancel_5(a, b, c, 0, 0, number));
}
