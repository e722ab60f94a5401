/* SPDX-License-Identifier: MIT */
/*
 * Who starts programs: a load begun, gone on with, and come to its end.
 * See include/kernel/exec.h; load.c has what is done in a step.
 */
#include <arch/irq.h>
#include <errno.h>
#include <kernel/check.h>
#include <kernel/exec.h>
#include <kernel/fd.h>
#include <kernel/tracing.h>
#include <mm/page.h>
#include <mm/pool.h>
#include <signal.h>
#include <string.h>

#include "load.h"

#define NOT_YET INT32_MAX /* no result of a load */

/* One is hardly ever begun while another is under way: only then is there a slab of them. */
static struct load first;
static bool first_is_used;
static struct pool load_pool = POOL_INIT(struct load);

struct load *load_create(struct proc *proc, struct mm *mm)
{
	struct load *load = first_is_used ? pool_alloc(&load_pool) : &first;

	if (!load)
		return NULL;
	if (load == &first) {
		memset(load, 0, sizeof(*load));
		first_is_used = true;
	}
	load->thread = current;
	load->proc = proc;
	load->mm = mm;
	return load;
}

/* It is no longer its thread's. */
static void drop(struct load *load)
{
	if (load->thread)
		load->thread->load = NULL;
	vfs_place_put(&load->place);
	if (load->inode)
		inode_put(load->inode);
	if (load == &first)
		first_is_used = false;
	else
		pool_free(&load_pool, load);
}

static bool is_exec(const struct load *load)
{
	return load->mm != load->proc->mm;
}

/* Let a thread that does not run start at the entry of what was loaded; proc->mm holds it. */
static void program_enter(struct load *load)
{
	const struct elf_image *image = &load->image;
	struct proc *proc = load->proc;
	struct thread *thread = proc_first_thread(proc);

	proc->data_base = load->data;
	proc->tls_slot = 0;
	memcpy(proc->name, load->name, sizeof(proc->name));
	if (IS_ENABLED(CONFIG_TRACE))
		tracing_text(TRACING_name, (uint32_t)proc->pid, proc->name);
	thread->stack.start = thread->stack.end = 0;
	thread->has_result = thread->is_interrupted = false;
	arch_context_init(&thread->context, load->text + (image->entry - image->text.vaddr),
			  load->sp, load->data);
}

/* All of it is there.  Nothing here can fail. */
static long finish(struct load *load)
{
	struct proc *proc = load->proc;
	long result = NO_RESULT;

	if (is_exec(load)) {
		struct thread *thread = load->thread;

		thread->load = NULL;
		proc_replace(proc, thread, load->mm);
		program_enter(load);
	} else {
		program_enter(load);
		proc->loader = NULL;
		result = proc->pid;
		sched_insert(proc_first_thread(proc));
	}
	drop(load);
	memory_check();
	return result;
}

/* Take away what there is of a load that has failed.  false: there is more. */
static bool undo_step(struct load *load)
{
	struct proc *proc = load->proc, *parent = proc->parent;

	if (!mm_is_empty(load->mm)) {
		mm_unmap_all_step(load->mm);
		return false;
	}
	if (is_exec(load)) {
		proc_mm_discard(load->mm);
		return true;
	}
	if (!fd_close_step(proc))
		return false;
	proc_free(proc);
	if (parent) /* it may wait for its last child */
		waitq_wake_all(&parent->child_news);
	return true;
}

/* What the load has come to, and then it is gone; or NOT_YET, where others are to run. */
static long go_on(struct load *load)
{
	int more;

	if (load->has_failed) {
		int err = load->err;

		if (!undo_step(load))
			return NOT_YET;
		drop(load);
		memory_check();
		return err;
	}
	more = load_steps(load);
	if (more == 0)
		return finish(load);
	if (more < 0) {
		mm_job_clear(&load->mm->job);
		load->has_failed = true;
		load->err = (int16_t)more;
	}
	return NOT_YET;
}

static long run(struct load *load)
{
	long result;

	do
		result = go_on(load);
	while (result == NOT_YET && !arch_kernel_requested());
	return result;
}

long load_start(struct load *load)
{
	long result;

	current->load = load;
	if (!is_exec(load))
		load->proc->loader = current;
	result = run(load);
	if (result != NOT_YET)
		return result;
	sched_request();
	return NO_RESULT;
}

void load_go_on(struct thread *thread)
{
	long result;

	page_set_reserve(thread->proc->euid ? CONFIG_RESERVE_PAGES : 0);
	result = run(thread->load);
	if (result == NOT_YET || result == NO_RESULT)
		return;
	thread->result = result;
	thread->has_result = true;
}

void load_forget(struct thread *thread)
{
	struct load *load = thread->load;
	struct proc *proc;

	if (!load)
		return;
	proc = load->proc;
	if (is_exec(load))
		proc_bury_mm(proc, load->mm);
	drop(load);
	if (proc == thread->proc)
		return;
	proc->loader = NULL;
	proc_exit(proc, SIGKILL);
}

void load_detach(struct proc *proc)
{
	struct thread *thread = proc->loader;

	if (!thread)
		return;
	drop(thread->load);
	proc->loader = NULL;
	thread->result = proc->pid;
	thread->has_result = true;
}

int load_first(struct proc *proc, const char *path)
{
	struct load *load = load_create(proc, proc->mm);
	long result;

	load->thread = NULL;
	result = load_begin_at_boot(load, path);
	if (result)
		return (int)result;
	do
		result = go_on(load);
	while (result == NOT_YET);
	return (int)MIN(result, 0);
}
