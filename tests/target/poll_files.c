/* SPDX-License-Identifier: MIT */
/* poll() and select(): over pipes, the console and files; ended by time, signals and deaths. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/select.h>
#include <time.h>

#include "tap.h"

#define LATE 500 /* milliseconds */

static long now_ms(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (long)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void sleep_ms(long ms)
{
	struct timespec ts = { .tv_nsec = ms * 1000000 };

	nanosleep(&ts, NULL);
}

/* After a while write to @a, and stay for a while. */
static int put(long a, long b)
{
	close((int)b);
	sleep_ms(30);
	write((int)a, "x", 1);
	sleep_ms(30);
	return 0;
}

/* After a while read all that is in @a, and end. */
static int take(long a, long b)
{
	char bytes[512];

	close((int)b);
	sleep_ms(30);
	return read((int)a, bytes, sizeof(bytes)) == sizeof(bytes) ? 0 : 1;
}

static int tell(long a, long b)
{
	(void)a, (void)b;
	sleep_ms(30);
	return kill(getppid(), SIGUSR1);
}

/* Wait for what never comes. */
static int wait_in_vain(long a, long b)
{
	struct pollfd fd = { (int)a, POLLIN, 0 };

	close((int)b);
	poll(&fd, 1, -1);
	return 0;
}

static const struct part parts[] = {
	{ "put", put }, { "take", take }, { "tell", tell }, { "wait", wait_in_vain }, { 0 }
};

static void on_signal(int sig)
{
	(void)sig;
}

static int poll_one(int fd, short events, int timeout, short *revents)
{
	struct pollfd one = { fd, events, 0x55 };
	int n = poll(&one, 1, timeout);

	*revents = one.revents;
	return n;
}

static void test_at_once(void)
{
	int fds[2], file = open("/bin/poll_files", O_RDONLY),
		    console = open("/dev/console", O_WRONLY);
	struct pollfd set[5];
	short revents;
	char block[512] = { 0 };
	long start = now_ms();

	if (!OK(pipe(fds) == 0, "a pipe"))
		return;
	IS(poll_one(fds[0], POLLIN, 0, &revents), 0, "nothing to read");
	IS(revents, 0, "no bits");
	IS(poll_one(fds[1], POLLOUT, -1, &revents), 1, "room to write");
	IS(revents, POLLOUT, "POLLOUT");
	IS(poll_one(fds[1], POLLIN, 0, &revents), 0, "the writing end is never to be read");
	IS(poll_one(file, POLLIN | POLLOUT, -1, &revents), 1, "a file is ready");
	IS(revents, POLLIN, "to read, as it was opened for that");
	IS(poll_one(console, POLLOUT, 1000, &revents), 1, "the console can be written");
	IS(poll_one(14, POLLIN, -1, &revents), 1, "what is not open");
	IS(revents, POLLNVAL, "POLLNVAL");
	IS(poll_one(-1, POLLIN, 0, &revents), 0, "a negative one is passed over");
	IS(revents, 0, "no bits");
	write(fds[1], block, sizeof(block));
	IS(poll_one(fds[1], POLLOUT, 0, &revents), 0, "a full pipe has no room");
	set[0] = (struct pollfd){ fds[0], POLLIN, 0 };
	set[1] = (struct pollfd){ fds[1], POLLOUT, 0 };
	set[2] = (struct pollfd){ file, POLLIN, 0 };
	set[3] = (struct pollfd){ -5, POLLIN, 7 };
	set[4] = (struct pollfd){ 13, POLLIN, 0 };
	IS(poll(set, 5, -1), 3, "three of five");
	OK(set[0].revents == POLLIN && set[1].revents == 0 && set[2].revents == POLLIN &&
		   set[3].revents == 0 && set[4].revents == POLLNVAL,
	   "and which");
	errno = 0;
	OK(poll((void *)16, 1, 0) == -1 && errno == EFAULT, "EFAULT");
	OK(poll(set, 1000, 0) == -1 && errno == EINVAL, "more than there can be: EINVAL");
	OK(now_ms() - start < 1000, "nothing of that waits");
	close(fds[0]);
	IS(poll_one(fds[1], 0, -1, &revents), 1, "nobody reads");
	IS(revents, POLLERR, "POLLERR");
	close(fds[1]);
	close(file);
	close(console);
}

static void test_waiting(void)
{
	int fds[2], other[2];
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	char block[512] = { 0 };
	struct pollfd set[2];
	short revents;
	long start;
	pid_t pid;

	if (!OK(pipe(fds) == 0 && pipe(other) == 0, "two pipes"))
		return;
	start = now_ms();
	IS(poll_one(fds[0], POLLIN, 50, &revents), 0, "a time-out of 50 ms");
	OK(now_ms() - start >= 50 && now_ms() - start < 50 + LATE, "takes that long");
	start = now_ms();
	IS(poll(NULL, 0, 20), 0, "of no files");
	OK(now_ms() - start >= 20, "is a sleep");

	pid = part_start("put", fds[1], fds[0]);
	close(fds[1]);
	set[0] = (struct pollfd){ other[0], POLLIN, 0 };
	set[1] = (struct pollfd){ fds[0], POLLIN, 0 };
	IS(poll(set, 2, -1), 1, "a writer writes");
	OK(set[0].revents == 0 && set[1].revents == POLLIN, "POLLIN");
	read(fds[0], block, 1);
	IS(poll(set, 2, -1), 1, "and ends");
	OK(set[0].revents == 0 && set[1].revents == POLLHUP, "POLLHUP");
	OK(part_ended(pid, 0), "well");
	close(fds[0]);

	write(other[1], block, sizeof(block));
	pid = part_start("take", other[0], other[1]);
	close(other[0]);
	IS(poll_one(other[1], POLLOUT, -1, &revents), 1, "a reader reads");
	OK(revents & (POLLOUT | POLLERR), "POLLOUT");
	OK(part_ended(pid, 0), "and ends");
	IS(poll_one(other[1], POLLOUT, -1, &revents), 1, "nobody is there");
	IS(revents, POLLERR, "POLLERR");
	close(other[1]);

	sigaction(SIGUSR1, &action, NULL);
	pid = part_start("tell", 0, 0);
	errno = 0;
	IS(poll(NULL, 0, -1), -1, "a signal ends it, even with SA_RESTART");
	IS(errno, EINTR, "EINTR");
	OK(part_ended(pid, 0), "the sender ends");
}

static void test_killed(void)
{
	int fds[2], good = 1;
	short revents;
	pid_t pid;

	for (int i = 0; i < 20; i++) {
		if (pipe(fds))
			break;
		pid = part_start("wait", fds[0], fds[1]);
		sleep_ms(i % 5);
		kill(pid, SIGKILL);
		good &= part_died(pid, SIGKILL);
		write(fds[1], "x", 1);
		good &= poll_one(fds[0], POLLIN, 0, &revents) == 1;
		close(fds[0]);
		close(fds[1]);
	}
	OK(good, "twenty that wait are killed, and their pipes work on");
}

static void test_select(void)
{
	struct timeval wait = { 0, 20000 };
	long start = now_ms();
	fd_set in, out;
	int fds[2];

	if (!OK(pipe(fds) == 0, "a pipe"))
		return;
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_SET(fds[0], &in);
	FD_SET(fds[1], &out);
	IS(select(fds[1] + 1, &in, &out, NULL, &wait), 1, "select");
	OK(!FD_ISSET(fds[0], &in) && FD_ISSET(fds[1], &out), "which of them");
	FD_SET(fds[0], &in);
	IS(select(fds[1] + 1, &in, NULL, NULL, &wait), 0, "in vain");
	OK(now_ms() - start >= 20 && !FD_ISSET(fds[0], &in), "for its time");
	write(fds[1], "x", 1);
	FD_SET(fds[0], &in);
	IS(select(fds[1] + 1, &in, NULL, NULL, NULL), 1, "to read");
	close(fds[0]);
	close(fds[1]);
	FD_ZERO(&in);
	FD_SET(9, &in);
	errno = 0;
	OK(select(10, &in, NULL, NULL, &wait) == -1 && errno == EBADF, "EBADF");
}

static void test(void)
{
	long free_pages = system_info(INFO_FREE_PAGES);

	test_at_once();
	test_waiting();
	test_killed();
	test_select();
	IS(system_info(INFO_FREE_PAGES), free_pages, "no page is lost");
}

TAP_MAIN(parts, test)
