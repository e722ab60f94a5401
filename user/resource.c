/* SPDX-License-Identifier: MIT */
/* Limits.  See croft/resource.h. */
#include "syscall.h"

#include <sys/resource.h>

int getrlimit(int resource, struct rlimit *limit)
{
	return (int)syscall_result(__sys_getrlimit(resource, limit));
}

int setrlimit(int resource, const struct rlimit *limit)
{
	return (int)syscall_result(__sys_setrlimit(resource, limit));
}
