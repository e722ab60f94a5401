/* SPDX-License-Identifier: MIT */
/*
 * /proc/trace: the last events, oldest first, one a line.
 *
 *	    0.012345678     3     3 enter 22 12c00 0 1a4 0
 *	seconds           tid   pid event, its words in base 16
 *
 * Reading is an event, too: so it ends with what was there when it began, and meanwhile nothing is
 * recorded, lest what is to be read be overwritten.
 */
#include "procfs.h"

#include <inttypes.h>
#include <kernel/tracing.h>
#include <stdio.h>

/* The place is the number of the next, and that of the first which is not told, or 0 for not yet
 * known. */
int procfs_trace_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	struct tracing_record record;
	uint64_t ns;
	int len;

	(void)pid;
	if (place->at[1] == 0) {
		place->at[1] = tracing_count();
		tracing_hold(proc_view_self());
	}
	if (place->at[0] >= place->at[1] || !tracing_read(&place->at[0], &record) ||
	    place->at[0] >= place->at[1]) {
		tracing_hold(0);
		return 0;
	}
	place->at[0]++;
	ns = proc_view_ns((uint64_t)record.high << 32 | record.low);
	len = sniprintf(line, PROCFS_LINE, "%5" PRIu32 ".%09" PRIu32 " %5u %5u %s",
			(uint32_t)(ns / 1000000000), (uint32_t)(ns % 1000000000), record.tid,
			record.pid, tracing_kind_name(record.kind));
	for (unsigned int i = 0; i < TRACING_WORDS; i++)
		len += sniprintf(line + len, (size_t)(PROCFS_LINE - len), " %" PRIx32,
				 record.words[i]);
	line[len++] = '\n';
	return len;
}
