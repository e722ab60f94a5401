/* SPDX-License-Identifier: MIT */
/* What /proc is told of processes.  See include/fs/procfs.h. */
#include <arch/irq.h>
#include <arch/tick.h>
#include <croft/thread.h>
#include <fs/procfs.h>
#include <kernel/config.h>
#include <kernel/console.h>
#include <kernel/core.h>
#include <kernel/proc.h>
#include <kernel/terminal.h>
#include <kernel/timer.h>
#include <kernel/version.h>

#define TEXT_OF(words) #words
#define TEXT(macro)    TEXT_OF(macro)

const char proc_view_version[] =
	"Croft version " KERNEL_VERSION
	" (" TEXT(BOARD_NAME) " " TEXT(BOARD_MACHINE) ") (gcc-" TEXT(__GNUC__) "." TEXT(
		__GNUC_MINOR__) "." TEXT(__GNUC_PATCHLEVEL__) ")\n";

extern char __kernel_ram_start[], __kernel_ram_end[];

bool proc_view_exists(int pid)
{
	return proc_find(pid) != NULL;
}

struct mm *proc_view_mm(int pid)
{
	struct proc *proc = proc_find(pid);

	return proc ? proc->mm : NULL;
}

static char state_of(const struct proc *proc)
{
	const struct thread *thread;

	if (proc_has_ended(proc))
		return 'Z';
	if (proc->is_stopped)
		return 'T';
	LIST_FOREACH(thread, &proc->threads, sibling)
		if (thread->state != THREAD_WAITING)
			return 'R';
	return 'S';
}

static void view_threads(const struct proc *proc, struct proc_view *view)
{
	const struct thread *thread;

	LIST_FOREACH(thread, &proc->threads, sibling) {
		view->nthreads++;
		if (thread->tid != proc->pid && view->stack)
			continue;
		view->stack = &thread->stack;
		view->priority = thread->priority;
		view->policy = thread->is_fifo ? CROFT_SCHED_FIFO : CROFT_SCHED_RR;
		view->pending = thread->pending;
		view->blocked = thread->blocked;
	}
}

bool proc_view(int pid, struct proc_view *view)
{
	const struct proc *proc = proc_find(pid);

	if (!proc)
		return false;
	*view = (struct proc_view){
		.pid = pid,
		.ppid = proc->parent ? proc->parent->pid : 0,
		.pgid = proc->pgid,
		.front_pgid = terminal_group(),
		.name = proc->name,
		.state = state_of(proc),
		.uid = proc->uid,
		.euid = proc->euid,
		.gid = proc->gid,
		.egid = proc->egid,
		.started = timer_counted(proc->started),
		.ran = timer_counted(proc->ran),
		.children_ran = timer_counted(proc->children_ran),
		.all_pending = proc->sig_pending,
		.ignored = proc->sig_ignored,
		.handled = proc->sig_handled,
		.mm = proc->mm,
		.status = proc->status,
	};
	view_threads(proc, view);
	return true;
}

int proc_view_next(int pid)
{
	const struct proc *proc;
	int next = 0;

	LIST_FOREACH(proc, &procs, link)
		if (proc->pid > pid && (next == 0 || proc->pid < next))
			next = proc->pid;
	return next;
}

int proc_view_self(void)
{
	return current->proc ? current->proc->pid : 0;
}

const char *proc_view_core_to(void)
{
	return IS_ENABLED(CONFIG_CORE_DUMP) ? core_destination() : "none";
}

bool proc_view_set_core_to(const char *name, size_t len)
{
	return IS_ENABLED(CONFIG_CORE_DUMP) && core_set_destination(name, len);
}

uint64_t proc_view_uptime(void)
{
	return timer_now();
}

uint64_t proc_view_ns(uint64_t counts)
{
	return timer_counted(counts);
}

uint64_t proc_view_idle(void)
{
	return timer_counted(sched_idle_counts());
}

const char *proc_view_irq(int *irq, uint32_t *count)
{
	*irq = arch_irq_next(*irq, count);
	if (*irq < 0)
		return NULL;
	return *irq == board_console.irq_rx || *irq == board_console.irq_tx ? "console" : "driver";
}

uint32_t proc_view_clock_interrupts(void)
{
	return arch_clock_interrupts();
}

void proc_view_kernel_ram(addr_t *start, addr_t *end)
{
	*start = ptr_addr(__kernel_ram_start);
	*end = ptr_addr(__kernel_ram_end);
}
