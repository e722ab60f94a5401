/* SPDX-License-Identifier: MIT */
/*
 * The calls that start programs: spawn, execve, vfork.
 *
 * All load the program into an address space of its own first, in steps (kernel/exec.h); only when
 * that is done does anything else change, so a call that fails leaves its caller exactly as it was
 * (N2).
 */
#include <croft/mman.h>
#include <croft/spawn.h>
#include <croft/thread.h>
#include <errno.h>
#include <kernel/exec.h>
#include <kernel/fd.h>
#include <kernel/group.h>
#include <kernel/syscall.h>
#include <mm/uaccess.h>
#include <signal.h>

#include "load.h"

/* A copy is for the new program, also one of itself. */
static int action_dup2(struct proc *proc, int fd, int to)
{
	int err = fd_dup2(proc, fd, to);

	if (err >= 0)
		proc->cloexec &= ~(1u << to);
	return err;
}

static int action_open(struct proc *proc, struct mm *mm, const struct spawn_action *action)
{
	uaddr_t from = { ptr_addr(action->path) };
	const char *path;
	struct file *file;
	int err = user_string(mm, from, CROFT_PATH_MAX, &path, NULL);

	if (!err)
		err = vfs_open(path, action->oflag, proc_new_mode(proc, action->mode), proc->euid,
			       proc->egid, &file);
	if (err)
		return err == -EREMOTE ? -EACCES : err; /* nobody waits here */
	fd_close(proc, action->fd);
	err = fd_install(proc, file, action->fd, false);
	return MIN(err, 0);
}

/*
 * Opening a file may truncate it, and take away what the caller has mapped of it: each action is
 * judged when its turn comes.
 */
int load_action_step(struct load *load)
{
	struct proc *proc = load->proc;
	struct mm *mm = load->thread->proc->mm;
	uaddr_t at = { load->actions.addr + load->index * sizeof(struct spawn_action) };
	struct spawn_action action;
	int err;

	if (load->index == load->nactions)
		return 0;
	load->index++;
	err = user_read(mm, &action, at, sizeof(action));
	if (err)
		return err;
	if (action.fd < 0 || action.fd >= CONFIG_OPEN_MAX)
		return -EBADF;
	if (action.op == SPAWN_CLOSE)
		fd_close(proc, action.fd); /* POSIX: one that is not open is no error */
	else if (action.op == SPAWN_DUP2)
		err = action_dup2(proc, action.from, action.fd);
	else if (action.op == SPAWN_OPEN)
		err = action_open(proc, mm, &action);
	else
		return -EINVAL;
	return err < 0 ? err : LOAD_MORE;
}

#define SPAWN_SCHED (SPAWN_SETSCHED | SPAWN_SETPOLICY)
#define ATTRIBUTES                                                                                 \
	(SPAWN_RESETIDS | SPAWN_SETPGROUP | SPAWN_SCHED | SPAWN_SETSIGDEF | SPAWN_SETSIGMASK)

/* Let a new process differ from its parent as the caller asked for. */
static int set_attributes(struct proc *proc, const struct spawn_args *args)
{
	struct thread *thread = proc_first_thread(proc);
	int policy = args->flags & SPAWN_SETPOLICY ? args->policy : CROFT_SCHED_KEEP;
	int err = args->flags & SPAWN_SCHED ? thread_judge_sched(policy, args->priority) : 0;

	if (err)
		return err;
	if (args->flags & SPAWN_SCHED) {
		thread_set_policy(thread, policy);
		thread_set_priority(thread, (unsigned int)args->priority);
	}
	if (args->flags & SPAWN_RESETIDS) {
		proc->euid = proc->uid;
		proc->egid = proc->gid;
	}
	if (args->flags & SPAWN_SETSIGDEF)
		proc->sig_ignored &= ~args->sigdefault;
	if (args->flags & SPAWN_SETSIGMASK)
		proc_first_thread(proc)->blocked = args->sigmask & ~(1u << SIGKILL | 1u << SIGSTOP);
	if (!(args->flags & SPAWN_SETPGROUP))
		return 0;
	if (args->pgid < 0)
		return -EINVAL;
	if (args->pgid && !group_exists(args->pgid))
		return -EPERM;
	proc->pgid = args->pgid ? args->pgid : proc->pid;
	return 0;
}

static int judge_spawn(const struct spawn_args *spawn)
{
	uaddr_t actions = { ptr_addr(spawn->actions) };
	void *ptr;

	if ((spawn->flags & ~ATTRIBUTES) || spawn->nactions > CONFIG_OPEN_MAX * 2)
		return -EINVAL;
	if (spawn->nactions && (actions.addr & 3))
		return -EFAULT;
	return user_range(current_mm(), actions, spawn->nactions * sizeof(struct spawn_action),
			  PROT_READ, &ptr);
}

long sys_spawn(uaddr_t from)
{
	struct spawn_args spawn;
	struct load *load;
	struct proc *proc;
	int err = user_read(current_mm(), &spawn, from, sizeof(spawn));

	if (!err)
		err = judge_spawn(&spawn);
	if (err)
		return err;
	if (!proc_has_room(current_proc()))
		return -EAGAIN;
	proc = proc_create(current_proc());
	if (!proc)
		return -ENOMEM;
	err = set_attributes(proc, &spawn);
	load = err ? NULL : load_create(proc, proc->mm);
	if (!load) {
		proc_free(proc);
		return err ? err : -ENOMEM;
	}
	fd_inherit(proc, current_proc());
	load->path.addr = ptr_addr(spawn.path);
	load->lists[LOAD_ARGV].addr = ptr_addr(spawn.argv);
	load->lists[LOAD_ENVP].addr = ptr_addr(spawn.envp);
	load->actions.addr = ptr_addr(spawn.actions);
	load->nactions = spawn.nactions;
	return load_start(load);
}

long sys_execve(uaddr_t path, uaddr_t argv, uaddr_t envp)
{
	struct proc *proc = current_proc();
	struct mm *mm = proc_mm_create(proc);
	struct load *load = mm ? load_create(proc, mm) : NULL;

	if (!load) {
		if (mm)
			proc_mm_discard(mm);
		return -ENOMEM;
	}
	load->path = path;
	load->lists[LOAD_ARGV] = argv;
	load->lists[LOAD_ENVP] = envp;
	return load_start(load);
}

/*
 * The child is the caller's double in the caller's memory, stack included, while the caller waits.
 * What the caller's frame holds is kept aside, since the child writes where it lies.
 */
long sys_vfork(void)
{
	struct proc *child = proc_create_borrowing(current_proc());

	if (!child)
		return proc_has_room(current_proc()) ? -ENOMEM : -EAGAIN;
	fd_inherit(child, current_proc());
	return thread_fork(proc_first_thread(child));
}
