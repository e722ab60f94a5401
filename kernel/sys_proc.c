/* SPDX-License-Identifier: MIT */
/* The calls about processes and users. */
#include <arch/context.h>
#include <arch/tick.h>
#include <croft/limits.h>
#include <croft/mman.h>
#include <croft/wait.h>
#include <errno.h>
#include <kernel/assert.h>
#include <kernel/console.h>
#include <kernel/fd.h>
#include <kernel/signal.h>
#include <kernel/syscall.h>
#include <mm/page.h>
#include <mm/uaccess.h>
#include <sys/wait.h>

long sys_exit(int status)
{
	proc_exit(current_proc(), (status & 0xff) << 8);
	return NO_RESULT;
}

/* What waitpid() tells of a child; 0: nothing. */
static int status_of(const struct proc *child, int options)
{
	if (child->news && (options & (child->is_stopped ? WUNTRACED : CROFT_WCONTINUED)))
		return child->news;
	return 0;
}

long sys_waitpid(int pid, uaddr_t to, int options)
{
	struct proc *parent = current_proc(), *proc, *child = NULL;
	bool is_parent = false;
	int status = 0;
	long result;

	if (options & ~(WNOHANG | WUNTRACED | CROFT_WCONTINUED))
		return -EINVAL;
	LIST_FOREACH(proc, &procs, link) {
		if (!proc_is_child(proc, parent, pid))
			continue;
		is_parent = true;
		if (proc_has_ended(proc) || status_of(proc, options))
			child = proc;
	}
	if (!is_parent)
		return -ECHILD;
	if (!child)
		return options & WNOHANG ? 0 : thread_wait(&parent->child_news);
	status = proc_has_ended(child) ? child->status : child->news;
	if (to.addr && user_write(current_mm(), to, &status, sizeof(status)))
		return -EFAULT;
	result = child->pid;
	child->news = 0;
	signal_child_known(child);
	if (proc_has_ended(child)) {
		parent->children_ran += child->ran + child->children_ran;
		proc_free(child);
	}
	return result;
}

long sys_getpid(void)
{
	return current_proc()->pid;
}

long sys_getppid(void)
{
	return current_proc()->parent ? current_proc()->parent->pid : 0;
}

long sys_getuid(void)
{
	return current_proc()->uid;
}

long sys_geteuid(void)
{
	return current_proc()->euid;
}

long sys_getgid(void)
{
	return current_proc()->gid;
}

long sys_getegid(void)
{
	return current_proc()->egid;
}

long sys_pause(void)
{
	return thread_pause();
}

long sys_poweroff(int status)
{
	if (current_proc()->euid)
		return -EPERM;
	console_write_polled(NULL, 0);
	arch_poweroff(status);
}

long sys_system_info(int what)
{
	switch (what) {
	case INFO_PAGE_SIZE:
		return PAGE_SIZE;
	case INFO_OPEN_MAX:
		return CONFIG_OPEN_MAX;
	case INFO_ARG_MAX:
		return CONFIG_ARG_MAX;
	case INFO_MEM_PAGES:
		return (long)page_total();
	case INFO_FREE_PAGES:
		return (long)page_nfree();
	case INFO_TIME_SLICE:
		return CONFIG_TIME_SLICE_MS;
	case INFO_TIMER_INTERRUPTS:
		return (long)(arch_clock_interrupts() & INT32_MAX);
	case INFO_UART_HZ:
		return (long)board_console.clock_hz;
	case INFO_REFILLS:
		return (long)current_mm()->refills;
	default:
		return -EINVAL;
	}
}
