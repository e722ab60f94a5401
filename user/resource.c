/* SPDX-License-Identifier: MIT */
/* Limits, and what was used.  See croft/resource.h. */
#include "syscall.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

int getrlimit(int resource, struct rlimit *limit)
{
	return (int)__call_getrlimit(resource, limit);
}

int setrlimit(int resource, const struct rlimit *limit)
{
	return (int)__call_setrlimit(resource, limit);
}

int getrusage(int who, struct rusage *used)
{
	struct timespec cpu;

	if (who != RUSAGE_SELF) {
		errno = EINVAL;
		return -1;
	}
	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu))
		return -1;
	memset(used, 0, sizeof(*used));
	used->ru_utime.tv_sec = cpu.tv_sec;
	used->ru_utime.tv_usec = cpu.tv_nsec / 1000;
	return 0;
}
