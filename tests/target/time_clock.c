/* SPDX-License-Identifier: MIT */
/*
 * Clocks and sleeping: never early, never back.  The bounds of lateness are wide: an emulator's
 * clock is that of its host, which has other work, too.
 */
#include <signal.h>
#include <time.h>

#include "tap.h"

#define MS	 1000000LL /* nanoseconds */
#define S	 1000000000LL
#define LATE	 (500 * MS)
#define READINGS 100000

static int64_t now_of(clockid_t clock)
{
	struct timespec ts = { 0 };

	clock_gettime(clock, &ts);
	return ts.tv_sec * S + ts.tv_nsec;
}

static int64_t now(void)
{
	return now_of(CLOCK_MONOTONIC);
}

static struct timespec timespec(int64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / S), .tv_nsec = (long)(ns % S) };
}

/* Compute until killed. */
static int spin(long a, long b)
{
	volatile long forever = a + 1;

	(void)b;
	while (forever)
		;
	return 0;
}

/* After @a ms send SIGUSR1 to the parent, and end. */
static int tell(long a, long b)
{
	struct timespec ts = timespec(a * MS);

	(void)b;
	nanosleep(&ts, NULL);
	return kill(getppid(), SIGUSR1);
}

/* After @a ms set the clock @b s forward. */
static int set(long a, long b)
{
	struct timespec ts = timespec(a * MS);

	nanosleep(&ts, NULL);
	ts = timespec(now_of(CLOCK_REALTIME) + b * S);
	return clock_settime(CLOCK_REALTIME, &ts);
}

/* What a user may not. */
static int set_as_user(long a, long b)
{
	struct timespec ts = { .tv_sec = 1 };

	(void)a, (void)b;
	return setuid(1) == 0 && clock_settime(CLOCK_REALTIME, &ts) == -1 && errno == EPERM ? 0 : 1;
}

static const struct part parts[] = {
	{ "spin", spin }, { "tell", tell }, { "set", set }, { "user", set_as_user }, { 0 }
};

static void on_signal(int sig)
{
	(void)sig;
}

static void test_readings(void)
{
	pid_t pid = part_start("spin", 0, 0);
	int64_t start = now(), last = start, t;
	long back = 0;
	struct timespec res;

	for (long i = 0; i < READINGS; i++) {
		t = now();
		back += t < last;
		last = t;
	}
	IS(back, 0, "100000 readings beside one that spins never go back");
	OK(last - start < 100 * S, "nor does the clock jump");
	kill(pid, SIGKILL);
	part_status(pid);
	IS(clock_getres(CLOCK_MONOTONIC, &res), 0, "clock_getres");
	OK(res.tv_sec == 0 && res.tv_nsec > 0 && res.tv_nsec <= 100, "of 100 ns or less");
	IS(clock_getres(CLOCK_REALTIME, NULL), 0, "which need not be told");
	errno = 0;
	OK(clock_gettime(77, &res) == -1 && errno == EINVAL, "no such clock");
}

static void test_sleeping(void)
{
	static const int64_t lengths[] = { 1, 1000, 20000, 100000, 1 * MS, 7 * MS, 33 * MS };
	int64_t start, slept, most = 0;
	struct timespec ts;
	int early = 0, late = 0;

	for (int round = 0; round < 5; round++)
		for (unsigned int i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
			ts = timespec(lengths[i]);
			start = now();
			nanosleep(&ts, NULL);
			slept = now() - start - lengths[i];
			early += slept < 0;
			late += slept > LATE;
			most = slept > most ? slept : most;
		}
	IS(early, 0, "no sleep ends early");
	IS(late, 0, "nor late");
	note("microseconds late at most", (long)(most / 1000));

	start = now();
	ts = timespec(start + 30 * MS);
	IS(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL), 0, "sleep until");
	slept = now() - start;
	OK(slept >= 30 * MS && slept < 30 * MS + LATE, "until then");
	start = now();
	IS(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL), 0, "until what is past");
	OK(now() - start < LATE, "takes no time");
	ts = (struct timespec){ .tv_nsec = S };
	IS(clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, NULL), EINVAL, "no time");
	IS(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL), EINVAL,
	   "no time to wait for");
	IS(clock_nanosleep(77, 0, &ts, NULL), EINVAL, "no clock to wait by");
	IS(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, (void *)16, NULL), EFAULT, "no memory");
}

/* Longer than any time that can be counted, and ended by a signal. */
static void test_interrupted(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct timespec ts = timespec(10 * S), left = { 0 };
	int64_t start = now(), rest;
	pid_t pid;

	sigaction(SIGUSR1, &action, NULL);
	pid = part_start("tell", 30, 0);
	errno = 0;
	IS(nanosleep(&ts, &left), -1, "a handled signal ends a sleep");
	IS(errno, EINTR, "EINTR");
	rest = left.tv_sec * S + left.tv_nsec;
	OK(rest < 10 * S - 30 * MS && rest >= start + 10 * S - now(), "what is left is told");
	OK(part_ended(pid, 0), "the sender ends");

	ts = (struct timespec){ .tv_sec = (time_t)(~0ULL >> 1), .tv_nsec = S - 1 };
	pid = part_start("tell", 20, 0);
	IS(nanosleep(&ts, &left), -1, "the longest sleep does not end by itself");
	OK(left.tv_sec > 1000000000, "and most of it is left");
	OK(part_ended(pid, 0), "the sender ends");
	pid = part_start("tell", 20, 0);
	ts = timespec(now() + 20 * S);
	IS(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL), EINTR, "sleep until: EINTR");
	OK(part_ended(pid, 0), "the sender ends");
}

static void test_setting(void)
{
	int64_t mono = now(), start;
	struct timespec ts = { .tv_sec = 1700000000 };
	pid_t pid;

	IS(clock_settime(CLOCK_REALTIME, &ts), 0, "root sets the clock");
	OK(now_of(CLOCK_REALTIME) >= ts.tv_sec * S && now_of(CLOCK_REALTIME) < ts.tv_sec * S + LATE,
	   "it goes on from there");
	OK(now() >= mono && now() < mono + LATE, "the other one does not care");
	errno = 0;
	OK(clock_settime(CLOCK_MONOTONIC, &ts) == -1 && errno == EINVAL, "and cannot be set");
	ts.tv_nsec = -1;
	OK(clock_settime(CLOCK_REALTIME, &ts) == -1 && errno == EINVAL, "not to what is no time");
	OK(part_ended(part_start("user", 0, 0), 0), "a user cannot: EPERM");

	start = now();
	ts = timespec(now_of(CLOCK_REALTIME) + 100 * S);
	pid = part_start("set", 20, 100);
	IS(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &ts, NULL), 0, "sleep for 100 s");
	OK(now() - start < 20 * S, "which the clock has been set past");
	OK(part_ended(pid, 0), "by another process");
	ts.tv_sec = 5;
	ts.tv_nsec = 0;
	IS(clock_settime(CLOCK_REALTIME, &ts), 0, "back to the beginning of time");
	start = now();
	ts.tv_nsec = 20 * MS;
	IS(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &ts, NULL), 0, "sleep by it");
	OK(now_of(CLOCK_REALTIME) >= 5 * S + 20 * MS && now() - start < LATE, "until then");
}

static void test(void)
{
	long free_pages = system_info(INFO_FREE_PAGES);

	test_readings();
	test_sleeping();
	test_interrupted();
	test_setting();
	IS(system_info(INFO_FREE_PAGES), free_pages, "no page is lost");
}

TAP_MAIN(parts, test)
