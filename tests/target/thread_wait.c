/* SPDX-License-Identifier: MIT */
/* Read-write locks, barriers, once, keys. */
#include "threads.h"

#define ROUNDS 200

static volatile int number;

/* ---- Read-write locks ---- */

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

static void *try_read(void *arg)
{
	int err = pthread_rwlock_tryrdlock(&rwlock);

	if (!err)
		pthread_rwlock_unlock(&rwlock);
	return arg ? NULL : (void *)(long)err;
}

static void *try_write(void *arg)
{
	int err = pthread_rwlock_trywrlock(&rwlock);

	if (!err)
		pthread_rwlock_unlock(&rwlock);
	return arg ? NULL : (void *)(long)err;
}

static void *timed_read(void *arg)
{
	struct timespec until = soon(CLOCK_REALTIME, (int)(long)arg);

	return (void *)(long)pthread_rwlock_timedrdlock(&rwlock, &until);
}

static void *timed_write(void *arg)
{
	struct timespec until = soon(CLOCK_REALTIME, (int)(long)arg);

	return (void *)(long)pthread_rwlock_timedwrlock(&rwlock, &until);
}

static void *steal(void *arg)
{
	(void)arg;
	return (void *)(long)pthread_rwlock_unlock(&rwlock);
}

static void *write_it(void *arg)
{
	pthread_rwlock_wrlock(&rwlock);
	number = number * 10 + 1;
	pthread_rwlock_unlock(&rwlock);
	return arg;
}

static void *read_it(void *arg)
{
	pthread_rwlock_rdlock(&rwlock);
	number = number * 10 + 2;
	pthread_rwlock_unlock(&rwlock);
	return arg;
}

static void test_rwlock(void)
{
	pthread_t writer, reader;

	IS(pthread_rwlock_rdlock(&rwlock), 0, "read lock");
	IS(pthread_rwlock_rdlock(&rwlock), 0, "again");
	IS(run(try_read, NULL), 0, "another may read");
	IS(run(try_write, NULL), EBUSY, "but not write: EBUSY");
	IS(run(timed_write, (void *)30), ETIMEDOUT, "nor in time: ETIMEDOUT");
	IS(run(try_read, NULL), 0, "who gave up holds nobody back");
	pthread_rwlock_unlock(&rwlock);
	number = 0;
	pthread_create(&writer, NULL, write_it, NULL);
	usleep(30000);
	IS(run(try_read, NULL), EBUSY, "a writer that waits comes first");
	pthread_create(&reader, NULL, read_it, NULL);
	usleep(30000);
	IS(pthread_rwlock_unlock(&rwlock), 0, "unlock");
	pthread_join(writer, NULL);
	pthread_join(reader, NULL);
	IS(number, 12, "the writer, then the reader");
	IS(pthread_rwlock_wrlock(&rwlock), 0, "write lock");
	IS(pthread_rwlock_wrlock(&rwlock), EDEADLK, "again: EDEADLK");
	IS(pthread_rwlock_rdlock(&rwlock), EDEADLK, "to read: EDEADLK");
	IS(run(try_read, NULL), EBUSY, "another's read: EBUSY");
	IS(run(timed_read, (void *)30), ETIMEDOUT, "ETIMEDOUT");
	IS(run(steal, NULL), EPERM, "another's unlock: EPERM");
	IS(pthread_rwlock_destroy(&rwlock), EBUSY, "destroy while locked: EBUSY");
	IS(pthread_rwlock_unlock(&rwlock), 0, "unlock");
	IS(pthread_rwlock_unlock(&rwlock), EPERM, "again: EPERM");
	IS(pthread_rwlock_destroy(&rwlock), 0, "destroy");
}

/* ---- Barriers, once ---- */

static pthread_barrier_t barrier;
static volatile int serial, early;

static void *rounds(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		__atomic_add_fetch(&number, 1, __ATOMIC_RELAXED);
		serial += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
		early += number < 3 * (i + 1);
	}
	return arg;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init(void)
{
	usleep(30000);
	number++;
}

static void *do_once(void *arg)
{
	pthread_once(&once, init);
	return arg ? arg : (void *)(long)number;
}

static void test_barrier(void)
{
	pthread_t threads[3];
	void *result;
	int wrong = 0;

	IS(pthread_barrier_init(&barrier, NULL, 0), EINVAL, "a barrier for nobody: EINVAL");
	IS(pthread_barrier_init(&barrier, NULL, 3), 0, "for three");
	number = 0;
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, rounds, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	IS(serial, ROUNDS, "one of them each round is told");
	IS(early, 0, "nobody passes before all have come");
	IS(pthread_barrier_destroy(&barrier), 0, "destroy");

	number = 0;
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, do_once, NULL);
	for (int i = 0; i < 3; i++) {
		pthread_join(threads[i], &result);
		wrong += result != (void *)1;
	}
	IS(number, 1, "once is once");
	IS(wrong, 0, "and all wait until it is done");
}

/* ---- Keys ---- */

static pthread_key_t key, other_key;
static volatile long sum;

static void add(void *value)
{
	sum += (long)value;
}

static void come_back(void *value)
{
	sum++;
	pthread_setspecific(other_key, value);
}

static void *set_key(void *arg)
{
	if (pthread_getspecific(key))
		return (void *)1;
	pthread_setspecific(key, arg);
	usleep(20000);
	return (void *)(long)(pthread_getspecific(key) != arg);
}

static void *set_other(void *arg)
{
	pthread_setspecific(other_key, arg);
	return NULL;
}

static void test_keys(void)
{
	pthread_key_t many[PTHREAD_KEYS_MAX];
	pthread_t threads[2];
	void *a, *b;
	int n = 0, err = 0;

	IS(pthread_key_create(&key, add), 0, "a key");
	IS(pthread_setspecific(key, (void *)1000), 0, "a value of the first thread");
	pthread_create(&threads[0], NULL, set_key, (void *)1);
	pthread_create(&threads[1], NULL, set_key, (void *)2);
	pthread_join(threads[0], &a);
	pthread_join(threads[1], &b);
	OK(!a && !b, "each thread has its own");
	IS(sum, 3, "the destructor got both");
	IS(pthread_getspecific(key), 1000, "that of the first is still there");
	IS(pthread_key_delete(key), 0, "delete");
	IS(pthread_setspecific(key, NULL), EINVAL, "a value for it: EINVAL");
	IS(pthread_key_delete(key), EINVAL, "again: EINVAL");
	pthread_key_create(&key, NULL);
	IS(pthread_getspecific(key), 0, "a new key has no value");
	sum = 0;
	pthread_key_create(&other_key, come_back);
	run(set_other, (void *)1);
	IS(sum, PTHREAD_DESTRUCTOR_ITERATIONS, "a destructor that sets it again: so often");
	pthread_key_delete(other_key);
	while (n < PTHREAD_KEYS_MAX && (err = pthread_key_create(&many[n], NULL)) == 0)
		n++;
	IS(n, PTHREAD_KEYS_MAX - 1, "as many keys as are told");
	IS(err, EAGAIN, "then EAGAIN");
	while (n > 0)
		pthread_key_delete(many[--n]);
}

static void test(void)
{
	test_rwlock();
	test_barrier();
	test_keys();
}

TAP_MAIN(NO_PARTS, test)
