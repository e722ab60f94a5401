/* SPDX-License-Identifier: MIT */
/*
 * Attack 43: one user takes all memory, records, ids and descriptors that it may.  Whoever ran before
 * runs on, and root can still start programs; when the user's processes are gone, so is all that
 * they had.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/shm.h>

#include "hog.h"
#include "tap.h"

#define STRANGER 7
#define SHM_KEY	 43

enum kind { MEMORY, PIPES, THREADS, TIMERS, SIGNALS, PROCESSES, SEGMENTS, FILES, KINDS };

static const char *const names[] = { "memory",	"pipes",     "threads",	 "timers",
				     "signals", "processes", "segments", "files" };

/* ---- What the hog takes, each until it is refused. ---- */

static void take_timers(void)
{
	hog_timers(SIGEV_SIGNAL);
}

static void take_processes(void)
{
	while (part_start("rest", 0, 0) > 0)
		;
}

static void take_segments(void)
{
	for (int i = 0;; i++) {
		int id = shmget(SHM_KEY + i, 1, IPC_CREAT | IPC_EXCL | 0600);

		if (id < 0)
			break;
		shmat(id, NULL, 0);
	}
}

static void take_files(void)
{
	char name[] = "/tmp/hog0";
	int fd;

	for (; name[8] <= '9'; name[8]++) {
		fd = open(name, O_RDWR | O_CREAT, 0600);
		if (fd < 0)
			break;
		for (off_t len = 1024; ftruncate(fd, len) == 0; len += 1024)
			;
	}
}

static void (*const takes[])(void) = { hog_memory,  hog_pipes,	    hog_threads,   take_timers,
				       hog_signals, take_processes, take_segments, take_files };

/* Take all of kind @a, or of every kind, and say so at descriptor @b. */
static int hog(long a, long b)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	setpgid(0, 0);
	if (setgid(STRANGER) || setuid(STRANGER))
		return 1;
	for (int kind = 0; kind < KINDS; kind++)
		if (a == kind || (a == KINDS && kind != MEMORY))
			takes[kind]();
	if (a == KINDS)
		hog_memory();
	write((int)b, "x", 1);
	close((int)b);
	hog_rest(NULL);
	return 0;
}

static int rest_part(long a, long b)
{
	(void)a;
	(void)b;
	hog_rest(NULL);
	return 0;
}

/* The bystander: what comes in at @a goes out at @b. */
static int echo(long a, long b)
{
	char c;

	while (read((int)a, &c, 1) == 1)
		write((int)b, &c, 1);
	return 0;
}

static int work(long a, long b)
{
	(void)b;
	return (int)a;
}

static const struct part parts[] = {
	{ "hog", hog }, { "rest", rest_part }, { "echo", echo }, { "work", work }, { 0 }
};

/* ---- The others. ---- */

static int to[2], from[2];

static int echoes(void)
{
	char c = 0;

	return write(to[1], "?", 1) == 1 && read(from[0], &c, 1) == 1 && c == '?';
}

/* The hog's names outlive it, as they must: take them away. */
static void clean(void)
{
	char name[] = "/tmp/hog0";
	int id;

	for (; name[8] <= '9'; name[8]++)
		unlink(name);
	for (int i = 0; (id = shmget(SHM_KEY + i, 1, 0)) >= 0; i++)
		shmctl(id, IPC_RMID, NULL);
}

static void endure(int kind)
{
	long before = system_info(INFO_FREE_PAGES), after;
	int fds[2];
	char c = 0;
	pid_t pid;

	pipe(fds);
	pid = part_start("hog", kind, fds[1]);
	close(fds[1]);
	SAY("# ", kind < KINDS ? names[kind] : "everything");
	OK(read(fds[0], &c, 1) == 1, "one user has taken all there is");
	close(fds[0]);
	note("pages left", system_info(INFO_FREE_PAGES));
	OK(echoes(), "who ran before runs on");
	OK(part_ended(part_start("work", 42, 0), 42), "root starts a program");
	kill(-pid, SIGKILL);
	OK(part_died(pid, SIGKILL), "the hog is killed");
	clean();
	/* What it started belongs to the first process, and ends in its own time. */
	for (int i = 0; i < 50 && (after = system_info(INFO_FREE_PAGES)) != before; i++)
		usleep(20000);
	IS(after, before, "all pages are free again");
	OK(part_ended(part_start("work", 7, 0), 7), "and everything is as before");
}

static void test(void)
{
	pid_t pid;

	pipe(to);
	pipe(from);
	fcntl(to[1], F_SETFD, FD_CLOEXEC);
	fcntl(from[0], F_SETFD, FD_CLOEXEC);
	pid = part_start("echo", to[0], from[1]);
	OK(pid > 0 && echoes(), "a bystander");
	for (int kind = 0; kind <= KINDS; kind++)
		endure(kind);
	close(to[1]);
	OK(part_ended(pid, 0), "the bystander ends well");
}

TAP_MAIN(parts, test)
