/* SPDX-License-Identifier: MIT */
/* Over newlib's <regex.h>, which forgets what it needs. */
#ifndef CROFT_REGEX_H
#define CROFT_REGEX_H
#pragma GCC system_header /* allows #include_next under -Wpedantic */

#include <sys/types.h>

#include_next <regex.h>

#endif
