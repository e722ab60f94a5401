/* SPDX-License-Identifier: MIT */
/* Over newlib's <unistd.h>, which knows sbrk() and has forgotten brk(). */
#ifndef CROFT_UNISTD_H
#define CROFT_UNISTD_H
#pragma GCC system_header /* allows #include_next under -Wpedantic */

#include_next <unistd.h>

#if __MISC_VISIBLE
__BEGIN_DECLS
int brk(void *end);
__END_DECLS
#endif

#endif
