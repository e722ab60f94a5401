/* SPDX-License-Identifier: MIT */
/* The file of the host that gets the trace.  Context: any. */
#ifndef KERNEL_TRACING_HOST_H
#define KERNEL_TRACING_HOST_H

#include <stddef.h>

/* Create the file that the host's command line names by "trace=FILE", where it does. */
void trace_host_open(void);

/* Write to it, if it is open. */
void trace_host_write(const void *from, size_t len);

#endif
