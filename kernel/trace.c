/* SPDX-License-Identifier: MIT */
/* The last system calls and faults.  See include/kernel/trace.h. */
#include <kernel/assert.h>
#include <kernel/entry.h>
#include <kernel/thread.h>
#include <kernel/trace.h>

struct trace trace;

_Static_assert(sizeof(struct trace_entry) == 8 && TRACE_ENTRIES == 16, "trap.S knows it");
_Static_assert(offsetof(struct trace, entries) == 4, "trap.S knows it");
_Static_assert(offsetof(struct thread, tid) == 40, "trap.S knows it");

void trace_fault(int sig)
{
	struct trace_entry *entry = &trace.entries[trace.next / sizeof(*entry)];

	*entry = (struct trace_entry){ (uint32_t)current->tid, TRACE_FAULT | (uint32_t)sig };
	trace.next = (trace.next + (uint32_t)sizeof(*entry)) % (uint32_t)sizeof(trace.entries);
}

void trace_say(void)
{
	panic_say("  thread:call, or thread!signal of a fault:");
	for (unsigned int i = 0; i < TRACE_ENTRIES; i++) {
		unsigned int at = (trace.next / sizeof(struct trace_entry) + i) % TRACE_ENTRIES;
		const struct trace_entry *entry = &trace.entries[at];

		if (entry->tid)
			panic_say(" %d%c%d", (int)entry->tid, entry->what & TRACE_FAULT ? '!' : ':',
				  (int)(entry->what & ~TRACE_FAULT));
	}
	panic_say("\n");
}
