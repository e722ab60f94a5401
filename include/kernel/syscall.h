/* SPDX-License-Identifier: MIT */
/*
 * System calls: the functions that trap.S calls, one for each entry of croft/syscall.def.
 *
 * A function gets its arguments as the program gave them, judges them, and returns the result,
 * -errno, or NO_RESULT (kernel/thread.h).
 */
#ifndef KERNEL_SYSCALL_H
#define KERNEL_SYSCALL_H

#include <generated/syscall_table.h>

#endif
