/* SPDX-License-Identifier: MIT */
/* SCHED_FIFO and SCHED_RR beside each other, and the calls that set and tell them. */
#include <sched.h>
#include <signal.h>
#include <spawn.h>

#include "threads.h"

#define LEVEL	 20
#define SLICES	 5 /* time slices: within so many another thread of the level would have run */
#define TOO_LONG 60

static volatile int has_run;

static void *note_run(void *arg)
{
	(void)arg;
	has_run = 1;
	return NULL;
}

static void set_own(int policy, int priority)
{
	pthread_setschedparam(pthread_self(), policy,
			      &(struct sched_param){ .sched_priority = priority });
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long slice(void)
{
	struct timespec t = { 0 };

	sched_rr_get_interval(0, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Spin for so many slices, or until the other has run. */
static int spin(int slices)
{
	long long end = now() + slices * slice();

	while (!has_run && now() < end)
		;
	return has_run;
}

static pthread_t start(int policy)
{
	struct sched_param param = { .sched_priority = LEVEL };
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, policy);
	pthread_attr_setschedparam(&attr, &param);
	has_run = 0;
	pthread_create(&thread, &attr, note_run, NULL);
	return thread;
}

static void test_fifo(void)
{
	pthread_t thread;

	set_own(SCHED_FIFO, LEVEL);
	thread = start(SCHED_FIFO);
	IS(spin(SLICES), 0, "FIFO beside FIFO: it does not run");
	sched_yield();
	IS(has_run, 1, "until sched_yield()");
	pthread_join(thread, NULL);
	thread = start(SCHED_RR);
	IS(spin(SLICES), 0, "RR beside FIFO: it does not run");
	usleep(1000);
	IS(has_run, 1, "until one sleeps");
	pthread_join(thread, NULL);
	thread = start(SCHED_FIFO);
	set_own(SCHED_FIFO, LEVEL - 1);
	IS(has_run, 1, "or has a lower priority");
	pthread_join(thread, NULL);
	set_own(SCHED_RR, LEVEL);
	thread = start(SCHED_FIFO);
	IS(spin(TOO_LONG), 1, "FIFO beside RR: its turn comes");
	pthread_join(thread, NULL);
	set_own(SCHED_FIFO, LEVEL);
	thread = start(SCHED_RR);
	IS(spin(1), 0, "beside FIFO again");
	set_own(SCHED_RR, LEVEL);
	IS(spin(TOO_LONG), 1, "its turn comes when the policy becomes RR");
	pthread_join(thread, NULL);
	set_own(SCHED_RR, 16);
}

/* ---- The place among equals: the tail, but where pthread_setschedprio() does not raise it. ---- */

static char order[3];
static volatile int ncame;

static void *come(void *name)
{
	order[ncame++] = *(const char *)name;
	return NULL;
}

static pthread_t start_at(int priority, const char *name)
{
	struct sched_param param = { .sched_priority = priority };
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
	pthread_attr_setschedparam(&attr, &param);
	pthread_create(&thread, &attr, come, (void *)name);
	return thread;
}

static void set_prio(pthread_t thread, int priority)
{
	pthread_setschedprio(thread, priority);
}

static void set_param(pthread_t thread, int priority)
{
	pthread_setschedparam(thread, SCHED_FIFO,
			      &(struct sched_param){ .sched_priority = priority });
}

/* A, B and C begin at those levels, and one of them is then given LEVEL by @set. */
static void place(const int levels[3], void (*set)(pthread_t, int), int which, const char *want,
		  const char *name)
{
	static const char names[] = "ABC";
	pthread_t threads[3];

	ncame = 0;
	for (int i = 0; i < 3; i++)
		threads[i] = start_at(levels[i], &names[i]);
	set(threads[which], LEVEL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	OK(memcmp(order, want, 3) == 0, name);
}

static void test_places(void)
{
	static const int equal[] = { LEVEL, LEVEL, LEVEL }, above[] = { LEVEL, LEVEL, LEVEL + 1 },
			 below[] = { LEVEL - 1, LEVEL, LEVEL };
	pthread_t thread;

	set_own(SCHED_FIFO, LEVEL + 2);
	place(equal, set_prio, 0, "ABC", "pthread_setschedprio() to what it is: its place stays");
	place(above, set_prio, 2, "CAB", "lowered by it: the first");
	place(below, set_prio, 0, "BCA", "raised by it: the last");
	place(equal, set_param, 0, "BCA", "pthread_setschedparam() to what it is: the last");
	place(above, set_param, 2, "ABC", "lowered by that: the last");
	place(below, set_param, 0, "BCA", "raised by that: the last");
	set_own(SCHED_FIFO, LEVEL);
	thread = start(SCHED_FIFO);
	pthread_setschedprio(pthread_self(), LEVEL);
	IS(has_run, 0, "who runs, and gives itself what it has by the one, runs on");
	set_own(SCHED_FIFO, LEVEL);
	IS(has_run, 1, "by the other the next one runs");
	pthread_join(thread, NULL);
	set_own(SCHED_FIFO, LEVEL + 1);
	thread = start(SCHED_FIFO);
	pthread_setschedprio(pthread_self(), LEVEL);
	IS(has_run, 0, "who lowers itself by the one runs on");
	pthread_join(thread, NULL);
	set_own(SCHED_RR, 16);
}

static void test_calls(void)
{
	struct sched_param param = { .sched_priority = 17 };
	pthread_attr_t attr;
	int policy = -1;

	OK(slice() >= 1000000, "sched_rr_get_interval()");
	IS(sched_getscheduler(0), SCHED_RR, "at first it is SCHED_RR");
	IS(sched_setscheduler(0, SCHED_FIFO, &param), SCHED_RR, "sched_setscheduler() tells which");
	OK(pthread_getschedparam(pthread_self(), &policy, &param) == 0 && policy == SCHED_FIFO &&
		   param.sched_priority == 17,
	   "pthread_getschedparam()");
	param.sched_priority = 16;
	IS(sched_setparam(getpid(), &param), 0, "sched_setparam()");
	param.sched_priority = 0;
	OK(sched_getparam(0, &param) == 0 && param.sched_priority == 16, "sched_getparam()");
	IS(sched_getscheduler(0), SCHED_FIFO, "the policy has stayed");
	sched_setscheduler(0, SCHED_OTHER, &param);
	IS(sched_getscheduler(0), SCHED_RR, "SCHED_OTHER is SCHED_RR");
	OK(sched_setscheduler(0, 77, &param) == -1 && errno == EINVAL, "no such policy: EINVAL");
	OK(sched_getscheduler(31999) == -1 && errno == ESRCH, "no such process: ESRCH");
	OK(sched_get_priority_max(77) == -1 && errno == EINVAL, "no such policy has limits");
	IS(sched_get_priority_max(SCHED_FIFO), 31, "SCHED_FIFO goes up to 31");
	pthread_attr_init(&attr);
	IS(pthread_attr_setschedpolicy(&attr, SCHED_FIFO), 0, "an attribute");
	pthread_attr_getschedpolicy(&attr, &policy);
	IS(policy, SCHED_FIFO, "that is told");
	IS(pthread_attr_setschedpolicy(&attr, 77), EINVAL, "no such policy: EINVAL");
}

/* The exit status tells what one was given. */
static int tell(long a, long b)
{
	struct sched_param param;

	(void)a;
	(void)b;
	sched_getparam(0, &param);
	return sched_getscheduler(0) * 32 + param.sched_priority;
}

static int stranger(long a, long b)
{
	struct sched_param param = { .sched_priority = 17 };

	(void)a;
	(void)b;
	setuid(7);
	if (sched_setscheduler(0, SCHED_FIFO, &param) != -1 || errno != EPERM)
		return 1;
	if (sched_getscheduler(getppid()) != -1)
		return 2;
	param.sched_priority = 16;
	return sched_setscheduler(0, SCHED_FIFO, &param) == SCHED_RR ? 0 : 3;
}

static const struct part parts[] = { { "tell", tell }, { "stranger", stranger }, { 0 } };

static pid_t spawn_with(short flags, int policy, int priority, int *error)
{
	char *argv[] = { tap_self, (char *)"tell", (char *)"0", (char *)"0", NULL };
	struct sched_param param = { .sched_priority = priority };
	posix_spawnattr_t attr;
	pid_t pid = -1;

	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, flags);
	posix_spawnattr_setschedpolicy(&attr, policy);
	posix_spawnattr_setschedparam(&attr, &param);
	*error = posix_spawnp(&pid, tap_self, NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	return pid;
}

static void test_spawn(void)
{
	int error;

	OK(part_ended(spawn_with(0, SCHED_FIFO, 11, &error), SCHED_RR * 32 + 16),
	   "a child is as its parent");
	OK(part_ended(spawn_with(POSIX_SPAWN_SETSCHEDPARAM, SCHED_FIFO, 11, &error),
		      SCHED_RR * 32 + 11),
	   "SETSCHEDPARAM: another priority");
	OK(part_ended(spawn_with(POSIX_SPAWN_SETSCHEDULER, SCHED_FIFO, 12, &error),
		      SCHED_FIFO * 32 + 12),
	   "SETSCHEDULER: another policy too");
	spawn_with(POSIX_SPAWN_SETSCHEDPARAM, SCHED_RR, 32, &error);
	IS(error, EINVAL, "no such priority: EINVAL");
	OK(part_ended(part_start("stranger", 0, 0), 0), "a user may go no higher than he is");
}

static void test(void)
{
	test_calls();
	test_fifo();
	test_places();
	test_spawn();
}

TAP_MAIN(parts, test)
