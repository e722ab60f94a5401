/* SPDX-License-Identifier: MIT */
/* Over newlib's <sys/stat.h>, which declares lstat() for some systems only. */
#ifndef CROFT_SYS_STAT_H
#define CROFT_SYS_STAT_H
#pragma GCC system_header /* allows #include_next under -Wpedantic */

#include_next <sys/stat.h>

__BEGIN_DECLS
int lstat(const char *__restrict path, struct stat *__restrict st);
__END_DECLS

#endif
