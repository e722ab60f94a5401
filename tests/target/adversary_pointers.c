/* SPDX-License-Identifier: MIT */
/*
 * What an attacker tries with pointers into calls: the numbers are those of docs/adversary.md.
 * syscall_pointers.c tries bad ones on every call; here is what needs more than one call.
 */
#include <channel.h>
#include <fcntl.h>
#include <limits.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <time.h>

#include "raw.h"
#include "tap.h"

#define FILE_NAME "/tmp/adversary"
#define BYTES	  (2 * page < 4096 ? 4096 : 2 * page)
#define NEAR	  10000 /* ns: before the call begins */
#define FAR	  400000
#define STEP	  2000

static size_t page;

/* For the parts, too. */
__attribute__((constructor)) static void find_page(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
}

/* A mapping of a file whose only page holds @text at its end. */
static char *map_file(const char *text, size_t len)
{
	int fd = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *map;

	if (fd < 0 || ftruncate(fd, (off_t)page))
		return NULL;
	lseek(fd, (off_t)(page - len), SEEK_SET);
	write(fd, text, len);
	map = mmap(NULL, page, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	return map == MAP_FAILED ? NULL : map + page - len;
}

/* Told by its exit status: did its last argument come as it was given? */
static int see_argument(long a, long b)
{
	(void)a, (void)b;
	return 0;
}

/*
 * spawn() opens a file with O_TRUNC before it copies the arguments: an argument, the list of
 * them, the environment, and the actions themselves lie in that very file.
 */
static void test_16_truncated_arguments(void)
{
	struct spawn_action cut[2] = {
		{ .op = SPAWN_OPEN, .fd = 5, .oflag = O_RDWR | O_TRUNC, .path = FILE_NAME },
		{ .op = SPAWN_CLOSE, .fd = 5 },
	};
	char *argv[] = { tap_self, "see", "0", "0", NULL, NULL };
	struct spawn_args args = { .path = "/bin/adversary_pointers",
				   .argv = argv,
				   .envp = environ,
				   .actions = cut,
				   .nactions = 2 };
	long result;

	argv[4] = map_file("0123456", 8);
	result = raw3(SYS_spawn, (long)&args, 0, 0);
	IS(result, -EFAULT, "#16 an argument of spawn() is truncated by its own actions: EFAULT");
	if (result > 0)
		part_status((pid_t)result);
	munmap((void *)((uintptr_t)argv[4] & ~(page - 1)), page);

	argv[4] = NULL;
	args.actions = (struct spawn_action *)map_file((char *)cut, sizeof(cut));
	result = raw3(SYS_spawn, (long)&args, 0, 0);
	IS(result, -EFAULT,
	   "#16 the actions of spawn() are truncated by the first of them: EFAULT");
	if (result > 0)
		part_status((pid_t)result);
	munmap((void *)((uintptr_t)args.actions & ~(page - 1)), page);
	unlink(FILE_NAME);
}

/*
 * Calls that are blocked, and another thread takes away what their results go to: in its place is memory
 * that may not be written.
 */
static char *buffer;
static int ends[2];
static pid_t child;

static long block_read(void)
{
	return raw3(SYS_read, ends[0], (long)buffer, 8);
}

static long block_waitpid(void)
{
	return raw3(SYS_waitpid, child, (long)buffer, 0);
}

static long block_sigtimedwait(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	return raw3(SYS_sigtimedwait, (long)&set, (long)buffer, 0);
}

static long block_poll(void)
{
	long result;

	*(struct pollfd *)buffer = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	while ((result = raw3(SYS_poll, (long)buffer, 1, 0)) == -EAGAIN)
		;
	return result;
}

static long block_mqueue(void)
{
	return raw6(SYS_mq_receive, ends[0], (long)buffer, 8, 0, 0, 0);
}

/* The words that say how much may be written where change while the receiver has the call. */
static struct channel_buffers buffers;

static long block_channel(void)
{
	unsigned int words[CHANNEL_WORDS] = { 0 };

	buffers = (struct channel_buffers){ .recv = buffer, .recv_len = 8, .give = -1 };
	return channel_call(ends[1], words, &buffers) < 0 ? -errno : 0;
}

static void wake_pipe(void)
{
	write(ends[1], "secret", 6);
}

static void wake_waitpid(void)
{
	kill(child, SIGKILL);
}

static void wake_sigtimedwait(void)
{
	kill(getpid(), SIGUSR1);
}

static void wake_mqueue(void)
{
	mq_send(ends[0], "secret", 6, 0);
}

static void wake_channel(void)
{
	unsigned int words[CHANNEL_WORDS];
	int id = channel_receive(ends[0], words, NULL), got;

	got = (int)channel_write(ends[0], id, 0, "secret", 6);
	OK(got == -1 && errno == EFAULT, "#16 who answers a call is told, too");
	buffers.recv = (void *)0x20000000;
	buffers.recv_len = 1 << 20;
	got = (int)channel_write(ends[0], id, 0, "secret", 6);
	OK(got == -1 && errno == EFAULT, "#16 and is not led into kernel memory");
	channel_reply(ends[0], id, -EFAULT, NULL);
}

enum ends { PIPE, QUEUE, CHANNEL, CHILD };

static const struct blocked {
	const char *name;
	enum ends ends;
	long (*block)(void);
	void (*wake)(void);
} blocked[] = {
	{ "#16 read(): EFAULT", PIPE, block_read, wake_pipe },
	{ "#16 poll(): EFAULT", PIPE, block_poll, wake_pipe },
	{ "#16 waitpid(): EFAULT", CHILD, block_waitpid, wake_waitpid },
	{ "#16 sigtimedwait(): EFAULT", PIPE, block_sigtimedwait, wake_sigtimedwait },
	{ "#16 mq_receive(): EFAULT", QUEUE, block_mqueue, wake_mqueue },
	{ "#16 channel_call(): EFAULT", CHANNEL, block_channel, wake_channel },
};

static void *run_blocked(void *it)
{
	return (void *)((const struct blocked *)it)->block();
}

static int stay(long a, long b)
{
	(void)a, (void)b;
	return pause();
}

static void take_away(void)
{
	munmap(buffer, page);
	mmap(buffer, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static int is_zero(const char *at, size_t len)
{
	while (len > 0 && !at[len - 1])
		len--;
	return len == 0;
}

static void test_16_taken_while_blocked(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	pthread_t thread;
	sigset_t usr1;
	void *got;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	for (size_t i = 0; i < sizeof(blocked) / sizeof(blocked[0]); i++) {
		const struct blocked *it = &blocked[i];

		buffer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			      0);
		if (it->ends == QUEUE) {
			ends[0] = mq_open("/taken", O_RDWR | O_CREAT, 0600, &attr);
			ends[1] = dup(ends[0]);
			mq_unlink("/taken");
		} else if (it->ends == CHANNEL) {
			channel_create(ends);
		} else {
			pipe(ends);
		}
		child = it->ends == CHILD ? part_start("stay", 0, 0) : -1;
		pthread_create(&thread, NULL, run_blocked, (void *)it);
		usleep(30000);
		take_away();
		it->wake();
		pthread_join(thread, &got);
		IS(got, -EFAULT, it->name);
		OK(is_zero(buffer, page), "#16 and nothing is written");
		if (it->ends == CHILD)
			part_status(child);
		munmap(buffer, page);
		close(ends[0]);
		close(ends[1]);
	}
	while (sigtimedwait(&usr1, NULL, &(struct timespec){ 0 }) > 0)
		;
	sigprocmask(SIG_UNBLOCK, &usr1, NULL);
}

/*
 * A call that moves much is interrupted by a more urgent thread, at every distance, which takes what
 * is still to be written.
 */
static int bytes; /* a file with BYTES bytes of 'x' */

static void *read_much(void *arg)
{
	(void)arg;
	return (void *)raw3(SYS_read, bytes, (long)buffer, BYTES);
}

static void test_16_taken_meanwhile(void)
{
	char piece[64];
	int whole = 0, part = 0, none = 0, other = 0, written = 0;
	pthread_attr_t less;
	pthread_t thread;
	void *got;

	pthread_attr_init(&less);
	pthread_attr_setinheritsched(&less, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedparam(&less, &(struct sched_param){ .sched_priority = 12 });
	bytes = open(FILE_NAME, O_RDWR | O_CREAT | O_TRUNC, 0600);
	memset(piece, 'x', sizeof(piece));
	for (size_t done = 0; done < BYTES; done += sizeof(piece))
		write(bytes, piece, sizeof(piece));
	for (long ns = NEAR; ns < FAR; ns += STEP) {
		char *last;
		long n;

		lseek(bytes, 0, SEEK_SET);
		buffer = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			      0);
		last = buffer + BYTES - page;
		pthread_create(&thread, &less, read_much, NULL);
		nanosleep(&(struct timespec){ .tv_nsec = ns }, NULL);
		munmap(last, page);
		mmap(last, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		pthread_join(thread, &got);
		n = (long)got;
		written += !is_zero(last, page);
		if (n == (long)BYTES)
			whole++;
		else if (n > 0 && n < (long)BYTES)
			part++;
		else if (n == -EFAULT)
			none++;
		else
			other++;
		munmap(buffer, BYTES);
	}
	IS(other, 0, "#16 a read whose buffer is taken from under it: all, a part, or EFAULT");
	IS(written, 0, "#16 and nothing where it has been taken");
	OK(whole && part, "#16 it was after and while it read");
	note("whole:", whole);
	note("in part:", part);
	note("not at all:", none);
	close(bytes);
	unlink(FILE_NAME);
}

static const int handles[] = { -1, INT_MIN, INT_MAX, 1000, 0x10000, -4096 };

/* Numbers that name nothing, for each call that takes one. */
static void test_17_handles(void)
{
	struct shmid_ds ds;
	int wrong = 0, stale = shmget(IPC_PRIVATE, page, 0600), next;

	for (unsigned int i = 0; i < sizeof(handles) / sizeof(handles[0]); i++) {
		long h = handles[i];

		wrong += raw3(SYS_read, h, (long)&ds, 1) != -EBADF;
		wrong += raw3(SYS_close, h, 0, 0) != -EBADF;
		wrong += raw3(SYS_dup, h, 0, 0) != -EBADF;
		wrong += raw3(SYS_lseek, h, 0, 0) != -EBADF;
		wrong += raw3(SYS_dup2, 1, h, 0) != -EBADF;
		wrong += raw3(SYS_shmat, h, 0, 0) >= 0;
		wrong += raw3(SYS_shmctl, h, IPC_STAT, (long)&ds) >= 0;
		wrong += raw3(SYS_timer_delete, h, 0, 0) >= 0;
		wrong += h != -1 && raw3(SYS_kill, h, 0, 0) >= 0;
		wrong += raw3(SYS_thread_kill, h, 0, 0) >= 0;
	}
	IS(wrong, 0, "#17 negative, huge and unknown handles: an error");
	shmctl(stale, IPC_RMID, NULL);
	next = shmget(IPC_PRIVATE, page, 0600);
	OK(next != stale && raw3(SYS_shmctl, stale, IPC_STAT, (long)&ds) < 0 &&
		   raw3(SYS_shmat, stale, 0, 0) < 0 && raw3(SYS_shmctl, stale, IPC_RMID, 0) < 0,
	   "#17 a stale id does not reach what has its place now");
	OK(raw3(SYS_shmctl, next, IPC_RMID, 0) == 0, "#17 which is as it was");
	OK(raw3(SYS_kill, 1, SIGKILL, 0) == -EPERM, "#17 nobody ends the first process");
}

/* Kernel memory, registers, and what only another may touch, as the place to read to. */
static void test_15_places(void)
{
	int fd = open("/bin/init", O_RDONLY), uart = open("/dev/uart1", O_RDWR);
	char *regs = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, uart, 0);
	char *fixed = mmap(NULL, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	IS(raw3(SYS_read, fd, 0x20000000, 4), -EFAULT, "#15 read() into kernel memory: EFAULT");
	IS(raw3(SYS_read, fd, (long)test_15_places & ~3, 4), -EFAULT,
	   "#15 read() into text: EFAULT");
	IS(raw3(SYS_read, fd, (long)fixed, 4), -EFAULT, "#15 read() into a read-only map: EFAULT");
	IS(raw3(SYS_read, fd, (long)0xe000ed00, 4), -EFAULT,
	   "#15 read() into the system's registers: EFAULT");
	OK(regs != MAP_FAILED, "#15 a window of registers");
	IS(raw3(SYS_read, fd, (long)regs, 4), -EFAULT, "#15 read() into it: EFAULT");
	IS(lseek(fd, 0, SEEK_CUR), 0, "#15 the offset has not moved");
	munmap(regs, page);
	munmap(fixed, page);
	close(uart);
	close(fd);
}

static const struct part parts[] = { { "see", see_argument }, { "stay", stay }, { 0 } };

static void test(void)
{
	test_15_places();
	test_16_truncated_arguments();
	test_16_taken_while_blocked();
	test_16_taken_meanwhile();
	test_17_handles();
}

TAP_MAIN(parts, test)
