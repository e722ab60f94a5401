/* SPDX-License-Identifier: MIT */
/* The calls about processes, users and time. */
#include <arch/context.h>
#include <croft/limits.h>
#include <croft/mman.h>
#include <croft/spawn.h>
#include <errno.h>
#include <kernel/assert.h>
#include <kernel/console.h>
#include <kernel/exec.h>
#include <kernel/fd.h>
#include <kernel/syscall.h>
#include <mm/page.h>
#include <mm/uaccess.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

long sys_exit(int status)
{
	proc_exit(current_proc(), (status & 0xff) << 8);
	return NO_RESULT;
}

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

		strcpy(to, addr_ptr(from));
		to += strlen(to) + 1;
	}
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
		return err;
	fd_close(proc, action->fd);
	err = fd_install(proc, file, action->fd, false);
	if (err < 0)
		file_put(file);
	return err < 0 ? err : 0;
}

/* Do to a new process's descriptors what the caller asked for. */
static int do_actions(struct proc *proc, const struct spawn_action *actions, unsigned int n)
{
	int err = 0;

	for (unsigned int i = 0; i < n && err >= 0; i++) {
		const struct spawn_action *action = &actions[i];

		if (action->fd < 0 || action->fd >= CONFIG_OPEN_MAX)
			return -EBADF;
		if (action->op == SPAWN_CLOSE)
			fd_close(proc, action->fd); /* POSIX: one that is not open is no error */
		else if (action->op == SPAWN_DUP2)
			err = fd_dup2(proc, action->from, action->fd);
		else if (action->op == SPAWN_OPEN)
			err = action_open(proc, action);
		else
			return -EINVAL;
	}
	return MIN(err, 0);
}

long sys_spawn(uaddr_t from)
{
	struct mm *mm = current_mm();
	struct user_strings source;
	struct program_args args = { .copy = copy_strings, .source = &source };
	struct spawn_args spawn;
	const char *path;
	struct proc *proc;
	void *actions;
	int err = user_read(mm, &spawn, from, sizeof(spawn));

	if (!err)
		err = user_string(mm, (uaddr_t){ ptr_addr(spawn.path) }, CROFT_PATH_MAX, &path, NULL);
	if (!err)
		err = judge_strings((uaddr_t){ ptr_addr(spawn.argv) }, &source.argv, &args.argc,
				    &args.len);
	if (!err)
		err = judge_strings((uaddr_t){ ptr_addr(spawn.envp) }, &source.envp, &args.envc,
				    &args.len);
	if (!err && (spawn.flags || spawn.nactions > CONFIG_OPEN_MAX * 2))
		err = -EINVAL;
	if (!err)
		err = user_range(mm, (uaddr_t){ ptr_addr(spawn.actions) },
				 spawn.nactions * sizeof(struct spawn_action), PROT_READ, &actions);
	if (!err && spawn.nactions && (ptr_addr(actions) & 3))
		err = -EFAULT;
	if (err)
		return err;
	proc = proc_create(current_proc());
	if (!proc)
		return -EAGAIN;
	fd_inherit(proc, current_proc());
	err = do_actions(proc, actions, spawn.nactions);
	if (!err)
		err = program_load(proc, path, &args);
	if (err) {
		while (!fd_close_step(proc))
			;
		proc_free(proc);
		return err;
	}
	sched_insert(proc_first_thread(proc));
	return proc->pid;
}

long sys_waitpid(int pid, uaddr_t status, int options)
{
	struct proc *parent = current_proc();
	struct proc *child = proc_ended_child(parent, pid);
	long result;

	if (options & ~(WNOHANG | WUNTRACED))
		return -EINVAL;
	if (!child) {
		if (!proc_has_child(parent, pid))
			return -ECHILD;
		return options & WNOHANG ? 0 : thread_wait(&parent->child_ended);
	}
	if (status.addr && user_write(current_mm(), status, &child->status, sizeof(child->status)))
		return -EFAULT;
	result = child->pid;
	proc_free(child);
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

long sys_sched_yield(void)
{
	sched_tick();
	sched_request();
	return 0;
}

long sys_nanosleep(uaddr_t request, uaddr_t remain)
{
	struct timespec ts;
	uint64_t ticks;
	int err = user_read(current_mm(), &ts, request, sizeof(ts));

	(void)remain; /* what is left when a signal ends it early is not told */
	if (err)
		return err;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= 1000000000)
		return -EINVAL;
	/* Up, and one more: the tick that is under way does not count. */
	ticks = (uint64_t)ts.tv_sec * CONFIG_HZ +
		((uint32_t)ts.tv_nsec + NS_PER_TICK - 1) / NS_PER_TICK;
	if (ticks == 0)
		return 0;
	return thread_sleep_until(timer_now() + ticks + 1);
}

long sys_clock_gettime(int clock, uaddr_t to)
{
	uint64_t now = timer_now();
	struct timespec ts = { .tv_sec = (time_t)(now / CONFIG_HZ),
			       .tv_nsec = (long)(now % CONFIG_HZ * NS_PER_TICK) };

	if (clock != CROFT_CLOCK_REALTIME && clock != CROFT_CLOCK_MONOTONIC)
		return -EINVAL;
	return user_write(current_mm(), to, &ts, sizeof(ts));
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

#define MAX_ID 65535

long sys_setuid(unsigned int uid)
{
	struct proc *proc = current_proc();

	if (uid > MAX_ID)
		return -EINVAL;
	if (proc->euid && uid != proc->uid)
		return -EPERM;
	proc->uid = proc->euid = (uid_t)uid;
	sched_request(); /* what the caller may allocate changes with it */
	return 0;
}

long sys_setgid(unsigned int gid)
{
	struct proc *proc = current_proc();

	if (gid > MAX_ID)
		return -EINVAL;
	if (proc->euid && gid != proc->gid)
		return -EPERM;
	proc->gid = proc->egid = (gid_t)gid;
	return 0;
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
	case INFO_HZ:
		return CONFIG_HZ;
	case INFO_REFILLS:
		return (long)current_mm()->refills;
	default:
		return -EINVAL;
	}
}
