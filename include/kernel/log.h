/* SPDX-License-Identifier: MIT */
/*
 * The log: what the kernel has said, kept in a ring.  /proc/kmsg shows it, and dmesg prints that.
 *
 * The ring lies in RAM that a reset leaves alone.  A panic seals it with a checksum; the next boot
 * keeps a ring whose seal is right, so that the epitaph can be read then, and begins anew otherwise.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <kernel/types.h>

/* Keep what was sealed, or begin.  Context: boot, before anything is said. */
void log_init(void);

/* Add text.  Context: kernel, boot; any in a panic. */
void log_write(const char *from, size_t len);

/**
 * log_line - a line of what is kept
 * @pos: 0: the oldest; moved on to the next
 * @to:	 filled with the line and its '\n', which a line that is cut has too
 *
 * Return: its length; 0: there are no more.
 * Context: kernel.
 */
size_t log_line(uint32_t *pos, char *to, size_t size);

/*
 * What the console has not shown yet, byte by byte: is there any, and take one of it.  Lines that were
 * overwritten before they were taken are lost, and "..." stands for them.
 * Context: kernel; any in a panic.
 */
bool log_has_more(void);
char log_take(void);

/* The console need not show what there is.  Context: boot. */
void log_told(void);

/* Make what is kept survive a reset.  Context: panic. */
void log_seal(void);

#endif
