/* SPDX-License-Identifier: MIT */
/*
 * No tick: who runs alone is not interrupted, and time is kept all the same, also over several
 * turns of a 24-bit counter.  Those who share the processor take turns.
 */
#include <signal.h>
#include <time.h>

#include "tap.h"

#define MS    1000000LL /* nanoseconds */
#define S     1000000000LL
#define LATE  (500 * MS)
#define SPARE 3 /* interrupts besides the counter's turns */

static int64_t now(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * S + ts.tv_nsec;
}

static long interrupts(void)
{
	return system_info(INFO_TIMER_INTERRUPTS);
}

/* Turns of the counter in a time: each is 2^24 counts, and the clock tells how long a count is, rounded. */
static long turns_in(int64_t time)
{
	struct timespec count = { 0 };

	clock_getres(CLOCK_MONOTONIC, &count);
	return (long)(time / ((int64_t)count.tv_nsec << 24));
}

static void spin_until(int64_t end)
{
	while (now() < end)
		;
}

static void count_to(long n)
{
	for (volatile long i = 0; i < n; i++)
		;
}

static void sleep_ms(int64_t ms)
{
	struct timespec ts = { .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000 * MS) };

	nanosleep(&ts, NULL);
}

/* Write a byte to descriptor @a each time one comes back from waiting, until @b ms have passed. */
static int turns(long a, long b)
{
	int64_t end = now() + b * MS, last = now(), t;

	while ((t = now()) < end) {
		if (t - last > 3 * MS)
			write((int)a, "x", 1);
		last = t;
	}
	return 0;
}

static const struct part parts[] = { { "turns", turns }, { 0 } };

static void test_alone(void)
{
	int64_t start = now(), took = 0, shorter = 0;
	long before = interrupts();

	spin_until(start + 3 * S);
	OK(now() - start >= 3 * S && now() - start < 3 * S + LATE, "3 s of computing are 3 s");
	before = interrupts() - before;
	note("timer interrupts in 3 s of computing", before);
	OK(before <= turns_in(3 * S) + SPARE, "with no interrupts but the counter's turns");

	before = interrupts();
	start = now();
	sleep_ms(2500);
	OK(now() - start >= 2500 * MS && now() - start < 2500 * MS + LATE,
	   "2.5 s of sleep are that");
	before = interrupts() - before;
	note("timer interrupts in 2.5 s of sleep", before);
	OK(before <= turns_in(2500 * MS) + SPARE, "and idleness has no tick");

	/* No call at all, so nobody reads the counter but its own interrupt. */
	for (long n = 1000000; n < 2000000000 && took < 1500 * MS; n *= 2) {
		shorter = took;
		start = now();
		count_to(n);
		took = now() - start;
	}
	note("milliseconds without a call", (long)(took / MS));
	note("of half of it", (long)(shorter / MS));
	OK(took >= 1500 * MS && took > shorter && took < 8 * shorter, "time passes unseen");
}

static void test_shared(void)
{
	long before = interrupts(), n = 0, fed;
	int fds[2];
	pid_t one, two;
	char c;

	if (!OK(pipe(fds) == 0, "a pipe"))
		return;
	one = part_start("turns", fds[1], 1000);
	two = part_start("turns", fds[1], 1000);
	close(fds[1]);
	while (read(fds[0], &c, 1) == 1)
		n++;
	fed = interrupts() - before;
	OK(part_ended(one, 0) && part_ended(two, 0), "two that compute end");
	note("turns", n);
	note("timer interrupts", fed);
	note("slice in ms", system_info(INFO_TIME_SLICE));
	OK(n >= 1000 / system_info(INFO_TIME_SLICE) / 4, "and have taken turns");
	close(fds[0]);
}

static void test(void)
{
	long free_pages = system_info(INFO_FREE_PAGES);

	test_alone();
	test_shared();
	IS(system_info(INFO_FREE_PAGES), free_pages, "no page is lost");
}

TAP_MAIN(parts, test)
