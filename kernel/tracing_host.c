/* SPDX-License-Identifier: MIT */
/*
 * The trace to a file of the host, by semihosting.  See tracing_host.h.
 * Source: Arm IHI 0100, semihosting for AArch32 and AArch64.
 */
#include <arch/semihost.h>
#include <string.h>

#include "tracing_host.h"

#define SYS_OPEN	0x01
#define SYS_WRITE	0x05
#define SYS_GET_CMDLINE 0x15
#define MODE_WB		5

#define LINE_LEN 160

static const char option[] = "trace=";
static long handle = -1;

void trace_host_open(void)
{
	static char line[LINE_LEN]; /* too large for the stack */
	struct {
		char *at;
		size_t len;
	} question = { line, sizeof(line) };
	struct {
		const char *path;
		unsigned long mode;
		size_t len;
	} file = { NULL, MODE_WB, 0 };

	if (arch_semihost(SYS_GET_CMDLINE, &question))
		return;
	file.path = strstr(line, option);
	if (!file.path)
		return;
	file.path += strlen(option);
	file.len = strcspn(file.path, " ");
	line[file.path + file.len - line] = '\0';
	handle = arch_semihost(SYS_OPEN, &file);
}

void trace_host_write(const void *from, size_t len)
{
	struct {
		long handle;
		const void *from;
		size_t len;
	} block = { handle, from, len };

	if (handle >= 0)
		arch_semihost(SYS_WRITE, &block);
}
