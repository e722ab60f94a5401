/* SPDX-License-Identifier: MIT */
/* The calls about signals. */
#include <croft/mman.h>
#include <croft/signal.h>
#include <errno.h>
#include <kernel/fetch.h>
#include <kernel/group.h>
#include <kernel/proc.h>
#include <kernel/signal.h>
#include <kernel/syscall.h>
#include <limits.h>
#include <mm/uaccess.h>
#include <signal.h>
#include <time.h>

static long kill_one(int pid, int sig, int code, uint32_t value)
{
	struct proc *proc = proc_find(pid);

	if (sig < 0 || sig > LAST_SIGNAL)
		return -EINVAL;
	if (!proc)
		return -ESRCH;
	if (pid == 1 && sig != 0)
		return -EPERM;
	return signal_kill(proc, NULL, sig, code, value);
}

long sys_kill(int pid, int sig)
{
	if (sig < 0 || sig > LAST_SIGNAL)
		return -EINVAL;
	if (pid == -1)
		return group_kill(GROUP_ALL, sig);
	if (pid <= 0 && pid > -INT_MAX)
		return group_kill(pid ? -pid : current_proc()->pgid, sig);
	return kill_one(pid, sig, CROFT_SI_USER, 0);
}

long sys_sigqueue(int pid, int sig, unsigned long value)
{
	return kill_one(pid, sig, CROFT_SI_QUEUE, (uint32_t)value);
}

long sys_thread_kill(int tid, int sig)
{
	struct thread *thread = thread_find(tid);

	if (sig < 0 || sig > LAST_SIGNAL)
		return -EINVAL;
	if (!thread || thread->proc != current_proc())
		return -ESRCH;
	return signal_kill(thread->proc, thread, sig, CROFT_SI_USER, 0);
}

static long action_of(const struct proc *proc, int sig)
{
	uint32_t bit = 1u << sig;
	int disposition = proc->sig_handled & bit   ? SIG_DISP_HANDLE
			  : proc->sig_ignored & bit ? SIG_DISP_IGNORE
						    : SIG_DISP_DEFAULT;
	int flags = (proc->sig_restart & bit ? CROFT_SA_RESTART : 0) |
		    (proc->sig_onstack & bit ? CROFT_SA_ONSTACK : 0);

	if (sig == SIGCHLD)
		flags |= (proc->no_child_stop ? CROFT_SA_NOCLDSTOP : 0) |
			 (proc->no_child_wait ? CROFT_SA_NOCLDWAIT : 0);
	return CROFT_SIGACTION(disposition, flags);
}

long sys_sigaction(int sig, int disposition, int flags, uaddr_t entry)
{
	struct proc *proc = current_proc();
	uint32_t bit = 1u << (sig & 31);
	long before;

	if (sig < 1 || sig > LAST_SIGNAL || disposition < SIG_DISP_DEFAULT ||
	    disposition > SIG_DISP_ASK)
		return -EINVAL;
	before = action_of(proc, sig);
	if (disposition == SIG_DISP_ASK)
		return before;
	if (sig == SIGKILL || sig == SIGSTOP)
		return -EINVAL;
	proc->sig_handled &= ~bit;
	proc->sig_ignored &= ~bit;
	proc->sig_restart &= ~bit;
	proc->sig_onstack &= ~bit;
	if (disposition == SIG_DISP_HANDLE) {
		proc->sig_handled |= bit;
		proc->sig_entry = entry.addr;
	}
	if (disposition == SIG_DISP_IGNORE)
		proc->sig_ignored |= bit;
	if (disposition == SIG_DISP_IGNORE ||
	    (disposition == SIG_DISP_DEFAULT && signal_is_harmless(sig)))
		signal_discard(proc, bit);
	if (sig == SIGCHLD) {
		proc->no_child_stop = flags & CROFT_SA_NOCLDSTOP;
		proc->no_child_wait = flags & CROFT_SA_NOCLDWAIT;
	}
	if (flags & CROFT_SA_RESTART)
		proc->sig_restart |= bit;
	if (flags & CROFT_SA_ONSTACK)
		proc->sig_onstack |= bit;
	return before;
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

long sys_sigpending(uaddr_t to)
{
	uint32_t set = (current->pending | current_proc()->sig_pending) & current->blocked;

	return user_write(current_mm(), to, &set, sizeof(set));
}

long sys_sigsuspend(uaddr_t from)
{
	uint32_t set;
	int err = user_read(current_mm(), &set, from, sizeof(set));

	if (err)
		return err;
	current->suspended_mask = current->blocked;
	current->is_suspended = true;
	current->blocked = set & ~(1u << SIGKILL | 1u << SIGSTOP);
	if ((current->pending | current_proc()->sig_pending) & ~current->blocked) {
		sched_request(); /* it is there: no need to wait */
		return -EINTR;
	}
	return thread_pause();
}

long sys_sigtimedwait(uaddr_t from, uaddr_t to, uaddr_t timeout)
{
	struct mm *mm = current_mm();
	struct croft_siginfo info;
	uint64_t ns = 0;
	uint32_t set;
	int sig, err = user_read(mm, &set, from, sizeof(set));
	void *ptr;

	if (!err && to.addr)
		err = user_range(mm, to, sizeof(info), PROT_WRITE, &ptr);
	if (!err && timeout.addr)
		err = fetch_ns(timeout, &ns);
	if (err)
		return err;
	sig = signal_take(current, set, &info);
	if (sig)
		return to.addr && user_write(mm, to, &info, sizeof(info)) ? -EFAULT : sig;
	if (timeout.addr && ns == 0)
		return -EAGAIN;
	current->sigwait_set = set;
	current->sigwait_info = to.addr;
	thread_wait_result(NULL, timeout.addr ? timer_after(ns) : 0);
	current->result = -EAGAIN;
	return NO_RESULT;
}

long sys_sigaltstack(uaddr_t from, uaddr_t to)
{
	struct mm *mm = current_mm();
	addr_t end = current->altstack_end;
	bool is_on = signal_is_on_altstack(current, arch_current_sp());
	struct croft_altstack stack, old = {
		.sp = addr_ptr(end - (addr_t)current->altstack_len),
		.size = current->altstack_len,
		.flags = !end	 ? CROFT_SS_DISABLE
			 : is_on ? CROFT_SS_ONSTACK
				 : 0,
	};
	struct mm_stack found;
	int err = from.addr ? user_read(mm, &stack, from, sizeof(stack)) : 0;

	if (!err && from.addr && is_on)
		err = -EPERM;
	if (!err && to.addr)
		err = user_write(mm, to, &old, sizeof(old));
	if (err || !from.addr)
		return err;
	if (stack.flags & CROFT_SS_DISABLE) {
		current->altstack_end = 0;
		return 0;
	}
	end = (ptr_addr(stack.sp) + (addr_t)stack.size) & ~7u;
	if (!stack.flags && stack.size < CROFT_MINSIGSTKSZ)
		return -ENOMEM;
	if (stack.flags || mm_stack_find(mm, end, &found) || ptr_addr(stack.sp) < found.start)
		return -EINVAL;
	current->altstack_end = end;
	current->altstack_len = stack.size;
	return 0;
}
