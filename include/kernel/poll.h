/* SPDX-License-Identifier: MIT */
/*
 * poll(): waiting for any of several files.
 *
 * A thread is on one queue at a time, so one in poll() is not on those of its files: it marks each
 * of them (is_polled) and waits on a queue of all pollers.  When a marked queue is woken, its mark
 * goes and every poller looks again.  So there is nothing that links a poller to a file, and nothing
 * to undo when either goes away.  The cost: pollers times their files for each change of a file
 * that somebody has found not ready; a change of any other file costs a test of its mark.
 *
 * Context: kernel.
 */
#ifndef KERNEL_POLL_H
#define KERNEL_POLL_H

#include <kernel/waitq.h>

/* Something about the file behind @q has changed. */
void poll_wake(struct waitq *q);

#endif
