/* SPDX-License-Identifier: MIT */
/*
 * N2, N8: programs that replace programs, from a vfork child that borrows its parent's memory, and
 * in a process of their own.
 *
 * The child of a vfork shares even the stack with its parent, so what it finds out is left in
 * variables, and only the parent speaks.
 */
#include <sys/ipc.h>

#include "contract.h"

static volatile long result, error;
static char own_maps[24]; /* /proc/<pid>/maps of the parent */

/* Run @child in a vfork child; its wait status. */
static int in_child(void (*child)(long arg), long arg)
{
	int status = -1;
	pid_t pid = vfork();

	if (pid == 0) {
		child(arg);
		_exit(99);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid ? status : -1;
}

static int exited(int status, int code)
{
	return status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == code;
}

static void just_exit(long code)
{
	result = getpid();
	_exit((int)code);
}

static void write_to(long fd)
{
	error = write((int)fd, "x", 1) == 1 ? 0 : errno;
	_exit(0);
}

static void exec_missing(long arg)
{
	char *argv[] = { tap_self, NULL };

	(void)arg;
	execv("/bin/no-such-program", argv);
	error = errno;
	execv("/test/noelf", argv);
	result = errno;
	_exit(3);
}

/* The parts of a program that is started look at the maps of the process that started it. */
static void exec_part(long arg)
{
	char path[40] = "/bin/";
	char *argv[] = { path, "look", (char *)decimal(getppid()), (char *)decimal(arg), NULL };

	strcat(path, strrchr(tap_self, '/') ? strrchr(tap_self, '/') + 1 : tap_self);
	execv(path, argv);
	error = errno;
	_exit(4);
}

static void map_in_parent(long arg)
{
	(void)arg;
	result = (long)anon(2);
	poke((char *)result + P, 'c');
	_exit(0);
}

static void unmap_in_parent(long at)
{
	_exit(munmap((void *)at, 2 * P) != 0);
}

static void fault(long arg)
{
	peek((char *)arg);
}

static void attach(long id)
{
	result = (long)shmat((int)id, NULL, 0);
	_exit(0);
}

static long nattch(int id)
{
	struct shmid_ds ds;

	return shmctl(id, IPC_STAT, &ds) == 0 ? (long)ds.shm_nattch : -1;
}

/* In a program just exec'ed: none of its own mappings but text is in its parent's maps. */
static int look_at_parent(long parent, long id)
{
	char path[24] = "/proc/";
	char here;

	strcat(strcat(path, decimal(parent)), "/maps");
	if (holds(path, &here) || holds(path, own_maps))
		return 1;
	if (id >= 0 && nattch((int)id) != 1)
		return 2; /* an attachment of its parent's would have come along */
	return 7;
}

static int exec_self_attached(long id, long unused)
{
	char path[40] = "/bin/";
	char *argv[] = { path, "count", (char *)decimal(id), "0", NULL };

	(void)unused;
	if (shmat((int)id, NULL, 0) == MAP_FAILED || nattch((int)id) != 2)
		return 1;
	anon(3); /* goes with the program */
	strcat(path, strrchr(tap_self, '/') ? strrchr(tap_self, '/') + 1 : tap_self);
	execv(path, argv);
	return 2;
}

static int count(long id, long unused)
{
	(void)unused;
	return nattch((int)id) == 1 ? 0 : 1;
}

static const struct part parts[] = { { "look", look_at_parent },
				     { "exec attached", exec_self_attached },
				     { "count", count },
				     { 0 } };

static void borrowed(void)
{
	struct state was = look();
	int status = in_child(just_exit, 5), fds[2];
	char *p;

	OK(exited(status, 5), "N2 a vfork child ends, and its parent goes on");
	OK(result > 0 && result != getpid(), "N2 a vfork child is another process");
	OK(is_as(&was), "N2 a vfork child leaves nothing");

	pipe(fds);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	in_child(write_to, fds[1]);
	IS(error, 0, "N2 it has what closes on exec, until then");
	close(fds[0]);
	close(fds[1]);

	status = in_child(exec_missing, 0);
	OK(exited(status, 3) && error == ENOENT && result == ENOEXEC,
	   "N2 a vfork child execs what is missing, and what is no program: errors, and it goes on");
	OK(is_as(&was), "N2 a failed exec changes nothing, in the parent either");

	OK(exited(in_child(exec_part, -1), 7),
	   "N2 no mapping of a new program is in its parent's maps");
	OK(is_as(&was), "N2 a vfork child that execs leaves its parent as it was");

	OK(exited(in_child(map_in_parent, 0), 0) && holds(OWN, (char *)result) == 1 &&
		   peek((char *)result + P) == 'c',
	   "#39 what a vfork child maps is mapped in its parent");
	p = (char *)result;
	OK(exited(in_child(unmap_in_parent, (long)p), 0) && holds(OWN, p) == 0,
	   "#39 what a vfork child unmaps is unmapped in its parent");
	status = in_child(fault, (long)KERNEL_RAM);
	OK(status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV,
	   "#39 a vfork child faults: it dies alone");
	OK(is_as(&was), "#39 all is as it was");
}

static void attached(void)
{
	int id = shmget(IPC_PRIVATE, P, 0600);
	char *p = shmat(id, NULL, 0);

	OK(exited(in_child(just_exit, 0), 0) && nattch(id) == 1, "N8 a vfork child adds nothing");
	OK(exited(in_child(exec_part, id), 7), "N8 a new program has no attachment");
	IS(nattch(id), 1, "N8 nor has it taken one away");
	OK(exited(in_child(attach, id), 0) && nattch(id) == 2,
	   "N8 what a vfork child attaches is its parent's");
	OK(shmdt(p) == 0 && nattch(id) == 1, "N8 and is released by it");
	RUNS("exec attached", id, 0, "N8 exec releases what the program before had attached");
	IS(nattch(id), 1, "N8 and nothing else");
	shmdt(p);
	shmctl(id, IPC_RMID, NULL);
}

static void test(void)
{
	struct state was;

	strcat(strcat(strcpy(own_maps, "/proc/"), decimal(getpid())), "/maps");
	was = look();
	borrowed();
	attached();
	OK(is_as(&was), "I8 all is as it began");
}

TAP_MAIN(parts, test)
