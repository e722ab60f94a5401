/* SPDX-License-Identifier: MIT */
/*
 * Who runs when: those that only compute share the processor, and let others run.
 * The bounds are wide: an emulator's clock is that of its host, which has other work, too.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

#include "tap.h"

#define MS	  1000000L /* nanoseconds */
#define SHARERS	  3
#define SHARE_FOR 600 /* milliseconds */

static long now_ms(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_REALTIME, &ts);
	return (long)ts.tv_sec * 1000 + ts.tv_nsec / MS;
}

static int sleep_ms(long ms)
{
	struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * MS };

	return nanosleep(&ts, NULL);
}

/* Compute for ever. */
static int spin(long a, long b)
{
	volatile long forever = a + 1;

	(void)b;
	while (forever)
		;
	return 0;
}

/* Compute until the clock says @b, and tell at descriptor @a how far one came. */
static int count(long a, long b)
{
	long rounds = 0;

	while (now_ms() < b)
		rounds++;
	return write((int)a, &rounds, sizeof(rounds)) != sizeof(rounds);
}

static const struct part parts[] = { { "spin", spin }, { "count", count }, { 0 } };

static void test_sleep(void)
{
	struct timespec bad = { .tv_nsec = 1000 * MS };
	long start = now_ms(), slept;

	IS(sleep_ms(200), 0, "sleep for 200 ms");
	slept = now_ms() - start;
	note("milliseconds", slept);
	OK(slept >= 200, "not less");
	OK(slept < 2000, "not much more");
	start = now_ms();
	for (int i = 0; i < 10; i++)
		sleep_ms(1);
	OK(now_ms() - start >= 10, "ten times 1 ms are at least 10 ms");
	IS(sleep_ms(0), 0, "not at all");
	IS(nanosleep(&bad, NULL), -1, "a second has less than 10^9 ns");
	IS(errno, EINVAL, "EINVAL");
	IS(sched_yield(), 0, "sched_yield");
}

static void test_starving(void)
{
	pid_t one = part_start("spin", 0, 0), two = part_start("spin", 0, 0);
	long start = now_ms();

	for (int i = 0; i < 5; i++)
		sleep_ms(20);
	OK(now_ms() - start < 2000, "two that spin do not starve one that sleeps");
	kill(one, SIGKILL);
	kill(two, SIGKILL);
	OK(part_died(one, SIGKILL) && part_died(two, SIGKILL), "and can be killed");
}

static void test_sharing(void)
{
	long end = now_ms() + SHARE_FOR, least = 0, most = 0, rounds = 0;
	pid_t pids[SHARERS];
	int fds[2], good = 1;

	if (!OK(pipe(fds) == 0, "a pipe"))
		return;
	for (int i = 0; i < SHARERS; i++)
		good &= (pids[i] = part_start("count", fds[1], end)) > 0;
	OK(good, "three programs start");
	close(fds[1]);
	for (int i = 0; i < SHARERS; i++) {
		good &= read(fds[0], &rounds, sizeof(rounds)) == sizeof(rounds);
		least = i == 0 || rounds < least ? rounds : least;
		most = rounds > most ? rounds : most;
	}
	for (int i = 0; i < SHARERS; i++)
		good &= part_ended(pids[i], 0);
	note("least rounds", least);
	note("most rounds", most);
	OK(good && least > 0 && least >= most / 3, "three of one priority have like shares");
	close(fds[0]);
}

static void test(void)
{
	test_sleep();
	test_starving();
	test_sharing();
}

TAP_MAIN(parts, test)
