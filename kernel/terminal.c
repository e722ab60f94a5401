/* SPDX-License-Identifier: MIT */
/* The group in front of the console.  See include/kernel/terminal.h. */
#include <errno.h>
#include <fs/vfs.h>
#include <kernel/console.h>
#include <kernel/group.h>
#include <kernel/proc.h>
#include <kernel/terminal.h>
#include <signal.h>

static int front; /* 0: none */

bool is_terminal(const struct file *file)
{
	return file->inode->waiters == &console_waiters;
}

int terminal_group(void)
{
	return front;
}

void terminal_set_group(int pgid)
{
	front = pgid;
	console_catch_keys(pgid != 0);
}

long terminal_ask(int sig)
{
	const struct proc *proc = current_proc();
	uint32_t bit = 1u << sig;

	if (front == 0 || proc->pgid == front || !group_exists(front))
		return 0;
	if ((proc->sig_ignored | current->blocked) & bit)
		return sig == SIGTTIN ? -EIO : 0;
	group_signal(proc->pgid, sig);
	if ((proc->sig_handled & bit) && !(proc->sig_restart & bit))
		return -EINTR;
	return thread_restart();
}

void terminal_key(int sig)
{
	group_signal(front, sig);
}
