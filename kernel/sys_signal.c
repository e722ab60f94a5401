/* SPDX-License-Identifier: MIT */
/* The calls about signals. */
#include <croft/signal.h>
#include <errno.h>
#include <kernel/signal.h>
#include <kernel/syscall.h>
#include <kernel/proc.h>
#include <mm/uaccess.h>
#include <signal.h>

long sys_kill(int pid, int sig)
{
	struct proc *self = current_proc(), *proc = proc_find(pid);

	if (sig < 0 || sig > LAST_SIGNAL)
		return -EINVAL;
	if (!proc || pid <= 0)
		return -ESRCH;
	if ((self->euid && self->euid != proc->uid && self->uid != proc->uid) ||
	    (pid == 1 && sig != 0))
		return -EPERM;
	signal_send(proc, sig, self->pid);
	return 0;
}

long sys_thread_kill(int tid, int sig)
{
	struct thread *thread = thread_find(tid);

	if (sig < 0 || sig > LAST_SIGNAL)
		return -EINVAL;
	if (!thread || thread->proc != current_proc())
		return -ESRCH;
	signal_send_thread(thread, sig, current_proc()->pid);
	return 0;
}

long sys_sigaction(int sig, int disposition, int flags, uaddr_t entry)
{
	struct proc *proc = current_proc();
	uint32_t bit = 1u << (sig & 31);

	if (sig < 1 || sig > LAST_SIGNAL || sig == SIGKILL || sig == SIGSTOP ||
	    disposition < SIG_DISP_DEFAULT || disposition > SIG_DISP_HANDLE)
		return -EINVAL;
	proc->sig_handled &= ~bit;
	proc->sig_ignored &= ~bit;
	proc->sig_restart &= ~bit;
	if (disposition == SIG_DISP_HANDLE) {
		proc->sig_handled |= bit;
		proc->sig_entry = entry.addr;
	} else {
		proc->sig_pending &= ~bit;
	}
	if (disposition == SIG_DISP_IGNORE)
		proc->sig_ignored |= bit;
	if (flags & CROFT_SA_RESTART)
		proc->sig_restart |= bit;
	return 0;
}

long sys_sigprocmask(int how, uaddr_t from, uaddr_t old)
{
	struct mm *mm = current_mm();
	uint32_t set = 0, blocked = current->blocked;
	int err = from.addr ? user_read(mm, &set, from, sizeof(set)) : 0;

	if (!err && from.addr && how != SIG_BLOCK && how != SIG_UNBLOCK && how != SIG_SETMASK)
		err = -EINVAL;
	if (!err && old.addr)
		err = user_write(mm, old, &blocked, sizeof(blocked));
	if (err || !from.addr)
		return err;
	if (how == SIG_BLOCK)
		blocked |= set;
	else if (how == SIG_UNBLOCK)
		blocked &= ~set;
	else
		blocked = set;
	current->blocked = blocked & ~(1u << SIGKILL | 1u << SIGSTOP);
	sched_request(); /* one that was held back may come now */
	return 0;
}

/* The registers are taken from there when the running ones have been put away. */
long sys_sigreturn(uaddr_t context)
{
	if (context.addr == 0)
		return -EFAULT;
	current->sigreturn = context.addr;
	sched_request();
	return NO_RESULT;
}
