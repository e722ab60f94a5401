/* SPDX-License-Identifier: MIT */
/* Long reads and writes go in steps: others run in between, and a signal ends them with what they moved. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>

#include "tap.h"

#define LEN	4096L
#define PERIOD	100000L /* ns */
#define ENOUGH	2
#define LONGEST 20 /* seconds */

static char *from, *to;
static int file, other;
static volatile int signals, bad_in_handler;
static volatile int turns, is_over;
static timer_t timer;

/* The next signal; not in step with what the program does. */
static int set_timer(void)
{
	struct itimerspec spec = { .it_value = { 0, PERIOD + signals % 97 * 1009L } };

	return timer_settime(timer, 0, &spec, NULL);
}

/* Its own calls know nothing of the one that it came between. */
static void on_timer(int sig)
{
	char c[2];

	(void)sig;
	signals++;
	set_timer();
	if (lseek(other, 1, SEEK_SET) != 1 || read(other, c, 2) != 2 || c[0] != 'E' || c[1] != 'L')
		bad_in_handler = 1;
}

static char *map(void)
{
	char *p = mmap(NULL, LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	OK(p != MAP_FAILED, "memory for the bytes");
	return p;
}

/* Move all; how many calls returned less than was left, or -1: one failed. */
static int move_all(int is_read)
{
	int parts = 0;

	lseek(file, 0, SEEK_SET);
	for (long done = 0; done < LEN;) {
		size_t left = (size_t)(LEN - done);
		ssize_t n = is_read ? read(file, to + done, left) : write(file, from + done, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		done += n;
		parts += done < LEN;
	}
	return parts;
}

/* One turn with other bytes than before; the parts of writing and reading are added. */
static int write_and_read(int turn, int *written, int *got)
{
	int w, r;

	for (long i = 0; i < LEN; i++)
		from[i] = (char)(i * 7 + turn);
	w = move_all(0);
	r = move_all(1);
	*written += w;
	*got += r;
	return w >= 0 && r >= 0 && memcmp(from, to, (size_t)LEN) == 0;
}

static void test_signals(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	int written = 0, got = 0, good = 1;
	time_t begun = time(NULL);

	signal(SIGUSR1, on_timer);
	OK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && set_timer() == 0,
	   "signals come all the time");
	for (int turn = 0;
	     good && (written < ENOUGH || got < ENOUGH) && time(NULL) - begun < LONGEST; turn++)
		good = write_and_read(turn, &written, &got);
	timer_delete(timer);
	OK(good, "every byte is written and read once");
	OK(written >= ENOUGH, "a signal ends a write with what it moved");
	OK(got >= ENOUGH, "and a read");
	OK(signals > 0 && !bad_in_handler, "the handler's calls are its own");
}

static void *run_often(void *arg)
{
	struct timespec period = { 0, PERIOD };

	while (!is_over) {
		nanosleep(&period, NULL);
		turns++;
	}
	return arg;
}

static void test_threads(void)
{
	int written = 0, got = 0, good = 1;
	pthread_t thread;

	OK(pthread_create(&thread, NULL, run_often, NULL) == 0 &&
		   pthread_setschedprio(thread, 20) == 0,
	   "a more urgent thread runs all the time");
	for (int turn = 0; good && turns < 300; turn++)
		good = write_and_read(turn, &written, &got);
	is_over = 1;
	pthread_join(thread, NULL);
	OK(good, "every byte is written and read once");
	IS(written + got, 0, "which it does not end");
}

static void test(void)
{
	file = open("/tmp/steps", O_RDWR | O_CREAT | O_TRUNC, 0600);
	other = open("/bin/file_steps", O_RDONLY);
	OK(file >= 0 && other >= 0, "two files");
	from = map();
	to = map();
	test_signals();
	test_threads();
	unlink("/tmp/steps");
}

TAP_MAIN(NO_PARTS, test)
