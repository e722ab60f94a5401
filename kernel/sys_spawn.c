/* SPDX-License-Identifier: MIT */
/*
 * The calls that start programs: spawn, execve, vfork.
 *
 * All load the program into an address space of its own first; only when that is done does
 * anything else change, so a call that fails leaves its caller exactly as it was (N2).
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
#include <string.h>

/* The strings of argv and envp, still where the caller has them. */
struct user_strings {
	const addr_t *argv, *envp; /* judged */
};

/* Judge a NULL-terminated list of strings: its length, and their bytes added to *@bytes. */
static int judge_strings(uaddr_t list, const addr_t **strings, unsigned int *count, size_t *bytes)
{
	struct mm *mm = current_mm();
	void *ptr;

	*count = 0;
	*strings = addr_ptr(list.addr);
	if (list.addr == 0)
		return 0;
	if (list.addr & 3)
		return -EFAULT;
	for (;; (*count)++) {
		uaddr_t at = { list.addr + *count * 4 };
		const char *string;
		size_t len;
		int err;

		if (user_range(mm, at, 4, PROT_READ, &ptr))
			return -EFAULT;
		if ((*strings)[*count] == 0)
			return 0;
		at.addr = (*strings)[*count];
		err = user_string(mm, at, CONFIG_ARG_MAX, &string, &len);
		*bytes += len + 1;
		if (err == -ENAMETOOLONG || (!err && *bytes > CONFIG_ARG_MAX))
			return -E2BIG;
		if (err)
			return err;
	}
}

static void copy_strings(const struct program_args *args, char *to)
{
	const struct user_strings *source = args->source;

	for (unsigned int i = 0; i < args->argc + args->envc; i++) {
		addr_t from = i < args->argc ? source->argv[i] : source->envp[i - args->argc];

		size_t len = strlen(addr_ptr(from)) + 1;

		memcpy(to, addr_ptr(from), len);
		to += len;
	}
}

/* A copy is for the new program, also one of itself. */
static int action_dup2(struct proc *proc, int fd, int to)
{
	int err = fd_dup2(proc, fd, to);

	if (err >= 0)
		proc->cloexec &= ~(1u << to);
	return err;
}

static int action_open(struct proc *proc, const struct spawn_action *action)
{
	uaddr_t from = { ptr_addr(action->path) };
	const char *path;
	struct file *file;
	int err = user_string(current_mm(), from, CROFT_PATH_MAX, &path, NULL);

	if (!err)
		err = vfs_open(path, action->oflag, action->mode & 0777, proc->euid, proc->egid,
			       &file);
	if (err)
		return err == -EREMOTE ? -EACCES : err; /* nobody waits here */
	fd_close(proc, action->fd);
	err = fd_install(proc, file, action->fd, false);
	if (err < 0)
		file_put(file);
	return err < 0 ? err : 0;
}

/*
 * Do to a new process's descriptors what the caller asked for.  Opening a file may truncate it, and
 * take away what the caller has mapped of it: each action is judged when its turn comes.
 */
static int do_actions(struct proc *proc, const struct spawn_args *args)
{
	int err = 0;

	for (unsigned int i = 0; i < args->nactions && err >= 0; i++) {
		struct spawn_action action;
		uaddr_t at = { ptr_addr(&args->actions[i]) };

		err = user_read(current_mm(), &action, at, sizeof(action));
		if (err)
			return err;
		if (action.fd < 0 || action.fd >= CONFIG_OPEN_MAX)
			return -EBADF;
		if (action.op == SPAWN_CLOSE)
			fd_close(proc, action.fd); /* POSIX: one that is not open is no error */
		else if (action.op == SPAWN_DUP2)
			err = action_dup2(proc, action.from, action.fd);
		else if (action.op == SPAWN_OPEN)
			err = action_open(proc, &action);
		else
			return -EINVAL;
	}
	return MIN(err, 0);
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

/* Judge the path and the strings for a new program: *@path, and @args but for its @copy. */
static int judge_program(uaddr_t path_at, uaddr_t argv, uaddr_t envp, const char **path,
			 struct user_strings *source, struct program_args *args)
{
	int err = user_string(current_mm(), path_at, CROFT_PATH_MAX, path, NULL);

	*args = (struct program_args){ .copy = copy_strings, .source = source };
	if (!err)
		err = judge_strings(argv, &source->argv, &args->argc, &args->len);
	if (!err)
		err = judge_strings(envp, &source->envp, &args->envc, &args->len);
	return err;
}

static int judge_spawn(const struct spawn_args *spawn, const char **path,
		       struct user_strings *source, struct program_args *args)
{
	return judge_program((uaddr_t){ ptr_addr(spawn->path) }, (uaddr_t){ ptr_addr(spawn->argv) },
			     (uaddr_t){ ptr_addr(spawn->envp) }, path, source, args);
}

long sys_spawn(uaddr_t from)
{
	struct mm *mm = current_mm();
	struct user_strings source;
	struct program_args args;
	struct spawn_args spawn;
	struct program program;
	const char *path;
	struct proc *proc;
	void *actions;
	int err = user_read(mm, &spawn, from, sizeof(spawn));

	if (!err)
		err = judge_spawn(&spawn, &path, &source, &args);
	if (!err && ((spawn.flags & ~ATTRIBUTES) || spawn.nactions > CONFIG_OPEN_MAX * 2))
		err = -EINVAL;
	if (!err)
		err = user_range(mm, (uaddr_t){ ptr_addr(spawn.actions) },
				 spawn.nactions * sizeof(struct spawn_action), PROT_READ, &actions);
	if (!err && spawn.nactions && (ptr_addr(actions) & 3))
		err = -EFAULT;
	if (err)
		return err;
	if (!proc_has_room(current_proc()))
		return -EAGAIN;
	proc = proc_create(current_proc());
	if (!proc)
		return -ENOMEM;
	fd_inherit(proc, current_proc());
	err = set_attributes(proc, &spawn);
	if (!err)
		err = do_actions(proc, &spawn);
	fd_close_on_exec(proc);
	if (!err) /* they may have truncated what it lies in */
		err = judge_spawn(&spawn, &path, &source, &args);
	if (!err)
		err = program_load(proc->mm, proc, path, &args, &program);
	if (err) {
		while (!fd_close_step(proc))
			;
		proc_free(proc);
		return err;
	}
	program_enter(proc, proc_first_thread(proc), &program);
	sched_insert(proc_first_thread(proc));
	return proc->pid;
}

long sys_execve(uaddr_t path_at, uaddr_t argv, uaddr_t envp)
{
	struct proc *proc = current_proc();
	struct user_strings source;
	struct program_args args;
	struct program program;
	struct mm *mm;
	const char *path;
	int err = judge_program(path_at, argv, envp, &path, &source, &args);

	if (err)
		return err;
	mm = proc_mm_create(proc);
	if (!mm)
		return -ENOMEM;
	err = program_load(mm, proc, path, &args, &program);
	if (err) {
		proc_mm_discard(mm);
		return err;
	}
	/* Nothing below can fail. */
	fd_close_on_exec(proc);
	proc_replace(proc, current, mm);
	program_enter(proc, proc_first_thread(proc), &program);
	return NO_RESULT;
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
