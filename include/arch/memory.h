/* SPDX-License-Identifier: MIT */
/* Setting memory as fast as the processor can. */
#ifndef ARCH_MEMORY_H
#define ARCH_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Set @len bytes to zero.  Context: any. */
void arch_clear(void *at, size_t len);

/* Set @len bytes, a multiple of 4, to copies of @word.  Context: any. */
void arch_fill(uint32_t *at, uint32_t word, size_t len);

#endif
