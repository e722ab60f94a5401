/* SPDX-License-Identifier: MIT */
/*
 * Over newlib's <sys/syslimits.h>, from which <limits.h> has its limits: what is so on Croft.  Those that
 * the configuration sets are told by sysconf(), and are not defined, as POSIX has it.
 */
#ifndef CROFT_SYS_SYSLIMITS_H
#define CROFT_SYS_SYSLIMITS_H
#pragma GCC system_header /* allows #include_next under -Wpedantic */

#include_next <sys/syslimits.h>

#undef ARG_MAX
#undef CHILD_MAX
#undef NAME_MAX
#undef NGROUPS_MAX
#undef OPEN_MAX
#undef PATH_MAX

#define NAME_MAX    31
#define NGROUPS_MAX 0
#define PATH_MAX    96
#define SSIZE_MAX   __INT_MAX__

#endif
