/* SPDX-License-Identifier: MIT */
/* <threads.h>: what C11's names come to. */
/* clang takes newlib's <stdatomic.h>, which forgets it. */
#include <stdint.h>

#include <threads.h>

#include "tap.h"

static mtx_t mutex, again;
static cnd_t cond;
static tss_t key;
static once_flag once = ONCE_FLAG_INIT;
static int calls, destroyed, turn;

static void count_call(void)
{
	calls++;
}

static void destroy(void *value)
{
	destroyed += *(int *)value;
}

/* The time it is, a tenth of a second later. */
static struct timespec soon(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += 100000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	return t;
}

static int with_value(void *value)
{
	call_once(&once, count_call);
	if (tss_get(key) || tss_set(key, value) != thrd_success || tss_get(key) != value)
		return 1;
	thrd_exit(-5);
}

static int busy(void *arg)
{
	const struct timespec until = soon();

	(void)arg;
	return mtx_trylock(&mutex) == thrd_busy && mtx_timedlock(&mutex, &until) == thrd_timedout;
}

static int take_turn(void *arg)
{
	(void)arg;
	mtx_lock(&mutex);
	turn = 1;
	cnd_signal(&cond);
	while (turn != 2)
		cnd_wait(&cond, &mutex);
	turn = 3;
	mtx_unlock(&mutex);
	return 7;
}

static void test_threads(void)
{
	const struct timespec nap = { .tv_nsec = 1000000 }, none = { .tv_nsec = -1 };
	int value = 40, result = 0;
	thrd_t thread;

	IS(tss_create(&key, destroy), thrd_success, "tss_create()");
	call_once(&once, count_call);
	IS(thrd_create(&thread, with_value, &value), thrd_success, "thrd_create()");
	OK(!thrd_equal(thread, thrd_current()) && thrd_equal(thrd_current(), thrd_current()),
	   "thrd_current(), thrd_equal()");
	IS(thrd_join(thread, &result), thrd_success, "thrd_join()");
	IS(result, -5, "what thrd_exit() was given");
	IS(destroyed, 40, "its value is destroyed");
	IS(calls, 1, "call_once()");
	OK(!tss_get(key), "a key has no value here");
	tss_delete(key);
	IS(tss_set(key, &value), thrd_error, "thrd_error: no such key");
	IS(thrd_sleep(&nap, NULL), 0, "thrd_sleep()");
	OK(thrd_sleep(&none, NULL) < -1, "of no time");
	thrd_yield();
}

static void test_locks(void)
{
	struct timespec until;
	int result = 0;
	thrd_t thread;

	IS(mtx_init(&mutex, mtx_timed), thrd_success, "mtx_init()");
	IS(mtx_init(&again, mtx_plain | mtx_recursive), thrd_success, "a recursive one");
	IS(mtx_init(&again, 64), thrd_error, "thrd_error: no such type");
	mtx_lock(&mutex);
	thrd_create(&thread, busy, NULL);
	thrd_join(thread, &result);
	IS(result, 1, "thrd_busy and thrd_timedout: it is another's");
	OK(mtx_lock(&again) == thrd_success && mtx_trylock(&again) == thrd_success &&
		   mtx_unlock(&again) == thrd_success && mtx_unlock(&again) == thrd_success,
	   "a recursive one is locked twice");
	IS(mtx_unlock(&again), thrd_error, "thrd_error: it is not locked");
	IS(cnd_init(&cond), thrd_success, "cnd_init()");
	until = soon();
	IS(cnd_timedwait(&cond, &mutex, &until), thrd_timedout, "cnd_timedwait()");
	thrd_create(&thread, take_turn, NULL);
	while (turn != 1)
		cnd_wait(&cond, &mutex);
	turn = 2;
	cnd_broadcast(&cond);
	IS(mtx_unlock(&mutex), thrd_success, "mtx_unlock()");
	thrd_join(thread, &result);
	OK(result == 7 && turn == 3, "cnd_wait(), cnd_signal(), cnd_broadcast()");
	IS(thrd_create(&thread, busy, NULL), thrd_success, "one that nobody joins");
	IS(thrd_detach(thread), thrd_success, "thrd_detach()");
	cnd_destroy(&cond);
	mtx_destroy(&again);
}

static void test(void)
{
	test_threads();
	test_locks();
}

TAP_MAIN(NO_PARTS, test)
