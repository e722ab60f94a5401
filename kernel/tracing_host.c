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

/* What stands behind it in a line; its end: it is not there.  strstr() needs 1 KB of stack. */
static const char *find_option(const char *line)
{
	while (*line && memcmp(line, option, sizeof(option) - 1) != 0)
		line++;
	return *line ? line + sizeof(option) - 1 : line;
}

void trace_host_open(void)
{
	static char line[LINE_LEN + sizeof(option)]; /* too large for the stack */
	struct {
		char *at;
		size_t len;
	} question = { line, LINE_LEN };
	struct {
		const char *path;
		unsigned long mode;
		size_t len;
	} file = { NULL, MODE_WB, 0 };

	if (arch_semihost(SYS_GET_CMDLINE, &question))
		return;
	file.path = find_option(line);
	if (!*file.path)
		return;
	while (file.path[file.len] && file.path[file.len] != ' ')
		file.len++;
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
