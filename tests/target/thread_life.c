/* SPDX-License-Identifier: MIT */
/* Threads: made, joined, left alone, ended, each way; and nothing is left of them. */
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include "tap.h"

#define CYCLES 200

static pthread_t first, ran;
static volatile int number;

static void *give(void *arg)
{
	ran = pthread_self();
	return arg;
}

static void *leave(void *arg)
{
	pthread_exit(arg);
}

static void *count(void *arg)
{
	__atomic_add_fetch(&number, 1, __ATOMIC_RELAXED);
	return arg;
}

static void *set_errno(void *arg)
{
	(void)arg;
	errno = 7;
	usleep(30000);
	return (void *)(long)errno;
}

static void *join_first(void *arg)
{
	(void)arg;
	return (void *)(long)pthread_join(first, NULL);
}

static void *sleeper(void *arg)
{
	usleep((useconds_t)(long)arg);
	return arg;
}

static void test_join(void)
{
	pthread_t thread;
	void *result = NULL;

	IS(pthread_create(&thread, NULL, give, (void *)42), 0, "create");
	IS(pthread_join(thread, &result), 0, "join");
	IS(result, 42, "gives what the thread returned");
	OK(pthread_equal(ran, thread), "pthread_self() is what create told");
	OK(!pthread_equal(ran, pthread_self()), "and no other");
	IS(pthread_create(&thread, NULL, leave, (void *)43), 0, "one that calls pthread_exit()");
	usleep(30000);
	IS(pthread_join(thread, &result), 0, "is joined after its end");
	IS(result, 43, "and gives what it said");
	IS(pthread_join(pthread_self(), NULL), EDEADLK, "joining oneself: EDEADLK");
	pthread_create(&thread, NULL, sleeper, (void *)100000);
	first = thread;
	pthread_create(&ran, NULL, join_first, NULL);
	usleep(30000);
	IS(pthread_join(thread, NULL), EINVAL, "joining what another joins: EINVAL");
	IS(pthread_detach(thread), EINVAL, "detaching it: EINVAL");
	pthread_join(ran, &result);
	IS(result, 0, "the other has joined");
	errno = 5;
	pthread_create(&thread, NULL, set_errno, NULL);
	usleep(10000);
	IS(errno, 5, "errno is one's own");
	pthread_join(thread, &result);
	IS(result, 7, "of each thread");
}

static void test_detach(void)
{
	pthread_attr_t attr;
	pthread_t thread;

	number = 0;
	pthread_create(&thread, NULL, sleeper, (void *)50000);
	IS(pthread_detach(thread), 0, "detach one that runs");
	IS(pthread_join(thread, NULL), EINVAL, "then join: EINVAL");
	IS(pthread_detach(thread), EINVAL, "detach again: EINVAL");
	usleep(100000);
	pthread_create(&thread, NULL, count, NULL);
	usleep(30000);
	IS(pthread_detach(thread), 0, "detach one that has ended");
	pthread_attr_init(&attr);
	IS(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED), 0, "created detached");
	IS(pthread_create(&thread, &attr, count, NULL), 0, "it starts");
	usleep(30000);
	IS(number, 2, "both have run");
}

/* Its memory has gone with it. */
static void test_gone(void)
{
	pthread_t joined, detached;
	pthread_attr_t attr;

	pthread_create(&joined, NULL, give, NULL);
	pthread_join(joined, NULL);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_create(&detached, &attr, count, NULL);
	usleep(30000);
	IS(pthread_join(joined, NULL), ESRCH, "ESRCH: join one that was joined");
	IS(pthread_join(detached, NULL), ESRCH, "ESRCH: join one that has ended detached");
	IS(pthread_detach(joined), ESRCH, "ESRCH: detach one that was joined");
	IS(pthread_kill(joined, 0), ESRCH, "ESRCH: a signal for it");
	IS(pthread_cancel(joined), ESRCH, "ESRCH: cancel it");
	IS(pthread_kill(pthread_self(), 0), 0, "the first thread is there");
}

static void test_cycles(void)
{
	pthread_attr_t detached;
	pthread_t thread;
	long before, good = 0;

	pthread_create(&thread, NULL, give, NULL);
	pthread_join(thread, NULL);
	before = system_info(INFO_FREE_PAGES);
	for (int i = 0; i < CYCLES; i++)
		good += pthread_create(&thread, NULL, give, NULL) == 0 &&
			pthread_join(thread, NULL) == 0;
	IS(good, CYCLES, "200 threads come and are joined");
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	number = 0;
	for (int i = 0; i < CYCLES; i++) {
		while (pthread_create(&thread, &detached, count, NULL))
			sched_yield();
		if (i % 3 == 0)
			sched_yield();
	}
	for (int i = 0; i < 100 && system_info(INFO_FREE_PAGES) != before; i++)
		usleep(10000);
	IS(number, CYCLES, "200 detached ones");
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
}

static void test_many(void)
{
	pthread_t threads[40];
	long before = system_info(INFO_FREE_PAGES);
	int n = 0, err = 0;

	while (n < 40 && (err = pthread_create(&threads[n], NULL, sleeper, (void *)50000)) == 0)
		n++;
	OK(err == 0 || err == EAGAIN, "as many as there is memory for; then EAGAIN");
	note("threads at once", n);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
}

/* ---- How a process ends ---- */

static int result_fd;

static void say_end(void)
{
	char c = 'e';

	write(result_fd, &c, 1);
}

static void *exit_last(void *arg)
{
	usleep(30000);
	return arg;
}

static void *join_main(void *arg)
{
	void *result;

	_exit(pthread_join(first, &result) == 0 ? (int)(long)result : 1);
	return arg;
}

static void *call_exit(void *arg)
{
	exit((int)(long)arg);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, other = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void *block(void *arg)
{
	int fds[2];

	switch ((long)arg) {
	case 0:
		pthread_mutex_lock(&mutex);
		break;
	case 1:
		pthread_mutex_lock(&other);
		pthread_cond_wait(&cond, &other);
		break;
	case 2:
		pipe(fds);
		read(fds[0], fds, 1);
		break;
	case 3:
		pthread_join(ran, NULL);
		break;
	case 4:
		for (;;)
			;
	default:
		pause();
	}
	return NULL;
}

static int end(long a, long b)
{
	pthread_t thread;

	result_fd = (int)b;
	first = pthread_self();
	switch (a) {
	case 0: /* the last thread ends as exit(0) would */
		atexit(say_end);
		pthread_create(&thread, NULL, exit_last, (void *)9);
		pthread_exit((void *)8);
	case 1: /* the first thread is joined */
		pthread_create(&thread, NULL, join_main, NULL);
		pthread_exit((void *)21);
	case 2:
		pthread_create(&thread, NULL, call_exit, (void *)22);
		pause();
		return 1;
	default: /* exit with threads blocked everywhere */
		pthread_mutex_lock(&mutex);
		ran = first;
		for (long i = 0; i < 6; i++)
			pthread_create(&thread, NULL, block, (void *)i);
		usleep(50000);
		if (a == 3)
			return 23;
		pause();
		return 1;
	}
}

static const struct part parts[] = { { "end", end }, { 0 } };

static void test_end(void)
{
	long before;
	int fds[2];
	char c = 0;
	pid_t pid;

	pipe(fds);
	part_ended(part_start("end", 1, 0), 21);
	before = system_info(INFO_FREE_PAGES);
	OK(part_ended(part_start("end", 0, fds[1]), 0), "the last thread to end ends the process");
	IS(read(fds[0], &c, 1), 1, "as exit(0) does");
	OK(part_ended(part_start("end", 1, 0), 21), "the first thread is joined");
	OK(part_ended(part_start("end", 2, 0), 22), "exit() by another thread");
	OK(part_ended(part_start("end", 3, 0), 23), "exit() with threads blocked everywhere");
	pid = part_start("end", 4, 0);
	usleep(200000);
	kill(pid, SIGKILL);
	OK(part_died(pid, SIGKILL), "killed with threads blocked everywhere");
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
	close(fds[0]);
	close(fds[1]);
}

static void test(void)
{
	test_join();
	test_detach();
	test_gone();
	test_cycles();
	test_many();
	test_end();
}

TAP_MAIN(parts, test)
