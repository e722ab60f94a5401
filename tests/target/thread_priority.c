/* SPDX-License-Identifier: MIT */
/*
 * Priorities: who is woken first, and that an urgent thread waits no longer than it must.
 *
 * The inversion: three mutexes, each held by a less urgent thread that waits for the next.
 *
 *	A(30) --> B(20) --> C(10), which works for WORK ms
 *
 * and a thread of priority 25 that spins much longer.  With inheritance C works with priority 30,
 * and A goes on after some WORK ms; without, only when the spinner has ended.
 */
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

#include "tap.h"

#define WORK 100 /* ms */
#define SPIN 600

static pthread_mutex_t outer, inner;
static volatile int order, stop;
static sem_t start;

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int go(pthread_t *thread, int priority, void *(*what)(void *), void *arg)
{
	struct sched_param param = { .sched_priority = priority };
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedparam(&attr, &param);
	return pthread_create(thread, &attr, what, arg);
}

static void make(pthread_mutex_t *mutex, int protocol)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, protocol);
	pthread_mutex_init(mutex, &attr);
}

/* ---- Who is woken first ---- */

static void *by_mutex(void *arg)
{
	pthread_mutex_lock(&outer);
	order = order * 10 + (int)(long)arg;
	pthread_mutex_unlock(&outer);
	return NULL;
}

static void *by_sem(void *arg)
{
	sem_wait(&start);
	order = order * 10 + (int)(long)arg;
	return NULL;
}

static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void *by_cond(void *arg)
{
	pthread_mutex_lock(&inner);
	pthread_cond_wait(&cond, &inner);
	order = order * 10 + (int)(long)arg;
	pthread_mutex_unlock(&inner);
	return NULL;
}

static void in_order(void *(*what)(void *), const char *name)
{
	static const int priorities[] = { 18, 24, 20, 22 };
	pthread_t threads[4];

	order = 0;
	for (int i = 0; i < 4; i++)
		go(&threads[i], priorities[i], what, (void *)(long)(i + 1));
	usleep(30000);
	if (what == by_mutex)
		pthread_mutex_unlock(&outer);
	for (int i = 0; i < 4 && what != by_mutex; i++)
		if (what == by_sem)
			sem_post(&start);
		else
			pthread_cond_signal(&cond);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	IS(order, 2431, name);
}

static void test_order(void)
{
	sem_init(&start, 0, 0);
	make(&inner, PTHREAD_PRIO_NONE);
	make(&outer, PTHREAD_PRIO_NONE);
	pthread_mutex_lock(&outer);
	in_order(by_mutex, "a mutex goes to the most urgent");
	make(&outer, PTHREAD_PRIO_INHERIT);
	pthread_mutex_lock(&outer);
	in_order(by_mutex, "so does an inheriting one");
	in_order(by_sem, "a semaphore");
	in_order(by_cond, "a condition");
}

/* ---- Inversion ---- */

static void work(int ms)
{
	/* Processor time, for what one does itself: ticks that pass while another runs count not. */
	for (long last = now_ms(), done = 0; done < ms && !stop;) {
		long now = now_ms();

		done += now - last <= 20 ? now - last : 0;
		last = now;
	}
}

static void *c_holds_inner(void *arg)
{
	pthread_mutex_lock(&inner);
	sem_post(&start);
	work(WORK);
	pthread_mutex_unlock(&inner);
	return arg;
}

static void *b_holds_outer(void *arg)
{
	pthread_mutex_lock(&outer);
	sem_post(&start);
	pthread_mutex_lock(&inner);
	pthread_mutex_unlock(&inner);
	pthread_mutex_unlock(&outer);
	return arg;
}

static void *spin(void *arg)
{
	for (long end = now_ms() + SPIN; now_ms() < end;)
		;
	return arg;
}

static void *a_wants_outer(void *arg)
{
	long begun = now_ms();

	pthread_mutex_lock(&outer);
	begun = now_ms() - begun;
	pthread_mutex_unlock(&outer);
	return arg ? arg : (void *)begun;
}

/* How long A waits. */
static long inversion(int protocol)
{
	pthread_t a, b, c, spinner;
	void *waited;

	make(&outer, protocol);
	make(&inner, protocol);
	sem_init(&start, 0, 0);
	pthread_setschedprio(pthread_self(), 31);
	go(&c, 10, c_holds_inner, NULL);
	sem_wait(&start);
	go(&b, 20, b_holds_outer, NULL);
	sem_wait(&start);
	usleep(20000); /* B comes to wait for C, which works meanwhile */
	go(&a, 30, a_wants_outer, NULL);
	go(&spinner, 25, spin, NULL);
	pthread_join(a, &waited);
	pthread_setschedprio(pthread_self(), 16);
	pthread_join(spinner, NULL);
	pthread_join(b, NULL);
	pthread_join(c, NULL);
	return (long)waited;
}

static void test_inversion(void)
{
	long with = inversion(PTHREAD_PRIO_INHERIT), without = inversion(PTHREAD_PRIO_NONE);

	note("ms, with inheritance", with);
	note("ms, without", without);
	OK(with >= WORK / 2 && with < WORK + 100,
	   "with inheritance A waits for C's work and no more");
	OK(without >= SPIN, "without it A waits for the spinner too");
}

/* ---- Calls ---- */

static void *nap(void *arg)
{
	usleep(50000);
	return arg;
}

static void *policy_of(void *arg)
{
	struct sched_param param;
	int policy;

	pthread_getschedparam(pthread_self(), &policy, &param);
	return (void *)(long)(arg ? policy : param.sched_priority);
}

static void test_calls(void)
{
	struct sched_param param = { .sched_priority = 32 };
	pthread_attr_t attr;
	pthread_t thread;
	void *result;
	int policy;

	IS(sched_get_priority_min(SCHED_RR), 0, "the least priority");
	IS(sched_get_priority_max(SCHED_RR), 31, "the highest");
	IS(sched_get_priority_max(99), -1, "of a policy that is none");
	pthread_attr_init(&attr);
	IS(pthread_attr_setschedparam(&attr, &param), EINVAL, "a priority that is none: EINVAL");
	IS(pthread_attr_setschedpolicy(&attr, SCHED_RR), 0, "the policy");
	IS(pthread_attr_setschedpolicy(&attr, 99), EINVAL, "one that is none: EINVAL");
	go(&thread, 5, policy_of, NULL);
	pthread_join(thread, &result);
	IS(result, 5, "a thread with a priority of its own");
	pthread_create(&thread, NULL, policy_of, NULL);
	pthread_join(thread, &result);
	IS(result, 16, "otherwise it has its maker's");
	go(&thread, 5, nap, NULL);
	IS(pthread_setschedprio(thread, 7), 0, "set that of one that waits");
	IS(pthread_getschedparam(thread, &policy, &param), 0, "ask for it");
	IS(param.sched_priority, 7, "7");
	param.sched_priority = -1;
	IS(pthread_setschedparam(thread, SCHED_RR, &param), EINVAL, "less than the least: EINVAL");
	pthread_join(thread, NULL);
}

static int as_user(long a, long b)
{
	struct sched_param param;
	pthread_t thread;
	int policy;

	(void)a, (void)b;
	if (setuid(1000))
		return 1;
	if (go(&thread, 17, nap, NULL) != EPERM)
		return 2;
	if (go(&thread, 15, nap, NULL) || pthread_setschedprio(thread, 17) != EPERM)
		return 3;
	if (pthread_setschedprio(thread, 16))
		return 4;
	pthread_getschedparam(thread, &policy, &param);
	return param.sched_priority == 16 ? 0 : 5;
}

static const struct part parts[] = { { "user", as_user }, { 0 } };

static void test(void)
{
	test_calls();
	OK(part_ended(part_start("user", 0, 0), 0), "a user cannot give more than it has");
	test_order();
	test_inversion();
}

TAP_MAIN(parts, test)
