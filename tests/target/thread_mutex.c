/* SPDX-License-Identifier: MIT */
/* Mutexes of each type and protocol: what they hold up, and what they say. */
#include <fcntl.h>
#include <sys/mman.h>

#include "threads.h"

#define TURNS 300

static pthread_mutex_t mutex;
static volatile int number, inside, clashes;

static void make(int type, int protocol)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, type);
	pthread_mutexattr_setprotocol(&attr, protocol);
	pthread_mutex_init(&mutex, &attr);
}

static void *try_lock(void *arg)
{
	(void)arg;
	return (void *)(long)pthread_mutex_trylock(&mutex);
}

static void *unlock(void *arg)
{
	(void)arg;
	return (void *)(long)pthread_mutex_unlock(&mutex);
}

static void *timed(void *arg)
{
	struct timespec until = soon(CLOCK_REALTIME, (int)(long)arg);

	return (void *)(long)pthread_mutex_timedlock(&mutex, &until);
}

static void *timed_monotonic(void *arg)
{
	struct timespec until = soon(CLOCK_MONOTONIC, (int)(long)arg);

	return (void *)(long)pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &until);
}

static void *at_zero(void *arg)
{
	struct timespec until = { 0 };

	until.tv_nsec = (long)arg;
	return (void *)(long)pthread_mutex_timedlock(&mutex, &until);
}

static void *count(void *arg)
{
	(void)arg;
	for (int i = 0; i < TURNS; i++) {
		pthread_mutex_lock(&mutex);
		clashes += inside++ != 0;
		if (i % 8 == 0)
			sched_yield();
		number++;
		inside--;
		pthread_mutex_unlock(&mutex);
		if (i % 5 == 0)
			sched_yield();
	}
	return NULL;
}

static void test_kind(int type, int protocol, const char *what)
{
	pthread_t threads[4];

	SAY("# ", what);
	make(type, protocol);
	IS(pthread_mutex_lock(&mutex), 0, "lock");
	IS(run(try_lock, NULL), EBUSY, "another's trylock: EBUSY");
	IS(run(unlock, NULL), EPERM, "another's unlock: EPERM");
	IS(run(timed, (void *)30), ETIMEDOUT, "another's timedlock: ETIMEDOUT");
	IS(run(timed_monotonic, (void *)30), ETIMEDOUT, "by the monotonic clock too");
	IS(run(timed, (void *)-30), ETIMEDOUT, "and when the time has been");
	IS(run(at_zero, (void *)0), ETIMEDOUT, "and at the very first time");
	IS(run(at_zero, (void *)1000000000), EINVAL, "a time that is none: EINVAL");
	IS(pthread_mutex_destroy(&mutex), EBUSY, "destroy while locked: EBUSY");
	if (type == PTHREAD_MUTEX_RECURSIVE) {
		IS(pthread_mutex_lock(&mutex), 0, "lock again");
		IS(pthread_mutex_trylock(&mutex), 0, "and once more");
		IS(pthread_mutex_unlock(&mutex), 0, "unlock");
		IS(pthread_mutex_unlock(&mutex), 0, "unlock");
		IS(run(try_lock, NULL), EBUSY, "it is still held");
	} else if (type == PTHREAD_MUTEX_ERRORCHECK) {
		IS(pthread_mutex_lock(&mutex), EDEADLK, "lock again: EDEADLK");
		IS(pthread_mutex_trylock(&mutex), EBUSY, "trylock again: EBUSY");
	} else {
		IS(pthread_mutex_trylock(&mutex), EBUSY, "trylock again: EBUSY");
		if (protocol == PTHREAD_PRIO_INHERIT)
			IS(pthread_mutex_lock(&mutex), EDEADLK, "lock again: EDEADLK");
		else
			IS(timed((void *)30), ETIMEDOUT, "lock again waits for ever");
	}
	IS(pthread_mutex_unlock(&mutex), 0, "unlock");
	IS(pthread_mutex_unlock(&mutex), EPERM, "unlock again: EPERM");
	number = inside = clashes = 0;
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, count, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	IS(number, 4 * TURNS, "four threads count");
	IS(clashes, 0, "one at a time");
	IS(pthread_mutex_destroy(&mutex), 0, "destroy");
}

static void *lock_it(void *arg)
{
	(void)arg;
	return (void *)(long)pthread_mutex_lock(&mutex);
}

/* ---- Between processes ---- */

#define NAME "/thread_mutex"

static pthread_mutex_t *map_shared(int flags)
{
	int fd = shm_open(NAME, O_RDWR | flags, 0600);
	void *p;

	if (fd < 0 || (flags && ftruncate(fd, sizeof(pthread_mutex_t))))
		return NULL;
	p = mmap(NULL, sizeof(pthread_mutex_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return p == MAP_FAILED ? NULL : p;
}

/* What locking comes to when there are @a ms for it. */
static int lock_shared(long a, long b)
{
	struct timespec until = soon(CLOCK_REALTIME, (int)a);
	pthread_mutex_t *shared = map_shared(0);
	int err = shared ? pthread_mutex_timedlock(shared, &until) : 99;

	(void)b;
	if (!err)
		err = pthread_mutex_unlock(shared);
	return err;
}

static const struct part parts[] = { { "shared", lock_shared }, { 0 } };

static void test_shared(int protocol)
{
	pthread_mutex_t *shared = map_shared(O_CREAT);
	pid_t pid;

	if (!OK(shared != NULL, "a mutex in shared memory"))
		return;
	make(PTHREAD_MUTEX_ERRORCHECK, protocol);
	*shared = mutex;
	pthread_mutex_lock(shared);
	OK(part_ended(part_start("shared", 30, 0), ETIMEDOUT), "another process waits for it");
	pid = part_start("shared", 900, 0);
	usleep(50000);
	IS(pthread_mutex_unlock(shared), 0, "unlock");
	OK(part_ended(pid, 0), "now it has it");
	IS(pthread_mutex_lock(shared), 0, "and has given it back");
	munmap(shared, sizeof(*shared));
	shm_unlink(NAME);
}

static void test(void)
{
	pthread_mutexattr_t attr;
	int value;

	test_kind(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, "normal");
	test_kind(PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE, "recursive");
	test_kind(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_NONE, "errorcheck");
	test_kind(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT, "normal, inheriting");
	test_kind(PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_INHERIT, "recursive, inheriting");
	test_kind(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_INHERIT, "errorcheck, inheriting");

	test_shared(PTHREAD_PRIO_NONE);
	test_shared(PTHREAD_PRIO_INHERIT);

	pthread_mutexattr_init(&attr);
	IS(pthread_mutexattr_settype(&attr, 3), EINVAL, "a type that is none");
	IS(pthread_mutexattr_setprotocol(&attr, 7), EINVAL, "a protocol that is none");
	IS(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_PROTECT), ENOTSUP, "no ceilings");
	IS(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED), 0, "shared");
	pthread_mutexattr_getpshared(&attr, &value);
	IS(value, PTHREAD_PROCESS_SHARED, "it is remembered");
	make(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT);
	IS(run(lock_it, NULL), 0, "a thread ends with a mutex");
	IS(pthread_mutex_lock(&mutex), EDEADLK, "nobody gets it again: EDEADLK");
}

TAP_MAIN(parts, test)
