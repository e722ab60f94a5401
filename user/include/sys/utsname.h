/* SPDX-License-Identifier: MIT */
/* The names of the system.  Source: POSIX.1-2017 <sys/utsname.h>. */
#ifndef _SYS_UTSNAME_H_
#define _SYS_UTSNAME_H_

#include <sys/cdefs.h>

#define _UTSNAME_LENGTH 32

struct utsname {
	char sysname[_UTSNAME_LENGTH];	/* Croft */
	char nodename[_UTSNAME_LENGTH]; /* the board */
	char release[_UTSNAME_LENGTH];
	char version[_UTSNAME_LENGTH]; /* what it was compiled with */
	char machine[_UTSNAME_LENGTH]; /* architecture/processor */
};

__BEGIN_DECLS

/* Asks /proc/version, and so needs a free descriptor.  0, or -1 and errno of open() or read(). */
int uname(struct utsname *names);

__END_DECLS

#endif
