/* SPDX-License-Identifier: MIT */
/* Semaphores: within a process, and between processes by name. */
#include <fcntl.h>
#include <semaphore.h>
#include <signal.h>

#include "threads.h"

#define COUNT 500

static sem_t items, room;
static volatile int sum;

static void *consume(void *arg)
{
	for (int i = 0; i < COUNT; i++) {
		sem_wait(&items);
		__atomic_add_fetch(&sum, 1, __ATOMIC_RELAXED);
		sem_post(&room);
	}
	return arg;
}

static void *produce(void *arg)
{
	for (int i = 0; i < COUNT; i++) {
		sem_wait(&room);
		sem_post(&items);
	}
	return arg;
}

static void on_signal(int sig)
{
	(void)sig;
	sum++;
}

static void *wait_once(void *arg)
{
	(void)arg;
	return (void *)(long)(sem_wait(&items) ? errno : 0);
}

static void test_unnamed(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	struct timespec until = soon(CLOCK_REALTIME, 30);
	pthread_t threads[4];
	void *result;
	int value = -1;

	IS(sem_init(&items, 0, (unsigned int)SEM_VALUE_MAX + 1), -1, "too large a value");
	IS(errno, EINVAL, "EINVAL");
	IS(sem_init(&items, 0, 2), 0, "a semaphore of 2");
	IS(sem_wait(&items), 0, "wait");
	IS(sem_trywait(&items), 0, "trywait");
	IS(sem_trywait(&items), -1, "a third time");
	IS(errno, EAGAIN, "EAGAIN");
	IS(sem_timedwait(&items, &until), -1, "timedwait");
	IS(errno, ETIMEDOUT, "ETIMEDOUT");
	until = soon(CLOCK_MONOTONIC, 30);
	IS(sem_clockwait(&items, CLOCK_MONOTONIC, &until), -1, "by the monotonic clock");
	IS(errno, ETIMEDOUT, "ETIMEDOUT");
	until.tv_nsec = -1;
	IS(sem_timedwait(&items, &until), -1, "a time that is none");
	IS(errno, EINVAL, "EINVAL");
	IS(sem_post(&items), 0, "post");
	IS(sem_getvalue(&items, &value), 0, "getvalue");
	IS(value, 1, "1");
	IS(sem_timedwait(&items, &until), 0, "no time is needed when there is one");
	sem_init(&room, 0, SEM_VALUE_MAX);
	IS(sem_post(&room), -1, "post to the largest value");
	IS(errno, EOVERFLOW, "EOVERFLOW");

	sigaction(SIGUSR1, &action, NULL);
	pthread_create(&threads[0], NULL, wait_once, NULL);
	usleep(30000);
	IS(pthread_kill(threads[0], SIGUSR1), 0, "a signal for one that waits");
	pthread_join(threads[0], &result);
	IS(result, EINTR, "EINTR");
	IS(sum, 1, "it was handled");

	sum = 0;
	sem_init(&items, 0, 0);
	sem_init(&room, 0, 3);
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, i & 1 ? produce : consume, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	IS(sum, 2 * COUNT, "two produce, two consume");
	sem_getvalue(&items, &value);
	IS(value, 0, "and nothing is left");
	sem_getvalue(&room, &value);
	IS(value, 3, "nor missing");
	IS(sem_destroy(&items), 0, "destroy");
}

/* ---- Named ---- */

static int peer(long a, long b)
{
	sem_t *there = sem_open("/there", 0), *back = sem_open("/back", 0);

	(void)b;
	if (there == SEM_FAILED || back == SEM_FAILED)
		return 1;
	for (long i = 0; i < a; i++)
		if (sem_wait(there) || sem_post(back))
			return 2;
	return 7;
}

static int leave(long a, long b)
{
	(void)a, (void)b;
	sem_post(sem_open("/there", 0));
	return 0;
}

static const struct part parts[] = { { "peer", peer }, { "leave", leave }, { 0 } };

static void test_named(void)
{
	long before, good = 0;
	sem_t *there, *back, *again;
	struct timespec until;
	int value;
	pid_t pid;

	sem_unlink("/there");
	sem_unlink("/back");
	OK(sem_open("/there", 0) == SEM_FAILED, "one that is not there");
	IS(errno, ENOENT, "ENOENT");
	OK(sem_open("/", O_CREAT, 0600, 0) == SEM_FAILED && errno == EINVAL, "no name: EINVAL");
	OK(sem_open("/there", O_CREAT, 0600, (unsigned int)SEM_VALUE_MAX + 1) == SEM_FAILED &&
		   errno == EINVAL,
	   "too large a value: EINVAL");
	free(malloc(64));
	before = system_info(INFO_FREE_PAGES);
	there = sem_open("/there", O_CREAT | O_EXCL, 0600, 0);
	OK(there != SEM_FAILED, "create");
	OK(sem_open("/there", O_CREAT | O_EXCL, 0600, 0) == SEM_FAILED && errno == EEXIST,
	   "a second time, exclusively: EEXIST");
	again = sem_open("/there", O_CREAT, 0600, 5);
	OK(again == there, "a second time: the same");
	sem_getvalue(again, &value);
	IS(value, 0, "with the value that it had");
	IS(sem_close(again), 0, "close one of two");
	IS(sem_post(there), 0, "the other is there");
	IS(sem_trywait(there), 0, "and works");
	back = sem_open("/back", O_CREAT, 0600, 0);
	pid = part_start("peer", 100, 0);
	for (int i = 0; i < 100; i++) {
		until = soon(CLOCK_REALTIME, 900);
		good += sem_post(there) == 0 && sem_timedwait(back, &until) == 0;
	}
	IS(good, 100, "to and fro between processes");
	OK(part_ended(pid, 7), "the other saw the same");
	pid = part_start("leave", 0, 0);
	part_status(pid);
	IS(sem_trywait(there), 0, "what one posted who has ended");
	IS(sem_unlink("/there"), 0, "unlink");
	IS(sem_unlink("/there"), -1, "again");
	IS(errno, ENOENT, "ENOENT");
	IS(sem_post(there), 0, "who has it open keeps it");
	IS(sem_close(there), 0, "close");
	IS(sem_close(there), -1, "again");
	IS(errno, EINVAL, "EINVAL");
	sem_close(back);
	sem_unlink("/back");
	IS(system_info(INFO_FREE_PAGES), before, "no page is lost");
}

static void test(void)
{
	test_unnamed();
	test_named();
}

TAP_MAIN(parts, test)
