/* SPDX-License-Identifier: MIT */
/*
 * Addresses, and the arithmetic on pages that everybody needs.
 *
 * An addr_t is a physical address of the machine: 32 bits, also where the same code is built
 * for a 64-bit host and tested there.  A uaddr_t is an address that a program named: it has
 * to be judged (mm/uaccess.h) before it becomes a pointer, so it does not convert into one.
 */
#ifndef KERNEL_TYPES_H
#define KERNEL_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef uint32_t addr_t;

typedef struct {
	addr_t addr;
} uaddr_t;

/* A range that may end at the last address: [start, last]; start behind last: nothing. */
struct span {
	addr_t start, last;
};

/* clang-format off */
#define SPAN_NONE ((struct span){ UINT32_MAX, 0 })
/* clang-format on */

#define PAGE_SIZE ((addr_t)1 << CONFIG_PAGE_SHIFT)
#define PAGE_MASK (PAGE_SIZE - 1)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)     ((a) < (b) ? (a) : (b))
#define MAX(a, b)     ((a) > (b) ? (a) : (b))

/* The structure of type @type whose member @member is at @ptr. */
#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/*@ assigns \nothing; */
static inline void *addr_ptr(addr_t addr)
{
	return (void *)(uintptr_t)addr;
}

static inline addr_t ptr_addr(const volatile void *ptr)
{
	return (addr_t)(uintptr_t)ptr;
}

static inline bool is_page_aligned(addr_t addr)
{
	return (addr & PAGE_MASK) == 0;
}

/*@ assigns \nothing; */
static inline addr_t page_floor(addr_t addr)
{
	return addr & ~PAGE_MASK;
}

/* Rounded up; 0 when that is past the last address. */
/*@ assigns \nothing; */
static inline addr_t page_ceil(addr_t addr)
{
	return (addr + PAGE_MASK) & ~PAGE_MASK;
}

#endif
