/* SPDX-License-Identifier: MIT */
/* pthread_cancel(): at each point where a thread waits, at none else, and what is left behind. */
/* clang takes newlib's <stdatomic.h>, which forgets it. */
#include <stdint.h>

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>

#include "tap.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem, started;
static int fds[2];
static mqd_t queue;
static atomic_int cleaned;
static pthread_t sleeper;

static void clean(void *what)
{
	(void)what;
	cleaned++;
}

static void unlock(void *what)
{
	(void)what;
	cleaned += pthread_mutex_trylock(&mutex) != 0 && pthread_mutex_unlock(&mutex) == 0;
}

/* ---- One for each call that waits: it returns only where it is not cancelled. ---- */

static void in_read(void)
{
	char byte;

	read(fds[0], &byte, 1);
}

static void in_sleep(void)
{
	sleep(1000);
}

static void in_sem_wait(void)
{
	sem_wait(&sem);
}

static void in_join(void)
{
	pthread_join(sleeper, NULL);
}

static void in_cond_wait(void)
{
	pthread_mutex_lock(&mutex);
	pthread_cleanup_push(unlock, NULL);
	for (;;)
		pthread_cond_wait(&cond, &mutex);
	pthread_cleanup_pop(0);
}

static void in_pause(void)
{
	pause();
}

static void in_sigwait(void)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigwait(&set, &sig);
}

static void in_sigsuspend(void)
{
	sigset_t all;

	sigfillset(&all);
	sigsuspend(&all);
}

static void in_poll(void)
{
	poll(NULL, 0, -1);
}

static void in_receive(void)
{
	char message[8];

	mq_receive(queue, message, sizeof(message), NULL);
}

static void in_waitpid(void)
{
	waitpid(-1, NULL, 0);
}

static void in_testcancel(void)
{
	for (;;)
		pthread_testcancel();
}

static const struct {
	const char *name;
	void (*wait)(void);
} points[] = { { "read()", in_read },
	       { "sleep()", in_sleep },
	       { "sem_wait()", in_sem_wait },
	       { "pthread_join()", in_join },
	       { "pthread_cond_wait()", in_cond_wait },
	       { "pause()", in_pause },
	       { "sigwait()", in_sigwait },
	       { "sigsuspend() of all signals", in_sigsuspend },
	       { "poll()", in_poll },
	       { "mq_receive()", in_receive },
	       { "waitpid()", in_waitpid },
	       { "pthread_testcancel()", in_testcancel } };

#define NPOINTS (sizeof(points) / sizeof(*points))

/* The signals that it blocks are no obstacle. */
static void *wait_at(void *at)
{
	void (*wait)(void) = *(void (**)(void))at;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	pthread_cleanup_push(clean, NULL);
	sem_post(&started);
	wait();
	pthread_cleanup_pop(0);
	return NULL;
}

static pthread_t start(void *(*routine)(void *), const void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 2048);
	if (pthread_create(&thread, &attr, routine, (void *)(uintptr_t)arg))
		exit(99);
	sem_wait(&started);
	return thread;
}

/* Let the others go on until they wait. */
static void let_wait(void)
{
	usleep(10000);
}

static int ends_cancelled(pthread_t thread)
{
	void *result = NULL;

	return pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED;
}

/* Not at once: it is to be found waiting, and about to wait. */
static void test_points(void)
{
	for (size_t i = 0; i < NPOINTS; i++)
		for (int late = 0; late < 2; late++) {
			pthread_t thread = start(wait_at, &points[i].wait);
			int before = cleaned;

			if (late)
				let_wait();
			OK(pthread_cancel(thread) == 0 && ends_cancelled(thread) &&
				   cleaned - before == 1 + (points[i].wait == in_cond_wait),
			   points[i].name);
		}
	OK(pthread_mutex_trylock(&mutex) == 0, "the mutex is given back");
	pthread_mutex_unlock(&mutex);
}

static void *disabled(void *arg)
{
	int old = -1;

	(void)arg;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	sem_post(&started);
	cleaned = old == PTHREAD_CANCEL_ENABLE && sem_wait(&sem) == 0;
	pthread_testcancel();
	cleaned++;
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	cleaned += old == PTHREAD_CANCEL_DISABLE;
	pthread_testcancel();
	cleaned = -1;
	return NULL;
}

/* No call that it makes is a point of cancellation. */
static void *running(void *arg)
{
	int old = -1;

	if (arg)
		pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
	cleaned = old;
	sem_post(&started);
	for (volatile int i = 0; arg || i < 100000; i++)
		;
	cleaned = -2;
	pthread_testcancel();
	return NULL;
}

static void test_states(void)
{
	pthread_t thread = start(disabled, NULL);
	int old;

	let_wait();
	IS(pthread_cancel(thread), 0, "pthread_cancel() of one that does not let it");
	let_wait();
	sem_post(&sem);
	OK(ends_cancelled(thread), "ends it where it lets it");
	IS(cleaned, 3, "and not before");
	thread = start(running, NULL);
	pthread_cancel(thread);
	OK(ends_cancelled(thread) && cleaned == -2, "one that runs goes on to the next point");
	thread = start(running, &mutex);
	pthread_cancel(thread);
	OK(ends_cancelled(thread) && cleaned == PTHREAD_CANCEL_DEFERRED,
	   "PTHREAD_CANCEL_ASYNCHRONOUS: it ends anywhere");
	IS(pthread_setcancelstate(7, &old), EINVAL, "EINVAL: no such state");
	IS(pthread_setcanceltype(-1, &old), EINVAL, "EINVAL: no such type");
	IS(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL), 0, "what was need not be told");
}

/* Who waited for another leaves it to be joined. */
static void test_join(void)
{
	void (*wait)(void) = in_sem_wait, (*join)(void) = in_join;
	pthread_t thread;

	sleeper = start(wait_at, &wait);
	thread = start(wait_at, &join);
	let_wait();
	pthread_cancel(thread);
	OK(ends_cancelled(thread), "who joins is cancelled");
	sem_post(&sem);
	IS(pthread_join(sleeper, NULL), 0, "and another may join");
	thread = start(wait_at, &wait);
	sem_post(&sem);
	let_wait();
	IS(pthread_cancel(thread), 0, "one that has ended");
	OK(!ends_cancelled(thread), "ended by itself");
}

/* A write that has begun tells how much it has done: the request waits for the next point. */
static void *writer(void *arg)
{
	static char much[4096];

	(void)arg;
	sem_post(&started);
	cleaned = (int)write(fds[1], much, sizeof(much));
	pthread_testcancel();
	return NULL;
}

static void test_progress(void)
{
	pthread_t thread = start(writer, NULL);
	char bytes[512];
	ssize_t all = 0, n;

	let_wait();
	pthread_cancel(thread);
	OK(ends_cancelled(thread), "a write() that waits half-way is ended");
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	while ((n = read(fds[0], bytes, sizeof(bytes))) > 0)
		all += n;
	IS(cleaned, all, "and has told what it wrote");
}

static int ends_itself(long a, long b)
{
	(void)a, (void)b;
	if (pthread_cancel(pthread_self()))
		return 2; /* it takes effect at the next point */
	pthread_testcancel();
	return 1;
}

static int pauses(long a, long b)
{
	(void)a, (void)b;
	return pause();
}

static const struct part parts[] = { { "ends itself", ends_itself }, { "pauses", pauses }, { 0 } };

static void test(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	void (*wait)(void) = in_pause;
	long before;
	pid_t child;

	sem_init(&sem, 0, 0);
	sem_init(&started, 0, 0);
	pipe(fds);
	queue = mq_open("/cancel", O_RDWR | O_CREAT, 0600, &attr);
	OK(part_ended(part_start("ends itself", 0, 0), 0),
	   "the first thread cancels itself: with the last one the process ends");
	sleeper = start(wait_at, &wait);
	child = part_start("pauses", 0, 0);
	test_points();
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	pthread_cancel(sleeper);
	OK(ends_cancelled(sleeper), "whom nobody joined in the end");
	before = system_info(INFO_FREE_PAGES);
	test_states();
	test_join();
	IS(system_info(INFO_FREE_PAGES), before, "all memory is there again");
	test_progress();
	mq_close(queue);
	mq_unlink("/cancel");
}

TAP_MAIN(parts, test)
