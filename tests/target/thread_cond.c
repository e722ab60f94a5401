/* SPDX-License-Identifier: MIT */
/* Conditions: who is woken, how often, and when. */
#include <sys/mman.h>

#include "threads.h"

#define ROUNDS	 200
#define PATIENCE 100 /* of 10 ms */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER, answer = PTHREAD_COND_INITIALIZER;
static volatile int number, turn;

static int becomes(volatile int *what, int value)
{
	for (int i = 0; *what != value && i < PATIENCE; i++)
		usleep(10000);
	return *what;
}

static void *await(void *arg)
{
	pthread_mutex_lock(&mutex);
	while (turn == 0)
		pthread_cond_wait(&cond, &mutex);
	turn--;
	number++;
	pthread_mutex_unlock(&mutex);
	return arg;
}

static void *ping(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		while (turn != 1)
			pthread_cond_wait(&cond, &mutex);
		turn = 0;
		if (i & 1)
			pthread_cond_signal(&answer);
		pthread_mutex_unlock(&mutex);
		if (!(i & 1)) /* a signal may come without the mutex */
			pthread_cond_signal(&answer);
	}
	return arg;
}

static void *wait_on_heap(void *arg)
{
	pthread_cond_t *on_heap = arg;

	pthread_mutex_lock(&mutex);
	number++;
	while (!turn)
		pthread_cond_wait(on_heap, &mutex);
	pthread_mutex_unlock(&mutex);
	return NULL;
}

static void test(void)
{
	struct timespec until = soon(CLOCK_REALTIME, 30);
	pthread_condattr_t attr;
	pthread_cond_t timed;
	pthread_t threads[4];
	pthread_mutexattr_t checks;
	pthread_mutex_t checked;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *map;

	pthread_mutex_lock(&mutex);
	IS(pthread_cond_timedwait(&cond, &mutex, &until), ETIMEDOUT, "nobody signals: ETIMEDOUT");
	IS(pthread_mutex_trylock(&mutex), EBUSY, "the mutex is held again");
	IS(pthread_cond_timedwait(&cond, &mutex, &until), ETIMEDOUT, "a time that has been");
	until.tv_nsec = 1000000000;
	IS(pthread_cond_timedwait(&cond, &mutex, &until), EINVAL, "one that is none: EINVAL");
	pthread_condattr_init(&attr);
	IS(pthread_condattr_setclock(&attr, 77), EINVAL, "a clock that is none");
	IS(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC), 0, "the monotonic clock");
	pthread_cond_init(&timed, &attr);
	until = soon(CLOCK_MONOTONIC, 30);
	IS(pthread_cond_timedwait(&timed, &mutex, &until), ETIMEDOUT, "ETIMEDOUT by it");
	IS(pthread_cond_destroy(&timed), 0, "destroy");
	pthread_mutex_unlock(&mutex);
	pthread_mutexattr_init(&checks);
	pthread_mutex_init(&checked, &checks);
	IS(pthread_cond_wait(&cond, &checked), EPERM, "a mutex that is not held: EPERM");

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, await, NULL);
	usleep(50000);
	pthread_mutex_lock(&mutex);
	turn = 1;
	pthread_cond_signal(&cond);
	pthread_mutex_unlock(&mutex);
	IS(becomes(&number, 1), 1, "a signal wakes one");
	usleep(50000);
	IS(number, 1, "and no other");
	pthread_mutex_lock(&mutex);
	turn = 3;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&mutex);
	IS(becomes(&number, 4), 4, "a broadcast wakes all");
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);

	turn = 0;
	pthread_create(&threads[0], NULL, ping, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		turn = 1;
		pthread_cond_signal(&cond);
		until = soon(CLOCK_REALTIME, 900);
		while (turn != 0 && pthread_cond_timedwait(&answer, &mutex, &until) == 0)
			;
		number = turn ? -1 : number + 1;
		pthread_mutex_unlock(&mutex);
		if (number < 0)
			break;
	}
	IS(number, 4 + ROUNDS, "to and fro, and no signal is lost");
	pthread_join(threads[0], NULL);

	map = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_cond_init(map, NULL);
	number = turn = 0;
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, wait_on_heap, map);
	becomes(&number, 3);
	usleep(20000);
	pthread_mutex_lock(&mutex);
	turn = 1;
	pthread_cond_broadcast(map);
	pthread_mutex_unlock(&mutex);
	pthread_cond_destroy(map);
	munmap(map, page);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	OK(1, "a condition goes right after its broadcast");
}

TAP_MAIN(NO_PARTS, test)
