/* SPDX-License-Identifier: MIT */
/*
 * newlib under eight threads: malloc() and snprintf(), with a mutex between them; and
 * signals of single threads.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "tap.h"

#define THREADS 8
#define TURNS	200

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile int number, wrong, handled;
static volatile pthread_t handler;

static void *hammer(void *arg)
{
	int self = (int)(long)arg;
	char text[24], want[24], *kept = NULL;

	for (int i = 0; i < TURNS; i++) {
		char *p = malloc((size_t)(8 + (i * 7 + self * 13) % 56));

		if (!p) {
			wrong++;
			continue;
		}
		memset(p, self, 8);
		snprintf(text, sizeof(text), "%d:%x:%s", self, i, "ab");
		want[0] = (char)('0' + self);
		want[1] = '\0';
		pthread_mutex_lock(&mutex);
		number++;
		pthread_mutex_unlock(&mutex);
		if (i % 10 == 0)
			sched_yield();
		wrong += strncmp(text, want, strlen(want)) != 0 || text[strlen(want)] != ':';
		for (int n = 0; n < 8; n++)
			wrong += p[n] != (char)self;
		free(kept);
		kept = p;
	}
	free(kept);
	return NULL;
}

static void *doubles(void *arg)
{
	char text[32];

	snprintf(text, sizeof(text), "%.3f %g", 1.5 * (double)(long)arg, 1e30);
	wrong += strncmp(text, "3.000 1e+30", 11) != 0;
	strtok(text, " ");
	return NULL;
}

static void test_hammer(void)
{
	pthread_attr_t attr;
	pthread_t threads[THREADS];
	long before;
	int n = 0;

	pthread_attr_init(&attr);
	while (n < THREADS && pthread_create(&threads[n], &attr, hammer, (void *)(long)n) == 0)
		n++;
	IS(n, THREADS, "eight threads");
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	IS(number, THREADS * TURNS, "the mutex counts them all");
	IS(wrong, 0, "malloc() and snprintf() are right");
	pthread_attr_setstacksize(&attr, 3072);
	for (int i = 0; i < 3; i++) {
		pthread_create(&threads[0], &attr, doubles, (void *)2);
		pthread_join(threads[0], NULL);
	}
	before = system_info(INFO_FREE_PAGES);
	for (int i = 0; i < 60; i++) {
		pthread_create(&threads[0], &attr, doubles, (void *)2);
		pthread_join(threads[0], NULL);
	}
	IS(wrong, 0, "and doubles, and strtok()");
	IS(system_info(INFO_FREE_PAGES), before, "what a thread's library held is given back");
}

static void on_signal(int sig)
{
	(void)sig;
	handler = pthread_self();
	handled++;
}

static void *until_handled(void *arg)
{
	for (int i = 0; !handled && i < 50; i++)
		usleep(10000);
	return arg;
}

static void *blocked(void *arg)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	usleep(60000);
	number = handled;
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	return arg;
}

static void test_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	pthread_t thread;
	sigset_t set;

	sigaction(SIGUSR1, &action, NULL);
	pthread_create(&thread, NULL, until_handled, NULL);
	usleep(20000);
	IS(pthread_kill(thread, 0), 0, "signal 0 only asks");
	IS(pthread_kill(thread, 99), EINVAL, "a signal that is none: EINVAL");
	IS(pthread_kill(thread, SIGUSR1), 0, "a signal for one thread");
	usleep(30000);
	IS(handled, 1, "is handled");
	OK(pthread_equal(handler, thread), "by that one");
	IS(pthread_kill(thread, 0), 0, "which has ended now, and is still to be joined");
	IS(pthread_kill(thread, NSIG), EINVAL, "EINVAL: no signal");
	pthread_join(thread, NULL);
	handled = number = 0;
	pthread_create(&thread, NULL, blocked, NULL);
	usleep(20000);
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	IS(number, 0, "one that it blocks waits");
	IS(handled, 1, "until it does not");
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	handled = 0;
	kill(getpid(), SIGUSR1);
	IS(handled, 0, "one for the process, which the first thread blocks, waits too");
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	IS(handled, 1, "until then");
	IS(pthread_sigmask(99, &set, NULL), EINVAL, "no such change: EINVAL");
}

static void test(void)
{
	test_hammer();
	test_signals();
}

TAP_MAIN(NO_PARTS, test)
