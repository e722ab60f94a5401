/* SPDX-License-Identifier: MIT */
/* MAP_FIXED over many mappings goes in steps: no thread sees a hole, and who is killed meanwhile leaves nothing. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>

#include "tap.h"

#define PIECES	8
#define ROUNDS	200
#define DEATHS	60
#define PERIOD	50000L /* ns */
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)
#define LONGEST 20 /* seconds */

static size_t page;
static char *range;
static volatile long looks, bad;
static volatile int is_over;

/* The range as many mappings, full of something. */
static int make_pieces(void)
{
	for (size_t i = 0; i < PIECES; i += 2)
		if (mmap(range + i * page, page, PROT_READ | PROT_WRITE, ANON | MAP_FIXED, -1, 0) !=
		    range + i * page)
			return 0;
	memset(range, 0x5a, PIECES * page);
	for (size_t i = 1; i < PIECES; i += 2)
		if (mprotect(range + i * page, page, PROT_READ))
			return 0;
	return 1;
}

static int replace(void)
{
	return mmap(range, PIECES * page, PROT_READ | PROT_WRITE, ANON | MAP_FIXED, -1, 0) == range;
}

static int is_zero(void)
{
	for (size_t i = 0; i < PIECES * page; i++)
		if (range[i])
			return 0;
	return 1;
}

/* Each page is what it was, or zero: a hole would be SIGSEGV. */
static void *look_often(void *arg)
{
	struct timespec period = { 0, PERIOD };

	while (!is_over) {
		period.tv_nsec = PERIOD + looks % 97 * 509;
		nanosleep(&period, NULL);
		for (size_t i = 0; i < PIECES; i++)
			bad += range[i * page] != 0x5a && range[i * page] != 0;
		looks++;
	}
	return arg;
}

static void test_threads(void)
{
	time_t begun = time(NULL);
	pthread_t thread;
	int good = 1;

	OK(pthread_create(&thread, NULL, look_often, NULL) == 0 &&
		   pthread_setschedprio(thread, 30) == 0,
	   "a more urgent thread looks");
	for (int round = 0; good && round < ROUNDS && time(NULL) - begun < LONGEST; round++)
		good = make_pieces() && replace() && is_zero();
	is_over = 1;
	pthread_join(thread, NULL);
	OK(good, "one mapping takes the place of many, and is zero");
	note("looks", looks);
	OK(looks > ROUNDS && !bad, "nobody sees a hole, or anything else");
}

static int replace_for_ever(long a, long b)
{
	(void)b;
	page = (size_t)a;
	range = mmap(NULL, PIECES * page, PROT_READ | PROT_WRITE, ANON, -1, 0);
	while (make_pieces() && replace())
		;
	return 1;
}

static void test_killed(void)
{
	struct timespec time = { 0, 0 };
	long nfree = 0;
	int good = 1;

	pthread_setschedprio(pthread_self(), 24);
	for (int i = -1; good && i < DEATHS; i++) { /* the first takes what stays */
		pid_t pid = part_start("replace", (long)page, 0);

		time.tv_nsec = 10000000L + i * 30011L;
		nanosleep(&time, NULL);
		good = pid > 0 && kill(pid, SIGKILL) == 0 && part_died(pid, SIGKILL) &&
		       (i < 0 || system_info(INFO_FREE_PAGES) == nfree);
		nfree = system_info(INFO_FREE_PAGES);
	}
	OK(good, "a process that is killed meanwhile leaves nothing");
}

/* All or nothing, where what lies behind them cannot be had. */
static void test_failed(void)
{
	int good = 1;

	OK(make_pieces(), "many mappings");
	OK(mmap(range, 0x10000000, PROT_READ, ANON | MAP_FIXED, -1, 0) == MAP_FAILED &&
		   errno == ENOMEM,
	   "the end of the range is no memory");
	for (size_t i = 0; i < PIECES; i += 2)
		range[i * page] = 0x5a;
	for (size_t i = 0; i < PIECES * page; i++)
		good &= range[i] == 0x5a;
	OK(good, "all is as it was");
}

static const struct part parts[] = { { "replace", replace_for_ever }, { 0 } };

static void test(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	test_killed();
	range = mmap(NULL, PIECES * page, PROT_READ | PROT_WRITE, ANON, -1, 0);
	OK(range != MAP_FAILED, "memory");
	test_threads();
	test_failed();
}

TAP_MAIN(parts, test)
