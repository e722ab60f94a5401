/* SPDX-License-Identifier: MIT */
/*
 * How long a more urgent thread waits, from the interrupt that makes it ready to its first
 * instruction, while this one makes a call.
 *
 * The urgent one sleeps until a moment that comes later by one step each time, while this one makes
 * the same call each time; so the interrupt comes at POINTS points of the call, one after the other.
 * @n: the length of large memory, in KiB.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <channel.h>
#include <croft.h>
#include <generated/syscall_nr.h>

#include "bench.h"
#include "raw.h"

#define POINTS	 400
#define SLEEP	 24000L /* ns, and instructions too; the clock takes shorter ones for as long */
#define EARLY	 3000L	/* the first interrupts come before the call, the last behind it */
#define AWAKE	 2000L	/* the helper sleeps so long before this one goes on */
#define TICK	 80L	/* ns: the finest step of any board's clock */
#define URGENT	 20
#define PIECES	 16
#define FILE_LEN 12288
#define LONG_ARG 199

/* What the helper inherits to be told the next step by. */
#define STEPS 10

static size_t large;
static char *kept; /* what one step of a measurement leaves to the next */
static pid_t helper;
static char room[512]; /* of the call that is measured: there is little RAM */

static long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)(now.tv_sec % 2) * 1000000000L + now.tv_nsec;
}

/* The urgent one: for each word it is sent, sleep so long. */
static void sleep_as_told(int fd)
{
	struct timespec until;
	long by;

	while (read(fd, &by, sizeof(by)) == sizeof(by)) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += by;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec++;
		}
		SLEEPING();
		raw3(SYS_sleep_until, CLOCK_MONOTONIC, (long)&until, 0);
		WOKEN();
	}
}

void helper_sleep(long n)
{
	(void)n;
	must(pthread_setschedprio(pthread_self(), URGENT) == 0, "the helper is urgent");
	helper_ready();
	sleep_as_told(STEPS);
}

/*
 * The same for a driver in a process: a timer's interrupt comes to it as a notification.
 * Source: Arm DDI 0479, 3.5 (CMSDK timer).
 */
void helper_driver(long n)
{
	enum { CTRL = 0, VALUE = 1, RELOAD = 2, INTCLEAR = 3, RUN_AND_INTERRUPT = 9, NS = 40 };
	int fd = open("/dev/timer0", O_RDWR), ends[2];
	volatile uint32_t *timer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	unsigned int words[CHANNEL_WORDS];
	long by;

	(void)n;
	must(timer != MAP_FAILED && channel_create(ends) == 0 &&
		     channel_interrupt(ends[0], fd, 0, 1) == 0 &&
		     pthread_setschedprio(pthread_self(), URGENT) == 0,
	     "the driver starts");
	helper_ready();
	while (read(STEPS, &by, sizeof(by)) == sizeof(by)) {
		timer[RELOAD] = timer[VALUE] = (uint32_t)(by / NS);
		timer[CTRL] = RUN_AND_INTERRUPT;
		SLEEPING();
		channel_receive(ends[0], words, NULL);
		WOKEN();
		timer[CTRL] = 0;
		timer[INTCLEAR] = 1;
	}
}

/* Two instructions a turn. */
static void spin(long ns)
{
	for (long turns = ns / 2; turns > 0; turns--)
		__asm volatile("");
}

/* ---- What is done meanwhile ------------------------------------------------------------------ */

static char *map(size_t len)
{
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED, "mmap");
	return p;
}

static void do_nothing(void)
{
	spin(2000);
}

static void map_large(void)
{
	kept = map(large);
}

static void unmap_large(void)
{
	munmap(kept, large);
}

/* Many mappings side by side, as far as memory lies so. */
static void map_pieces(void)
{
	kept = map(PIECES * page);
	for (int i = 1; i < PIECES; i += 2)
		mprotect(kept + (size_t)i * page, page, PROT_READ);
}

static void unmap_pieces(void)
{
	munmap(kept, PIECES * page);
}

static void protect_pieces(void)
{
	mprotect(kept, PIECES * page, PROT_READ | PROT_WRITE);
}

/* Something behind it, so that it has to move. */
static void move_large(void)
{
	kept = mremap(kept, large / 2, large, MREMAP_MAYMOVE);
	must(kept != MAP_FAILED, "mremap");
}

static void map_half(void)
{
	kept = map(large / 2);
}

static void copy_file(void)
{
	int fd = open("/bin/bench", O_RDONLY);

	kept = mmap(NULL, FILE_LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	must(kept != MAP_FAILED, "mmap of a file");
	close(fd);
}

static void unmap_file(void)
{
	munmap(kept, FILE_LEN);
}

static void make_shm(void)
{
	int id = shmget(IPC_PRIVATE, large, IPC_CREAT | 0600);

	must(id >= 0, "shmget");
	kept = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL);
}

static void drop_shm(void)
{
	shmdt(kept);
}

static void grow_file(void)
{
	int fd = open("/tmp/bench", O_RDWR | O_CREAT, 0600);

	must(fd >= 0 && ftruncate(fd, (off_t)(large / 2)) == 0 && ftruncate(fd, (off_t)large) == 0,
	     "ftruncate");
	close(fd);
	unlink("/tmp/bench");
}

static void start_program(void)
{
	char *argv[] = { "true", NULL };
	pid_t pid = -1;

	posix_spawn(&pid, "/bin/true", NULL, NULL, argv, NULL);
	waitpid(pid, NULL, 0);
}

/* With many arguments, one of them long, and files to be opened. */
static void start_with_much(void)
{
	static char *argv[51];
	static struct spawn_action actions[8];
	struct spawn_args args = {
		.path = "/bin/true", .argv = argv, .actions = actions, .nactions = 8
	};
	pid_t pid;

	memset(room, 'x', LONG_ARG);
	room[LONG_ARG] = 0;
	for (int i = 0; i < 49; i++)
		argv[i] = room + LONG_ARG - 3;
	argv[49] = room;
	for (int i = 0; i < 8; i++)
		actions[i] = (struct spawn_action){ .op = SPAWN_OPEN,
						    .fd = i + 3,
						    .path = "/bin/bench" };
	pid = croft_spawn(&args);
	must(pid > 0, "spawn() with much");
	waitpid(pid, NULL, 0);
}

static void start_by_exec(void)
{
	char *argv[] = { "true", NULL };
	pid_t pid = vfork();

	if (pid == 0) {
		execv("/bin/true", argv);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
}

/* A process that has much memory dies. */
static void end_program(void)
{
	helper_end(helper);
}

static void start_helper(void)
{
	helper = helper_start("map:8");
}

static void read_file(void)
{
	int fd = open("/bin/bench", O_RDONLY);

	read(fd, kept, large / 2);
	close(fd);
}

static void write_file(void)
{
	int fd = open("/tmp/bench", O_RDWR | O_CREAT, 0600);

	write(fd, kept, large / 2);
	close(fd);
	unlink("/tmp/bench");
}

static void unmap_half(void)
{
	munmap(kept, large / 2);
}

static void read_maps(void)
{
	int fd = open("/proc/self/maps", O_RDONLY);

	while (read(fd, room, 64) > 0)
		;
	close(fd);
}

/* One mapping in the place of many. */
static void map_over(void)
{
	must(mmap(kept, PIECES * page, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == kept,
	     "mmap over others");
}

/* The calls that only look at a long range. */
static void look_at_large(void)
{
	must(large / page <= sizeof(room) && mincore(kept, large, (unsigned char *)room) == 0 &&
		     msync(kept, large, MS_SYNC) == 0 && mlock(kept, large) == 0 &&
		     munlock(kept, large) == 0,
	     "mincore, msync, mlock");
}

/* The same over many mappings; what is not locked, since it is too many, is looked at, too. */
static void look_at_pieces(void)
{
	must(mincore(kept, PIECES * page, (unsigned char *)room) == 0 &&
		     msync(kept, PIECES * page, MS_SYNC) == 0 && mlock(kept, PIECES * page) != 0,
	     "mincore, msync, mlock of many");
}

/* A file that one process maps many times. */
static void map_layers(void)
{
	int fd = open("/tmp/bench", O_RDWR | O_CREAT, 0600);

	must(ftruncate(fd, (off_t)page) == 0, "a file");
	for (int i = 0; i < PIECES; i++)
		kept = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	must(kept != MAP_FAILED, "mmap of a file");
	close(fd);
	unlink("/tmp/bench");
}

static void protect_layers(void)
{
	mprotect(kept, page, PROT_NONE);
}

static void unmap_layers(void)
{
	for (int i = 0; i < PIECES; i++)
		munmap(kept, page);
}

/* A path of 23 names. */
static void walk_far(void)
{
	strcpy(room,
	       "/bin/../bin/../bin/../bin/../bin/../bin/../bin/../bin/../bin/../bin/../bin/../tmp");
	must(access(room, F_OK) == 0, "a long path");
}

static void list_folder(void)
{
	DIR *dir = opendir("/bin");

	while (readdir(dir))
		;
	closedir(dir);
}

static void send_message(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = sizeof(room) };
	mqd_t queue = mq_open("/bench", O_RDWR | O_CREAT, 0600, &attr);

	must(mq_send(queue, room, sizeof(room), 0) == 0 &&
		     mq_receive(queue, room, sizeof(room), NULL) == sizeof(room),
	     "a message");
	mq_close(queue);
	mq_unlink("/bench");
}

static const struct {
	const char *name;
	void (*before)(void), (*call)(void), (*after)(void);
} calls[] = {
	{ "delay.nothing", NULL, do_nothing, NULL },
	{ "delay.mmap", NULL, map_large, unmap_large },
	{ "delay.munmap", map_large, unmap_large, NULL },
	{ "delay.munmap.pieces", map_pieces, unmap_pieces, NULL },
	{ "delay.mprotect", map_pieces, protect_pieces, unmap_pieces },
	{ "delay.mremap", map_half, move_large, unmap_large },
	{ "delay.mmap.copy", NULL, copy_file, unmap_file },
	{ "delay.shm", NULL, make_shm, drop_shm },
	{ "delay.shmdt", make_shm, drop_shm, NULL },
	{ "delay.ftruncate", NULL, grow_file, NULL },
	{ "delay.spawn", NULL, start_program, NULL },
	{ "delay.spawn.much", NULL, start_with_much, NULL },
	{ "delay.exec", NULL, start_by_exec, NULL },
	{ "delay.exit", start_helper, end_program, NULL },
	{ "delay.read", map_half, read_file, unmap_half },
	{ "delay.write", map_half, write_file, unmap_half },
	{ "delay.proc", NULL, read_maps, NULL },
	{ "delay.mmap.fixed", map_pieces, map_over, unmap_pieces },
	{ "delay.look", map_large, look_at_large, unmap_large },
	{ "delay.getdents", NULL, list_folder, NULL },
	{ "delay.mqueue", NULL, send_message, NULL },
	{ "delay.look.pieces", map_pieces, look_at_pieces, unmap_pieces },
	{ "delay.layers", map_layers, protect_layers, unmap_layers },
	{ "delay.walk", NULL, walk_far, NULL },
};

/* ---------------------------------------------------------------------------------------------- */

static void run(void (*part)(void))
{
	if (part)
		part();
}

/* How long the call takes, which is in instructions, too. */
static long duration(size_t i)
{
	long begun, took;

	run(calls[i].before);
	begun = now_ns();
	calls[i].call();
	took = now_ns() - begun;
	run(calls[i].after);
	return took < 0 ? took + 2000000000L : took;
}

static void measure(size_t i, const char *name, int steps)
{
	long whole, step;

	duration(i); /* the first time may be unlike the others */
	whole = duration(i) + 2 * EARLY;
	step = (whole / POINTS + TICK) / TICK * TICK;
	BEGIN();
	for (long at = 0; at < whole; at += step) {
		long by = SLEEP + at;

		run(calls[i].before);
		write(steps, &by, sizeof(by));
		spin(SLEEP + EARLY - AWAKE);
		calls[i].call();
		spin(4 * EARLY);
		run(calls[i].after);
	}
	END();
	row(name, NONE, 1);
}

/* Start the urgent one.  Returns where it is told the steps. */
static int start_urgent(const char *group, pid_t *pid)
{
	int fds[2];

	must(pipe(fds) == 0 && dup2(fds[0], STEPS) == STEPS, "a pipe");
	close(fds[0]);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	*pid = helper_start(group);
	close(STEPS);
	return fds[1];
}

void group_delay(long n)
{
	pid_t pid;
	int steps = start_urgent("sleep:0", &pid);

	large = (size_t)n * 1024;
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		measure(i, calls[i].name, steps);
	helper_end(pid);
}

/* Only where the board has a timer for programs. */
void group_interrupt(long n)
{
	pid_t pid;
	int steps = start_urgent("driver:0", &pid);

	large = (size_t)n * 1024;
	measure(0, "interrupt.nothing", steps);
	measure(1, "interrupt.mmap", steps);
	measure(2, "interrupt.munmap", steps);
	helper_end(pid);
}
