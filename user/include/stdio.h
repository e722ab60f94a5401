/* SPDX-License-Identifier: MIT */
/* Over newlib's <stdio.h>, which has these under names of its own. */
#ifndef CROFT_STDIO_H
#define CROFT_STDIO_H
#pragma GCC system_header /* allows #include_next under -Wpedantic */

#include_next <stdio.h>

#if __POSIX_VISIBLE >= 200809
__BEGIN_DECLS
ssize_t getdelim(char **__restrict line, size_t *__restrict size, int delimiter,
		 FILE *__restrict stream);
ssize_t getline(char **__restrict line, size_t *__restrict size, FILE *__restrict stream);
__END_DECLS
#endif

#endif
