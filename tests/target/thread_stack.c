/* SPDX-License-Identifier: MIT */
/* Stacks of threads: their guard, their end, and those that a program brings along. */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

#include "tap.h"

#define LEN 2048

static size_t page;

__attribute__((noinline)) static int recurse(volatile int *depth)
{
	volatile int more = *depth + 1;

	return more < 0 ? more : recurse(&more) + more;
}

static void *overflow(void *arg)
{
	volatile int depth = 0;

	recurse(&depth);
	return arg;
}

static void *spin(void *arg)
{
	for (;;)
		sched_yield();
	return arg;
}

/* Write just below the stack: into its guard. */
static void *touch_guard(void *arg)
{
	uintptr_t at = (uintptr_t)&arg & ~(page - 1); /* the topmost page */

	if (page < LEN)
		at -= LEN - page;
	*(volatile char *)(at - 1) = 1;
	return arg;
}

static int one_dies(long a, long b)
{
	pthread_t thread;

	(void)b;
	page = (size_t)sysconf(_SC_PAGESIZE);
	pthread_create(&thread, NULL, spin, NULL);
	pthread_create(&thread, NULL, a ? touch_guard : overflow, NULL);
	pthread_join(thread, NULL);
	return 0;
}

static int bystander(long a, long b)
{
	pthread_t thread;

	(void)a, (void)b;
	if (pthread_create(&thread, NULL, spin, NULL))
		return 1;
	usleep(300000);
	return 9;
}

/* ---- A handler of SIGSEGV sees where; the stack of another thread can be read ---- */

static void *give(void *arg)
{
	volatile int local = 77;
	int **to = arg;

	*to = (int *)&local;
	usleep(50000);
	return (void *)(long)local;
}

static void *deep(void *arg)
{
	volatile char room[1400];

	for (size_t i = 0; i < sizeof(room); i++)
		room[i] = (char)i;
	return arg ? (void *)(long)room[7] : NULL;
}

static void *just(void *arg)
{
	return arg;
}

static const struct part parts[] = { { "dies", one_dies }, { "bystander", bystander }, { 0 } };

/* By SIGKILL where not even a frame of the processor found room. */
static int overflowed(int status)
{
	return WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGKILL);
}

static void test_guard(void)
{
	pid_t other = part_start("bystander", 0, 0);
	long before;

	OK(overflowed(part_status(part_start("dies", 0, 0))),
	   "a thread that overflows ends its process");
	OK(part_died(part_start("dies", 1, 0), SIGSEGV), "one that touches its guard, too");
	OK(part_ended(other, 9), "and no other process");
	before = system_info(INFO_FREE_PAGES);
	part_status(part_start("dies", 0, 0));
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
}

static void test_attr(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	size_t size;
	void *result, *at;
	int *local = NULL;

	pthread_attr_init(&attr);
	pthread_attr_getguardsize(&attr, &size);
	IS(size, page, "the usual guard is a page");
	IS(pthread_attr_setstacksize(&attr, 100), EINVAL, "too small a stack: EINVAL");
	IS(pthread_attr_setstacksize(&attr, 1 << 20), 0, "a large one");
	IS(pthread_create(&thread, &attr, just, NULL), page == 1024 ? EAGAIN : 0,
	   "starts where there is memory");
	if (page != 1024)
		pthread_join(thread, NULL);
	pthread_attr_setstacksize(&attr, LEN);
	IS(pthread_attr_setguardsize(&attr, 0), 0, "no guard");
	pthread_create(&thread, &attr, deep, NULL);
	IS(pthread_join(thread, &result), 0, "runs");
	IS(pthread_attr_setguardsize(&attr, 3000), 0, "a guard of an odd size");
	pthread_create(&thread, &attr, deep, NULL);
	IS(pthread_join(thread, &result), 0, "runs");
	pthread_create(&thread, NULL, deep, NULL);
	IS(pthread_join(thread, &result), 0, "the usual stack has room for 1400 bytes");
	IS(pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN), 0, "the least stack");
	pthread_create(&thread, &attr, just, (void *)6);
	pthread_join(thread, &result);
	IS(result, 6, "is enough for little");
	pthread_create(&thread, NULL, give, &local);
	usleep(20000);
	IS(*local, 77, "what is on one thread's stack can be read by another");
	*local = 78;
	pthread_join(thread, &result);
	IS(result, 78, "and written");

	at = mmap(NULL, 2 * LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK,
		  -1, 0);
	pthread_attr_init(&attr);
	IS(pthread_attr_setstack(&attr, (char *)at + 4, LEN), EINVAL, "not aligned: EINVAL");
	IS(pthread_attr_setstack(&attr, at, LEN), 0, "a stack of one's own");
	for (int i = 0; i < 3; i++) {
		pthread_create(&thread, &attr, just, (void *)5);
		pthread_join(thread, &result);
	}
	IS(result, 5, "serves again and again");
	IS(munmap(at, 2 * LEN), 0, "and stays one's own");
	at = mmap(NULL, 2 * LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_attr_setstack(&attr, at, LEN);
	IS(pthread_create(&thread, &attr, just, NULL), EINVAL, "memory that is no stack: EINVAL");
	munmap(at, 2 * LEN);
}

static void test(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	test_guard();
	test_attr();
}

TAP_MAIN(parts, test)
