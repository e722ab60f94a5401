/* SPDX-License-Identifier: MIT */
/*
 * A UART whose driver is a process, uartd: what programs see of it, and what they see when it dies.
 * A plug returns to the UART what it sends (tools/run.py).
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "tap.h"

#define PATH	  "/dev/ttyS1"
#define WINDOW	  "/dev/uart1"
#define BULK	  1500 /* more than all that is on the way can hold */
#define CALLS_MAX 8    /* of apps/uartd/port.c */

static pid_t driver;
static int uart; /* open for both */

static pid_t start_driver(void)
{
	char *argv[] = { "uartd", WINDOW, PATH, NULL };
	struct spawn_args args = { .path = "/bin/uartd", .argv = argv, .envp = environ };

	return croft_spawn(&args);
}

/* Have all others run until they wait. */
static void let_run(void)
{
	pthread_setschedprio(pthread_self(), 8);
	pthread_setschedprio(pthread_self(), 16);
}

/* Open it as soon as it is served. */
static int open_soon(int flags)
{
	int fd;

	for (int i = 0; i < 500; i++) {
		fd = open(PATH, flags);
		if (fd >= 0 || errno != ENOENT)
			return fd;
		usleep(10000);
	}
	return -1;
}

/* Read exactly @len bytes. */
static int read_all(int fd, char *to, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = read(fd, to + done, len - done);

		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

static int write_all(int fd, const char *from, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = write(fd, from + done, len - done);

		if (n <= 0)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

static char byte_at(int i)
{
	return (char)(i * 7 + i / 256);
}

/* ---- Parts ---- */

/* Its status: the byte that it read, or 200 and an error. */
static int reader(long a, long b)
{
	char c;
	int fd = open(PATH, O_RDONLY);

	(void)a, (void)b;
	return fd >= 0 && read(fd, &c, 1) == 1 ? c : 200 + errno;
}

static int bulk_writer(long a, long b)
{
	char piece[100];
	int fd = open(PATH, O_WRONLY);

	(void)a, (void)b;
	for (int i = 0; i < BULK; i += 100) {
		for (int k = 0; k < 100; k++)
			piece[k] = byte_at(i + k);
		if (write_all(fd, piece, 100))
			return 1;
	}
	return 0;
}

/* Return what comes through one pipe by the other: it has nothing to do with the driver. */
static int bystander(long from, long to)
{
	char c;

	while (read((int)from, &c, 1) == 1 && c != '.')
		if (write((int)to, &c, 1) != 1)
			return 1;
	return 0;
}

static int as_user(long a, long b)
{
	int status;

	(void)a, (void)b;
	if (setuid(1000))
		return 1;
	if (open(WINDOW, O_RDWR) >= 0 || errno != EACCES)
		return 2;
	if (waitpid(start_driver(), &status, 0) < 0 || WEXITSTATUS(status) != EACCES)
		return 3;
	return open(PATH, O_RDWR) < 0 ? 4 : 0;
}

static const struct part parts[] = { { "reader", reader },
				     { "bulk", bulk_writer },
				     { "bystander", bystander },
				     { "user", as_user },
				     { 0 } };

/* ---- Tests ---- */

static void test_bytes(void)
{
	char text[16] = "", c;
	int wrong = 0;
	struct stat st;
	pid_t pid;

	OK(!stat(PATH, &st) && S_ISCHR(st.st_mode) && (st.st_mode & 0777) == 0666,
	   "a character device for all");
	IS(lseek(uart, 0, SEEK_SET) < 0 ? errno : 0, ESPIPE, "that has no places");
	IS(write(uart, "over the line", 13), 13, "bytes are sent");
	OK(!read_all(uart, text, 13) && !memcmp(text, "over the line", 13), "and come back");
	IS(write(uart, "", 0), 0, "no bytes are written");
	IS(read(uart, text, 0), 0, "or read, without waiting");
	IS(read(uart, (char *)0x20000000, 1) < 0 ? errno : 0, EFAULT, "memory of nobody's: EFAULT");

	pid = part_start("bulk", 0, 0);
	usleep(200000); /* let all that can be full be full */
	for (int i = 0; i < BULK; i++)
		wrong += read(uart, &c, 1) != 1 || c != byte_at(i);
	IS(wrong, 0, "many bytes come in order, whoever is the faster");
	OK(part_ended(pid, 0), "their writer ends");
}

static void test_nonblock(void)
{
	struct pollfd polled = { .fd = open(PATH, O_RDWR | O_NONBLOCK),
				 .events = POLLIN | POLLOUT };
	char text[4];

	IS(read(polled.fd, text, 4) < 0 ? errno : 0, EAGAIN, "O_NONBLOCK: nothing to read");
	IS(poll(&polled, 1, 0), 1, "poll() tells");
	IS(polled.revents, POLLOUT, "of room only");
	IS(write(polled.fd, "ping", 4), 4, "O_NONBLOCK: there is room");
	polled.events = POLLIN;
	IS(poll(&polled, 1, 5000), 1, "poll() waits for bytes");
	IS(polled.revents, POLLIN, "and tells of them");
	OK(!read_all(uart, text, 4) && !memcmp(text, "ping", 4), "which are there");
	IS(poll(&polled, 1, 0), 0, "and then are not");
	close(polled.fd);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void test_readers(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	char c = 0;
	pid_t a = part_start("reader", 0, 0), b;

	let_run();
	b = part_start("reader", 0, 0);
	let_run();
	write(uart, "xy", 2);
	OK(part_ended(a, 'x') && part_ended(b, 'y'), "two readers: first come, first served");

	a = part_start("reader", 0, 0);
	let_run();
	kill(a, SIGKILL);
	OK(part_died(a, SIGKILL), "one who waits is killed");
	write(uart, "z", 1);
	OK(read(uart, &c, 1) == 1 && c == 'z', "and takes no byte along");

	sigaction(SIGALRM, &action, NULL);
	alarm(1);
	IS(read(uart, &c, 1) < 0 ? errno : 0, EINTR, "a signal ends waiting");
	write(uart, "w", 1);
	OK(read(uart, &c, 1) == 1 && c == 'w', "and takes none either");
}

static void *read_one(void *arg)
{
	char c;

	return read(uart, &c, 1) == 1 ? arg : NULL;
}

static void test_many(void)
{
	pthread_t threads[CALLS_MAX];
	pthread_attr_t attr;
	void *result;
	int bad = 0;
	char c;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	pthread_attr_setguardsize(&attr, 0);
	for (int i = 0; i < CALLS_MAX; i++)
		bad += pthread_create(&threads[i], &attr, read_one, &uart) != 0;
	if (!OK(!bad, "as many readers as can wait"))
		return;
	let_run();
	IS(read(uart, &c, 1) < 0 ? errno : 0, EBUSY, "more wait than it can note: EBUSY");
	write_all(uart, "12345678", CALLS_MAX);
	for (int i = 0; i < CALLS_MAX; i++)
		bad += pthread_join(threads[i], &result) || !result;
	IS(bad, 0, "the others are served");
}

static void test_death(void)
{
	struct pollfd polled = { .fd = uart, .events = POLLIN };
	int there[2], back[2], status;
	pid_t other, waiting = part_start("reader", 0, 0);
	char c = 0;

	pipe(there);
	pipe(back);
	other = part_start("bystander", there[0], back[1]);
	let_run();
	IS(poll(&polled, 1, 0), 0, "all is quiet");
	write(uart, "lost with its driver, or not", 28);
	kill(driver, SIGKILL);
	OK(part_died(driver, SIGKILL), "the driver is killed in the middle of it");
	status = part_status(waiting);
	OK(WIFEXITED(status) && (WEXITSTATUS(status) == 200 + EIO || WEXITSTATUS(status) == 'l'),
	   "who waits gets an error, or has its byte");
	IS(poll(&polled, 1, -1), 1, "poll() returns");
	OK(polled.revents & POLLHUP, "with POLLHUP");
	IS(read(uart, &c, 1) < 0 ? errno : 0, EIO, "a read: EIO");
	IS(write(uart, "x", 1) < 0 ? errno : 0, EIO, "a write: EIO");
	IS(open(PATH, O_RDONLY) < 0 ? errno : 0, ENOENT, "the path has gone");
	write(there[1], "m", 1);
	OK(read(back[0], &c, 1) == 1 && c == 'm', "another process and its pipes go on");
	write(there[1], ".", 1);
	OK(part_ended(other, 0), "to their end");
	close(there[0]), close(there[1]), close(back[0]), close(back[1]);
}

/* One that nobody serves while it reads is told, for certain. */
static void test_blocked(void)
{
	pid_t waiting[2];

	for (int i = 0; i < 2; i++)
		waiting[i] = part_start("reader", 0, 0);
	let_run();
	kill(driver, SIGKILL);
	OK(part_ended(waiting[0], 200 + EIO) && part_ended(waiting[1], 200 + EIO),
	   "all who wait when it dies get EIO");
	part_died(driver, SIGKILL);
}

static void restart(void)
{
	char text[5];
	int old = uart;

	driver = start_driver();
	uart = open_soon(O_RDWR);
	OK(uart >= 0, "another driver, and it opens again");
	IS(write(old, "x", 1) < 0 ? errno : 0, EIO, "what was open before stays broken");
	close(old);
	write_all(uart, "\nagain", 6);
	do /* what was on the wire comes before */
		text[0] = '\0';
	while (read(uart, text, 1) == 1 && text[0] != '\n');
	OK(!read_all(uart, text, 5) && !memcmp(text, "again", 5), "and bytes go as before");
}

static void test_second(void)
{
	char c = 0;

	OK(part_ended(start_driver(), EBUSY), "a second driver is refused: EBUSY");
	write(uart, "1", 1);
	OK(read(uart, &c, 1) == 1 && c == '1', "which does nothing to the first");
	OK(part_ended(part_start("user", 0, 0), 0), "who is not root drives nothing, and uses it");
}

static void test(void)
{
	long before = system_info(INFO_FREE_PAGES);

	IS(open(PATH, O_RDWR) < 0 ? errno : 0, ENOENT, "nobody serves it yet");
	driver = start_driver();
	uart = open_soon(O_RDWR);
	if (!OK(uart >= 0, "a driver starts, and serves it"))
		return;
	test_bytes();
	test_nonblock();
	test_readers();
	test_many();
	test_second();
	test_death();
	restart();
	test_blocked();
	restart();
	kill(driver, SIGTERM);
	OK(part_died(driver, SIGTERM), "the end");
	close(uart);
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
}

TAP_MAIN(parts, test)
