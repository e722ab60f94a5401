/* SPDX-License-Identifier: MIT */
/* Core dumps from beginning to end.  See include/kernel/core.h. */
#include <arch/irq.h>
#include <croft/wait.h>
#include <errno.h>
#include <fs/vfs.h>
#include <kernel/config.h>
#include <kernel/console.h>
#include <mm/page.h>
#include <mm/pool.h>
#include <signal.h>
#include <string.h>

#include "core_dump.h"

static struct pool core_pool = POOL_INIT(struct core);

static const struct core_sink none = { .name = "none" };

static const struct core_sink *const sinks[] = {
	&none,
	IS_ENABLED(CONFIG_CORE_HOST) ? &core_host_sink : &none,
	IS_ENABLED(CONFIG_CORE_FILE) ? &core_file_sink : &none,
	IS_ENABLED(CONFIG_CORE_CONSOLE) ? &core_console_sink : &none,
};

static const struct core_sink *destination = IS_ENABLED(CONFIG_CORE_TO_HOST)   ? &core_host_sink
					     : IS_ENABLED(CONFIG_CORE_TO_FILE) ? &core_file_sink
					     : IS_ENABLED(CONFIG_CORE_TO_CONSOLE)
						     ? &core_console_sink
						     : &none;

const char *core_destination(void)
{
	return destination->name;
}

bool core_set_destination(const char *name, size_t len)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(sinks); i++)
		if (name_is(sinks[i]->name, name, len)) {
			destination = sinks[i];
			return true;
		}
	return false;
}

/* Does POSIX have it end a process abnormally?  SIGKILL from the kernel: a stack was lost. */
static bool leaves_core(const struct thread *thread, int sig)
{
	switch (sig) {
	case SIGKILL:
		return thread->frame_lost;
	case SIGQUIT:
	case SIGILL:
	case SIGTRAP:
	case SIGABRT:
	case SIGFPE:
	case SIGBUS:
	case SIGSEGV:
	case SIGSYS:
	case SIGXCPU:
	case SIGXFSZ:
		return true;
	default:
		return false;
	}
}

static struct core_shape shape_of(const struct proc *proc)
{
	const struct mm *mm = proc->mm;

	return (struct core_shape){ mm->serial, mm->nvmas, mm->npages, mm->changes };
}

static bool has_shape(const struct core *core)
{
	struct core_shape now = shape_of(core->proc);

	return memcmp(&now, &core->shape, sizeof(now)) == 0;
}

static void say_none(const struct proc *proc, const char *why)
{
	kprintf("%s (pid %d): no core dump: %s\n", proc->name, proc->pid, why);
}

void core_begin(struct thread *thread, const struct croft_siginfo *info)
{
	struct proc *proc = thread->proc;
	struct core *core;

	if (proc->is_exiting || destination == &none || proc->core_limit == 0 ||
	    !leaves_core(thread, info->signo))
		return;
	core = pool_alloc(&core_pool);
	if (!core) {
		say_none(proc, "out of memory");
		return;
	}
	core->sink = destination;
	core->proc = proc;
	core->thread = thread;
	core->info = *info;
	core->shape = shape_of(proc);
	core->limit = proc->core_limit;
	proc->core = core;
}

static void end(struct core *core)
{
	struct proc *proc = core->proc;

	core->sink->close(core);
	if (core->off) {
		proc->status |= CROFT_STATUS_CORE;
		kprintf("%s (pid %d): core dumped to %s, %lu bytes", proc->name, proc->pid,
			core->path, (unsigned long)core->off);
		if (core->off < core->size)
			kprintf(", cut from %lu", (unsigned long)core->size);
		kprintf("\n");
	}
	proc->core = NULL;
	pool_free(&core_pool, core);
}

/* A step of opening the destination. */
static void open_sink(struct core *core)
{
	int err;

	core->limit = MIN(core->limit, core->size);
	/* One that is given up in the middle of this lets go of what it has. */
	err = core->limit > 0 || core->file ? core->sink->open(core) : -ENODEV;
	if (err == 0) {
		core_next_part(core);
	} else if (err < 0) {
		if (err != -ENODEV)
			say_none(core->proc, err == -ENOMEM ? "out of memory" : "no such place");
		core->proc->core = NULL;
		pool_free(&core_pool, core);
	}
}

/* Write of the next piece what one step may. */
static void write_piece(struct core *core, struct thread *thread)
{
	uint32_t buf[CORE_PIECE_WORDS];
	const void *from;
	int len = core_piece(core, buf, &from);
	ssize_t taken;
	size_t left;

	if (len == CORE_NO_PIECE) {
		core_next_part(core);
		return;
	}
	if ((uint32_t)len < core->done) {
		core->limit = core->off; /* the name that it is has become shorter */
		return;
	}
	left = MIN((uint32_t)len - core->done, core->limit - core->off);
	if (left > 0) {
		left = MIN(left, (size_t)CONFIG_STEP_BYTES);
		taken = core->sink->write(core, (const char *)from + core->done, left);
		if (taken == -EAGAIN) {
			thread_park(thread, &console_waiters, 0);
			arch_kernel_switch(); /* it takes no more steps, also where another was running */
			return;
		}
		if (taken < 0) {
			core->limit = core->off;
			return;
		}
		if (core->part == CORE_FILE_NAMES)
			core->names_told += (uint32_t)taken;
		core->done += (uint32_t)taken;
		core->off += (uint32_t)taken;
	}
	if (core->done == (uint32_t)len)
		core_next_piece(core);
}

bool core_step(struct thread *thread)
{
	struct core *core = thread->proc->core;

	if (!core)
		return true;
	/* A dump never takes what keeps the system going. */
	page_set_reserve(CONFIG_RESERVE_PAGES);
	if (!has_shape(core)) {
		core->limit = core->off;
		core->shape = shape_of(core->proc);
	}
	if (core->part == CORE_COUNT) {
		if (core_count(core))
			core_next_part(core);
	} else if (core->part == CORE_OPEN) {
		open_sink(core);
	} else if (core->part < CORE_DONE && core->off < core->limit) {
		write_piece(core, thread);
	} else {
		end(core);
	}
	return false;
}

void core_stop(struct proc *proc)
{
	if (proc->core)
		proc->core->limit = proc->core->off;
}
