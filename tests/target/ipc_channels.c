/* SPDX-License-Identifier: MIT */
/* Channels: words, bytes, descriptors, mappings, and what ends a call. */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>

#include <channel.h>

#include "clock.h"
#include "tap.h"

enum verb { ADD = 1, COPY, TAKE, GIVE, MAP, STALL, END, WHO };

#define PAGE ((size_t)sysconf(_SC_PAGESIZE))

static int ends[2]; /* of the channel under test, inherited by parts as these numbers */

static int serve_one(int id, unsigned int words[CHANNEL_WORDS])
{
	struct channel_info info;
	char bytes[64];
	ssize_t got;
	int fd;
	int *shown;

	switch (words[0]) {
	case ADD:
		words[0] = words[1] + words[2] + words[3];
		words[1] = words[3];
		return 7;
	case COPY: /* back, in capitals */
		got = channel_read(ends[0], id, words[1], bytes, sizeof(bytes));
		for (ssize_t i = 0; i < got; i++)
			bytes[i] = (char)(bytes[i] - 'a' + 'A');
		return got < 0 ? -errno
			       : (int)channel_write(ends[0], id, words[2], bytes, (size_t)got);
	case TAKE:
		fd = channel_take(ends[0], id);
		return fd < 0 ? -errno : write(fd, "taken", 5) == 5 && !close(fd) ? 0 : -EIO;
	case GIVE:
		fd = open("/test/words", O_RDONLY);
		got = channel_give(ends[0], id, fd);
		close(fd);
		return got ? -errno : 0;
	case MAP:
		shown = channel_map(ends[0], id);
		if (shown == MAP_FAILED)
			return -errno;
		shown[1] = shown[0] + 1;
		return shown[0];
	case WHO:
		return channel_info(ends[0], id, &info) ? -errno
		       : info.send_len == 3 && info.recv_len == 5 && !info.is_kernel &&
				       !info.has_file && info.uid == 0
			       ? info.pid
			       : -EIO;
	default:
		return -ENOSYS;
	}
}

/* The other process: serve until END; die in the middle of a call for STALL. */
static int server(long receiver, long b)
{
	unsigned int words[CHANNEL_WORDS];
	int id = 0;
	long status = 0;

	(void)b;
	ends[0] = (int)receiver;
	for (;;) {
		id = channel_reply_receive(ends[0], id, status, words);
		if (id < 0)
			return errno == EPIPE ? 3 : 1;
		if (id == 0)
			continue;
		if (words[0] == STALL)
			return 2;
		if (words[0] == END)
			return channel_reply(ends[0], id, 0, NULL) ? 1 : 0;
		status = serve_one(id, words);
	}
}

/* Call and never return by itself. */
static int caller(long sender, long b)
{
	unsigned int words[CHANNEL_WORDS] = { STALL };

	(void)b;
	return channel_call((int)sender, words, NULL) < 0 ? errno : 0;
}

static const struct part parts[] = { { "server", server }, { "caller", caller }, { 0 } };

/* A channel whose receiving end is inherited by what is started next. */
static void make_channel(void)
{
	if (channel_create(ends))
		return;
	fcntl(ends[0], F_SETFD, 0);
}

static pid_t start_server(void)
{
	pid_t pid;

	make_channel();
	pid = part_start("server", ends[0], 0);
	close(ends[0]);
	return pid;
}

static long call(enum verb verb, unsigned int a, unsigned int b, unsigned int c,
		 struct channel_buffers *buffers)
{
	unsigned int words[CHANNEL_WORDS] = { verb, a, b, c };

	return channel_call(ends[1], words, buffers);
}

static void test_words(void)
{
	unsigned int words[CHANNEL_WORDS] = { ADD, 1, 20, 300 };
	char in[] = "abcdef", out[8] = "........";
	struct channel_buffers buffers = {
		.send = in, .send_len = 6, .recv = out, .recv_len = 7, .give = -1
	};
	struct channel_buffers who = {
		.send = in, .send_len = 3, .recv = out, .recv_len = 5, .give = -1
	};
	struct channel_buffers bad = {
		.send = in, .send_len = 6, .recv = (void *)0x20000000, .recv_len = 4, .give = -1
	};
	pid_t pid = start_server();

	IS(channel_call(ends[1], words, NULL), 7, "a status comes back");
	OK(words[0] == 321 && words[1] == 300, "and words");
	IS(call(COPY, 0, 0, 0, &buffers), 6, "bytes go there and back");
	OK(!memcmp(out, "ABCDEF..", 8), "and nothing else is written");
	IS(call(COPY, 2, 4, 0, &buffers), 3, "as many as there is room for");
	OK(!memcmp(out, "ABCDCDE.", 8), "where they were asked to go");
	IS(call(COPY, 6, 0, 0, &buffers), 0, "none behind the end");
	IS(call(WHO, 0, 0, 0, &who), getpid(), "the receiver knows who calls");
	errno = 0;
	OK(call(COPY, 0, 0, 0, &bad) == -1 && errno == EFAULT, "memory of nobody's: EFAULT");
	errno = 0;
	OK(call((enum verb)99, 0, 0, 0, NULL) == -1 && errno == ENOSYS, "an error is an errno");
	IS(call(END, 0, 0, 0, NULL), 0, "END");
	OK(part_ended(pid, 0), "the server ends");
	close(ends[1]);
}

static void test_handles(void)
{
	int pipe_ends[2], fd;
	char bytes[8];
	struct channel_buffers buffers = { .give = -1 };
	pid_t pid = start_server();

	pipe(pipe_ends);
	errno = 0;
	OK(call(TAKE, 0, 0, 0, &buffers) == -1 && errno == ENOENT, "nothing to take: ENOENT");
	buffers.give = pipe_ends[1];
	IS(call(TAKE, 0, 0, 0, &buffers), 0, "a descriptor is handed over");
	IS(read(pipe_ends[0], bytes, 8), 5, "and works on the other side");
	close(pipe_ends[1]);
	IS(read(pipe_ends[0], bytes, 8), 0, "and nobody holds it any more");
	close(pipe_ends[0]);
	buffers.give = 77;
	errno = 0;
	OK(call(TAKE, 0, 0, 0, &buffers) == -1 && errno == EBADF, "a wrong one: EBADF");
	buffers.give = -1;
	IS(call(GIVE, 0, 0, 0, &buffers), 0, "a descriptor is given back");
	fd = buffers.got;
	OK(fd >= 0 && read(fd, bytes, 1) == 1, "it is the caller's own");
	IS(fcntl(fd, F_GETFD), FD_CLOEXEC, "and closed on exec");
	close(fd);
	IS(call(GIVE, 0, 0, 0, NULL) < 0 ? errno : 0, ENOENT, "no place to put it: ENOENT");
	call(END, 0, 0, 0, NULL);
	part_ended(pid, 0);
	close(ends[1]);
}

static void test_maps(void)
{
	struct channel_buffers buffers = { .give = -1, .map_len = PAGE };
	long before = system_info(INFO_FREE_PAGES);
	int fd = shm_open("/ipc", O_CREAT | O_RDWR, 0600);
	pid_t pid = start_server();
	int *shared, *own;

	ftruncate(fd, (off_t)PAGE);
	shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	shared[0] = 41;
	buffers.map = shared;
	IS(call(MAP, 0, 0, 0, &buffers), 41, "a shared mapping is handed over");
	IS(shared[1], 42, "and both have it");
	munmap(shared, PAGE);
	close(fd);
	shm_unlink("/ipc");

	own = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	own[0] = 51;
	buffers.map = own;
	IS(call(MAP, 0, 0, 0, &buffers), 51, "private memory moves");
	IS(msync(own, PAGE, MS_SYNC) ? errno : 0, ENOMEM, "the giver has it no more");
	errno = 0;
	OK(call(MAP, 0, 0, 0, &buffers) == -1 && errno == EINVAL, "and cannot give it again");
	buffers.map = (void *)((unsigned long)&before & ~(PAGE - 1));
	errno = 0;
	OK(call(MAP, 0, 0, 0, &buffers) == -1 && (errno == EPERM || errno == EINVAL),
	   "nor its stack");
	call(END, 0, 0, 0, NULL);
	part_ended(pid, 0);
	close(ends[1]);
	IS(system_info(INFO_FREE_PAGES), before, "all pages come back");
}

static void on_alarm(int sig)
{
	(void)sig;
}

static timer_t timer;

static void signal_soon(void)
{
	struct itimerspec soon = { .it_value = { .tv_nsec = 20000000 } };

	timer_settime(timer, 0, &soon, NULL);
}

static void test_ends(void)
{
	struct timespec until;
	struct channel_buffers buffers = { .give = -1, .until = &until };
	struct pollfd polled = { .events = POLLIN };
	unsigned int words[CHANNEL_WORDS];
	struct sigaction action = { .sa_handler = on_alarm };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };
	pid_t pid;
	int id;

	make_channel();
	until = in_ms(30);
	IS(call(ADD, 0, 0, 0, &buffers) < 0 ? errno : 0, ETIMEDOUT, "nobody receives in time");
	until = in_ms(30);
	IS(channel_receive(ends[0], words, &until) < 0 ? errno : 0, ETIMEDOUT,
	   "nobody calls in time");
	sigaction(SIGALRM, &action, NULL);
	timer_create(CLOCK_MONOTONIC, &event, &timer);
	signal_soon();
	IS(call(ADD, 0, 0, 0, NULL) < 0 ? errno : 0, EINTR, "a signal ends a call");
	signal_soon();
	IS(channel_receive(ends[0], words, NULL) < 0 ? errno : 0, EINTR, "and a receive");
	timer_delete(timer);

	/* A caller that dies after its call was received, and one before. */
	polled.fd = ends[0];
	IS(poll(&polled, 1, 0), 0, "poll: no message");
	fcntl(ends[1], F_SETFD, 0);
	pid = part_start("caller", ends[1], 0);
	IS(poll(&polled, 1, -1), 1, "poll: a message");
	id = channel_receive(ends[0], words, NULL);
	OK(id > 0 && words[0] == STALL, "a call from another process");
	kill(pid, SIGKILL);
	IS(channel_receive(ends[0], words, NULL), 0, "its death is told");
	IS(words[0], CHANNEL_GONE, "as a notification");
	IS(channel_reply(ends[0], id, 0, NULL) < 0 ? errno : 0, ESRCH, "its id is nobody's: ESRCH");
	waitpid(pid, NULL, 0);
	pid = part_start("caller", ends[1], 0);
	poll(&polled, 1, -1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	IS(poll(&polled, 1, 0), 0, "one that was not received leaves nothing");

	channel_notify(ends[1], 5);
	channel_notify(ends[1], 10);
	IS(channel_receive(ends[0], words, NULL), 0, "notifications");
	IS(words[0], 15, "come together");
	IS(channel_notify(ends[1], CHANNEL_GONE) < 0 ? errno : 0, EINVAL, "bit 31 is the kernel's");
	IS(channel_notify(ends[0], 1) < 0 ? errno : 0, EBADF, "the wrong end: EBADF");
	IS(channel_receive(ends[1], words, NULL) < 0 ? errno : 0, EBADF, "and the other");
	IS(channel_reply(ends[0], 1, 0, NULL) < 0 ? errno : 0, ESRCH, "a stale id: ESRCH");
	IS(channel_reply(ends[0], -1, 0, NULL) < 0 ? errno : 0, ESRCH, "a negative one: ESRCH");

	/* No sender; no receiver. */
	close(ends[1]);
	IS(channel_receive(ends[0], words, NULL) < 0 ? errno : 0, EPIPE, "nobody can call: EPIPE");
	close(ends[0]);
	make_channel();
	close(ends[0]);
	IS(call(ADD, 0, 0, 0, NULL) < 0 ? errno : 0, EPIPE, "nobody can receive: EPIPE");
	close(ends[1]);
}

static void test_deaths(void)
{
	unsigned int words[CHANNEL_WORDS];
	pid_t pid = start_server(), other;

	IS(call(STALL, 0, 0, 0, NULL) < 0 ? errno : 0, EPIPE, "the receiver dies: EPIPE");
	OK(part_ended(pid, 2), "it had the call");
	IS(call(ADD, 0, 0, 0, NULL) < 0 ? errno : 0, EPIPE, "and stays dead");
	close(ends[1]);

	pid = start_server();
	close(ends[1]); /* the last */
	OK(part_ended(pid, 3), "the last sender goes: the receiver gets EPIPE");

	/* Two wait, one received, and then nobody receives any more. */
	make_channel();
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, 0);
	pid = part_start("caller", ends[1], 0);
	other = part_start("caller", ends[1], 0);
	channel_receive(ends[0], words, NULL);
	usleep(20000);
	close(ends[0]);
	OK(part_ended(pid, EPIPE) && part_ended(other, EPIPE), "all who wait get EPIPE");
	close(ends[1]);
}

static int second[2];

/* Serves second, and calls ends from within. */
static void *ring(void *arg)
{
	unsigned int words[CHANNEL_WORDS];
	int id = channel_receive(second[0], words, NULL);
	long status = call(ADD, 0, 0, 0, NULL);

	(void)arg;
	channel_reply(second[0], id, status < 0 ? -errno : 0, NULL);
	return NULL;
}

static void *opener(void *arg)
{
	unsigned int words[CHANNEL_WORDS] = { ADD };

	(void)arg;
	channel_call(ends[1], words, NULL);
	return NULL;
}

/* This thread serves ends; within, it calls second, whose server calls ends. */
static void test_ring(void)
{
	unsigned int words[CHANNEL_WORDS];
	pthread_t thread, first;
	int id;

	make_channel();
	channel_create(second);
	pthread_create(&thread, NULL, ring, NULL);
	pthread_create(&first, NULL, opener, NULL);
	id = channel_receive(ends[0], words, NULL);
	words[0] = 0;
	errno = 0;
	OK(channel_call(second[1], words, NULL) == -1 && errno == EDEADLK,
	   "a ring of calls: EDEADLK");
	channel_reply(ends[0], id, 0, NULL);
	pthread_join(first, NULL);
	pthread_join(thread, NULL);
	close(ends[0]), close(ends[1]), close(second[0]), close(second[1]);
}

static void *receive_for_ever(void *told)
{
	unsigned int words[CHANNEL_WORDS];

	*(int *)told = channel_receive(ends[0], words, NULL) < 0 ? errno : 0;
	return NULL;
}

/* Both ends go while a thread of the same program waits on one. */
static void test_closed_by_another(void)
{
	pthread_t thread;
	int told = 0;

	channel_create(ends);
	pthread_create(&thread, NULL, receive_for_ever, &told);
	usleep(10000);
	close(ends[0]);
	close(ends[1]);
	pthread_join(thread, NULL);
	IS(told, EBADF, "a receiver whose end another thread closes: EBADF");
}

static void test(void)
{
	long before = system_info(INFO_FREE_PAGES);

	test_words();
	test_handles();
	test_maps();
	test_ends();
	test_deaths();
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
	test_ring();
	test_closed_by_another();
}

TAP_MAIN(parts, test)
