/* SPDX-License-Identifier: MIT */
/*
 * Futexes: waiting for a word of a program's memory to change.
 *
 * The word belongs to programs, and so does what it means; the kernel is asked only when there is
 * something to wait for.  A word is known by its address, which is the same in every process that
 * maps it; who waits for one that its process maps no more, is woken by its process alone.
 *
 * Words of FUTEX_LOCK_PI are locks with priority inheritance: 0 is free; else the id of the thread
 * that holds it, with FUTEX_WAITERS when others wait.
 *
 * Context: kernel.
 */
#ifndef KERNEL_FUTEX_H
#define KERNEL_FUTEX_H

#include <kernel/types.h>

struct mm;
struct thread;

/* Does a thread wait for a word? */
bool futex_holds(const struct thread *thread);

/* Wake up to @most threads that wait for the word, which @mm maps, the most urgent first.  How many were. */
uint32_t futex_wake(const struct mm *mm, addr_t word, uint32_t most);

#endif
