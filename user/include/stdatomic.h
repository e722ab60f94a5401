/* SPDX-License-Identifier: MIT */
/* Over the compiler's <stdatomic.h>: clang takes newlib's, which forgets what it needs. */
#ifndef CROFT_STDATOMIC_H
#define CROFT_STDATOMIC_H
#pragma GCC system_header /* allows #include_next under -Wpedantic */

#include <stdint.h>

#include_next <stdatomic.h>

#endif
