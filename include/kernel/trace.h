/* SPDX-License-Identifier: MIT */
/*
 * The last system calls and faults, for the epitaph of a panic (CONFIG_CALL_TRACE).
 *
 * trap.S writes a call into the ring itself, in ten instructions, and knows its layout.
 */
#ifndef KERNEL_TRACE_H
#define KERNEL_TRACE_H

#include <kernel/types.h>

#define TRACE_ENTRIES 16

struct trace_entry {
	uint32_t tid;
	uint32_t what; /* a call's number, or TRACE_FAULT with the signal */
};

#define TRACE_FAULT 0x80000000u

struct trace {
	uint32_t next; /* bytes: where the next entry goes */
	struct trace_entry entries[TRACE_ENTRIES];
};
extern struct trace trace;

/* Add a fault of the running thread.  Context: fault handler. */
void trace_fault(int sig);

/* Say the entries, the oldest first.  Context: panic. */
void trace_say(void);

#endif
