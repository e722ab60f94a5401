/* SPDX-License-Identifier: MIT */
/*
 * Windows: the registers of devices that programs may drive, as device files to be mapped.
 *
 * A window is mapped shared, as Device memory, never to be executed; root opens it.  What a board
 * does not name as a window cannot be mapped by anyone, the processor's own registers above all.
 *
 * Context: kernel.
 */
#ifndef FS_WINDOW_H
#define FS_WINDOW_H

#include <kernel/types.h>

struct inode;

/* How many the board has. */
size_t window_count(void);

/* The window number @i, counted, and its name in /dev. */
struct inode *window_get(size_t i);
const char *window_name(size_t i);

/* The @i-th interrupt line of a window's device; -EINVAL: it has no more; -ENODEV: no window. */
int window_irq(const struct inode *inode, unsigned int i);

#endif
