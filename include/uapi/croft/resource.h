/* SPDX-License-Identifier: MIT */
/*
 * Limits of a process, inherited by those it starts.
 * Source: POSIX.1-2017 <sys/resource.h>.
 */
#ifndef CROFT_UAPI_RESOURCE_H
#define CROFT_UAPI_RESOURCE_H

typedef unsigned long rlim_t;

#define RLIM_INFINITY ((rlim_t)-1)

#define RLIMIT_CPU    0
#define RLIMIT_FSIZE  1
#define RLIMIT_DATA   2
#define RLIMIT_STACK  3
#define RLIMIT_CORE   4
#define RLIMIT_NOFILE 7
#define RLIMIT_AS     9

/* Those that Linux has, too. */
#define RLIMIT_RSS     5
#define RLIMIT_NPROC   6
#define RLIMIT_MEMLOCK 8

struct rlimit {
	rlim_t rlim_cur;
	rlim_t rlim_max;
};

#endif
