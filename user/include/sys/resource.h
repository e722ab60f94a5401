/* SPDX-License-Identifier: MIT */
/*
 * Limits, and what was used.  newlib's header of this name has getrusage() alone.
 * Source: POSIX.1-2017 <sys/resource.h>.
 */
#ifndef _SYS_RESOURCE_H_
#define _SYS_RESOURCE_H_

#include <croft/resource.h>
#include <sys/cdefs.h>
#include <sys/time.h>

#define RUSAGE_SELF 0

struct rusage {
	struct timeval ru_utime;
	struct timeval ru_stime;
};

__BEGIN_DECLS

/* RLIMIT_AS: bytes of all mappings.  RLIMIT_CORE: bytes of a core dump; 0: none.  RLIMIT_NOFILE is
 * told, and cannot be set.  The others have no limit. */
int getrlimit(int resource, struct rlimit *limit);
int setrlimit(int resource, const struct rlimit *limit);

/* RUSAGE_SELF alone: processor time, all of it as ru_utime.  What children used
 * is in /proc/<pid>/stat. */
int getrusage(int who, struct rusage *used);

__END_DECLS

#endif
