/* SPDX-License-Identifier: MIT */
/* Clearing memory as fast as the processor can. */
#ifndef ARCH_MEMORY_H
#define ARCH_MEMORY_H

#include <stddef.h>

/* Set @len bytes to zero.  Context: any. */
void arch_clear(void *at, size_t len);

#endif
