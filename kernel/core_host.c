/* SPDX-License-Identifier: MIT */
/*
 * Core dumps to a file of the host, by semihosting.
 *
 * Where it may be, the host says itself: its command line for the system is "cores=PREFIX" (see
 * tools/run.py), and the file is PREFIX.<pid>.  Without that, or without a host, there is none.
 *
 * Source: Arm IHI 0100, semihosting for AArch32 and AArch64.
 */
#include <arch/semihost.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core_dump.h"

#define SYS_OPEN	0x01
#define SYS_CLOSE	0x02
#define SYS_WRITE	0x05
#define SYS_GET_CMDLINE 0x15
#define MODE_WB		5

static const char option[] = "cores=";

#define OPTION_LEN (sizeof(option) - 1)
#define PID_ROOM   7 /* ".32767" and the end */

static int core_host_open(struct core *core)
{
	char line[OPTION_LEN + sizeof(core->path)] = { 0 };
	struct {
		char *at;
		uint32_t len;
	} question = { line, sizeof(line) - PID_ROOM };
	struct {
		const char *path;
		uint32_t mode, len;
	} file = { core->path, MODE_WB, 0 };

	if (arch_semihost(SYS_GET_CMDLINE, &question) || memcmp(line, option, OPTION_LEN) != 0)
		return -ENODEV;
	file.len = (uint32_t)sniprintf(core->path, sizeof(core->path), "%s.%d", line + OPTION_LEN,
				       core->proc->pid);
	core->handle = (int)arch_semihost(SYS_OPEN, &file);
	return core->handle < 0 ? -EIO : 0;
}

/* The host tells how many bytes it did not write. */
static ssize_t core_host_write(struct core *core, const void *from, size_t len)
{
	struct {
		int handle;
		const void *from;
		size_t len;
	} block = { core->handle, from, len };
	long left = arch_semihost(SYS_WRITE, &block);

	return left == 0 ? (ssize_t)len : -EIO;
}

static void core_host_close(struct core *core)
{
	arch_semihost(SYS_CLOSE, &core->handle);
}

const struct core_sink core_host_sink = { "host", core_host_open, core_host_write,
					  core_host_close };
