/* SPDX-License-Identifier: MIT */
/*
 * Signals on their way: who may send them, what they do at once, whom they wake.
 * See include/kernel/signal.h; signal.c is where they are delivered.
 */
#include <croft/signal.h>
#include <croft/wait.h>
#include <errno.h>
#include <kernel/config.h>
#include <kernel/core.h>
#include <kernel/proc.h>
#include <kernel/signal.h>
#include <kernel/stop.h>
#include <mm/uaccess.h>
#include <signal.h>
#include <sys/wait.h>

#define NOTES_MAX 32 /* of sigqueue(), in one process */

static uint32_t bit(int sig)
{
	return 1u << sig;
}

bool signal_is_harmless(int sig)
{
	return sig == SIGCHLD || sig == SIGURG || sig == SIGWINCH || sig == SIGCONT;
}

bool signal_is_stop(int sig)
{
	return sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

int signal_take(struct thread *thread, uint32_t set, struct croft_siginfo *info)
{
	struct proc *proc = thread->proc;
	uint32_t *pending = thread->pending & set ? &thread->pending : &proc->sig_pending;
	const struct thread *owner = pending == &thread->pending ? thread : NULL;
	int sig;

	if (!(*pending & set))
		return 0;
	sig = __builtin_ctz(*pending & set);
	note_take(proc, owner, sig, info);
	if (!note_exists(proc, owner, sig))
		*pending &= ~bit(sig);
	return sig;
}

void signal_discard(struct proc *proc, uint32_t set)
{
	struct thread *thread;

	proc->sig_pending &= ~set;
	LIST_FOREACH(thread, &proc->threads, sibling)
		thread->pending &= ~set;
	notes_drop_signals(proc, set);
}

/* Let a thread that waits look at a signal that it does not block. */
static void nudge(struct thread *thread, int sig)
{
	if (thread->state == THREAD_WAITING)
		thread_interrupt(thread, thread->proc->sig_restart & bit(sig));
	sched_request();
}

/* A thread of those that the signal is for, of all of its process or @only, which waits for it in
 * sigtimedwait(); or one that does not block it. */
static struct thread *find(const struct proc *proc, const struct thread *only, int sig, bool waits)
{
	struct thread *thread;

	LIST_FOREACH(thread, &proc->threads, sibling)
		if ((!only || thread == only) &&
		    (waits ? thread->sigwait_set & bit(sig)
			   : !(thread->blocked & bit(sig)) && !thread->is_exiting))
			return thread;
	return NULL;
}

static struct thread *find_waiter(const struct proc *proc, const struct thread *only, int sig)
{
	return find(proc, only, sig, true);
}

static struct thread *find_open(const struct proc *proc, const struct thread *only, int sig)
{
	return find(proc, only, sig, false);
}

/* Do what a signal does at once.  true: there is more to come, it is to be pending. */
static bool arrive(struct proc *proc, const struct thread *only, int sig)
{
	if (IS_ENABLED(CONFIG_CORE_DUMP) && sig == SIGKILL)
		core_stop(proc);
	if (sig == 0 || proc_has_ended(proc) || proc->is_exiting)
		return false;
	if (sig == SIGKILL) {
		proc_exit(proc, sig);
		return false;
	}
	if (sig == SIGCONT) {
		signal_discard(proc, bit(SIGSTOP) | bit(SIGTSTP) | bit(SIGTTIN) | bit(SIGTTOU));
		proc_continue(proc);
	}
	if (signal_is_stop(sig))
		signal_discard(proc, bit(SIGCONT));
	if (proc->sig_handled & bit(sig))
		return true;
	if (proc->sig_ignored & bit(sig))
		return false;
	/* One that is blocked may be waited for later. */
	if ((!signal_is_harmless(sig) && !signal_is_stop(sig)) || find_waiter(proc, only, sig) ||
	    !find_open(proc, only, sig))
		return true;
	if (signal_is_stop(sig))
		proc_stop(proc, sig);
	return false;
}

/* Give the signal to a thread that waits in sigtimedwait() for it. */
static void give(struct thread *thread, int sig)
{
	struct croft_siginfo info;
	uaddr_t to = { thread->sigwait_info };

	signal_take(thread, bit(sig), &info);
	if (to.addr && user_write(thread->proc->mm, to, &info, sizeof(info)))
		sig = -EFAULT;
	thread_wake_result(thread, sig);
}

/* Have it pending, and let somebody look at it. */
static void pend(struct proc *proc, struct thread *only, int sig)
{
	struct thread *thread = find_waiter(proc, only, sig);

	*(only ? &only->pending : &proc->sig_pending) |= bit(sig);
	proc_unsettle(proc);
	if (thread) {
		give(thread, sig);
		return;
	}
	thread = find_open(proc, only, sig);
	if (thread)
		nudge(thread, sig);
}

void signal_raise(struct proc *proc, int sig)
{
	if (arrive(proc, NULL, sig))
		pend(proc, NULL, sig);
}

void signal_send(struct proc *proc, struct note *note)
{
	struct thread *thread = note->tid ? thread_find(note->tid) : NULL;
	int sig = note->sig;

	if ((note->tid && (!thread || thread->proc != proc)) || !arrive(proc, thread, sig)) {
		if (note->is_pooled)
			note_free(note);
		return;
	}
	note->thread = thread;
	note_add(proc, note);
	pend(proc, thread, sig);
}

int signal_kill(struct proc *proc, struct thread *thread, int sig, int code, uint32_t value)
{
	const struct proc *self = current_proc();
	uint32_t pending = thread ? thread->pending : proc->sig_pending;
	struct note *note = NULL;

	if (self->euid && self->euid != proc->uid && self->uid != proc->uid)
		return -EPERM;
	if (code == CROFT_SI_QUEUE && note_count(proc) >= NOTES_MAX)
		return -EAGAIN;
	if (sig && (code == CROFT_SI_QUEUE || !(pending & bit(sig))))
		note = note_create();
	if (!note && sig && code == CROFT_SI_QUEUE)
		return -EAGAIN;
	if (note) {
		note->sig = (uint8_t)sig;
		note->code = (int8_t)code;
		note->pid = (int16_t)self->pid;
		note->uid = self->uid;
		note->value = value;
		note->thread = thread;
	}
	if (!arrive(proc, thread, sig)) {
		note_free(note);
		return 0;
	}
	if (note)
		note_add(proc, note);
	pend(proc, thread, sig);
	return 0;
}

void signal_child_news(struct proc *child)
{
	struct proc *parent = child->parent;
	struct note *note = &child->note;
	int status = proc_has_ended(child) ? child->status : child->news;

	if (!parent)
		return;
	waitq_wake_all(&parent->child_news);
	if (parent->no_child_stop && !proc_has_ended(child))
		return;
	note->sig = SIGCHLD;
	note->pid = (int16_t)child->pid;
	note->uid = child->uid;
	if (WIFEXITED(status)) {
		note->code = CROFT_CLD_EXITED;
		note->status = (uint8_t)WEXITSTATUS(status);
	} else if (WIFSIGNALED(status)) {
		note->code = status & CROFT_STATUS_CORE ? CROFT_CLD_DUMPED : CROFT_CLD_KILLED;
		note->status = (uint8_t)WTERMSIG(status);
	} else {
		note->code = WIFSTOPPED(status) ? CROFT_CLD_STOPPED : CROFT_CLD_CONTINUED;
		note->status = WIFSTOPPED(status) ? (uint8_t)WSTOPSIG(status) : SIGCONT;
	}
	signal_send(parent, note);
}

void signal_unsend(struct proc *proc, struct note *note)
{
	int sig = note->sig;

	if (!note->is_listed)
		return;
	note_remove(proc, note);
	if (!note_exists(proc, NULL, sig) && !note->tid)
		proc->sig_pending &= ~bit(sig);
}

void signal_child_known(struct proc *child)
{
	if (child->parent)
		signal_unsend(child->parent, &child->note);
}
