/* SPDX-License-Identifier: MIT */
/* Where every system call that fails ends.  See syscall.h. */
#include "syscall.h"

#include <reent.h>

long __croft_fail(long error)
{
	_REENT->_errno = (int)-error;
	return -1;
}
