/* SPDX-License-Identifier: MIT */
/*
 * Core dumps to /tmp/core.<pid>, a file in RAM that only the owner of the process may read.
 *
 * The file gets its size before its bytes, so that it need not be moved while it grows; where
 * memory for all of it is short, it is made smaller until it fits.
 */
#include <errno.h>
#include <fcntl.h>
#include <fs/vfs.h>
#include <mm/page.h>
#include <stdio.h>

#include "core_dump.h"

#define LEAST 1024u /* bytes: less than the headers and registers of one thread is no use */

static int create(struct core *core)
{
	const struct proc *proc = core->proc;

	sniprintf(core->path, sizeof(core->path), "/tmp/core.%d", proc->pid);
	(void)vfs_unlink(core->path, proc->euid, proc->egid); /* of a process long gone */
	return vfs_open(core->path, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR, proc->euid,
			proc->egid, &core->file);
}

/* Take the name away too: a file without bytes helps nobody. */
static int give_up(struct core *core, int err)
{
	file_put(core->file);
	core->file = NULL;
	(void)vfs_unlink(core->path, core->proc->euid, core->proc->egid);
	return err;
}

static int core_file_open(struct core *core)
{
	int err = core->file ? 0 : create(core);

	if (err)
		return err;
	if (core->limit == 0)
		return give_up(core, -ENODEV);
	err = file_truncate(core->file, (off_t)core->limit);
	if (err != -ENOMEM)
		return err < 0 ? give_up(core, err) : err;
	core->limit -= MIN(core->limit, PAGE_SIZE);
	if (core->limit < LEAST)
		return give_up(core, -ENOMEM);
	return 1;
}

static ssize_t core_file_write(struct core *core, const void *from, size_t len)
{
	return file_write(core->file, from, len);
}

static void core_file_close(struct core *core)
{
	(void)file_truncate(core->file, (off_t)core->off); /* less, where it was given up */
	file_put(core->file);
}

const struct core_sink core_file_sink = { "file", core_file_open, core_file_write,
					  core_file_close };
