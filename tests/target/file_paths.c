/* SPDX-License-Identifier: MIT */
/*
 * A long path is looked up name by name: others run in between, signals are handled behind it, and who is
 * killed on the way leaves nothing in use.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "tap.h"

#define PERIOD 100000L /* ns: a walk takes longer */
#define TIMES  200
#define KILLS  30

static const char far_path[] =
	"/bin/../bin/../bin/../bin/../bin/../bin/../bin/../bin/../bin/../bin/../bin/../bin/file_paths";
static const char nowhere[] = "/etc/../bin/../dev/shm/../../proc/../etc/../bin/../nothing/more";
static volatile int signals, bad_in_handler, turns, is_over;
static struct stat self;

/* Does each path lead where it says, in a call that makes it long enough to be preempted? */
static int walk(void)
{
	struct stat st;

	return stat(far_path, &st) == 0 && st.st_ino == self.st_ino && st.st_size == self.st_size &&
	       stat(nowhere, &st) < 0 && errno == ENOENT;
}

/* A handler that walks, too: from the beginning, and not from where another walk has come to. */
static void on_timer(int sig)
{
	(void)sig;
	signals++;
	bad_in_handler |= access("/proc/../proc/../proc/../proc/../proc/../proc/../bin/file_paths",
				 F_OK) != 0 ||
			  !walk();
}

static void test_signals(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct itimerspec spec = { { 0, 100 * PERIOD }, { 0, 100 * PERIOD } };
	timer_t timer;
	int good = 1;

	signal(SIGUSR1, on_timer);
	OK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 &&
		   timer_settime(timer, 0, &spec, NULL) == 0,
	   "signals come all the time");
	for (int i = 0; good && i < TIMES; i++)
		good = walk();
	timer_delete(timer);
	OK(good, "each path leads where it says");
	OK(signals > 10 && !bad_in_handler, "in the handler, too");
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
	pthread_t thread;
	int good = 1;

	OK(pthread_create(&thread, NULL, run_often, NULL) == 0 &&
		   pthread_setschedprio(thread, 20) == 0,
	   "a more urgent thread runs all the time");
	for (int i = 0; good && i < TIMES; i++)
		good = walk();
	is_over = 1;
	pthread_join(thread, NULL);
	OK(good, "each path leads where it says");
	OK(turns > TIMES, "which lets it run");
}

/* Until it is killed. */
static int part_walk(long a, long b)
{
	(void)b;
	if (a)
		signal(SIGTERM, SIG_DFL);
	while (access(far_path, F_OK) == 0)
		;
	return 1;
}

static void test_kills(void)
{
	long before = 0;
	int good = 1;

	for (int i = 0; i < KILLS; i++) {
		struct timespec nap = { 0, 20000000L + i * 37 * 1009L };
		int sig = i % 2 ? SIGKILL : SIGTERM;
		pid_t pid = part_start("walk", i % 2, 0);

		nanosleep(&nap, NULL);
		kill(pid, sig);
		good &= part_died(pid, sig);
		if (i == 0)
			before = system_info(INFO_FREE_PAGES);
	}
	OK(good, "who is killed while it walks dies");
	IS(system_info(INFO_FREE_PAGES), before, "and leaves nothing in use");
}

static void test(void)
{
	OK(stat("/bin/file_paths", &self) == 0, "there is a file");
	test_signals();
	test_threads();
	test_kills();
}

static const struct part parts[] = { { "walk", part_walk }, { 0 } };

TAP_MAIN(parts, test)
