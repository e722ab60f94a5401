/* SPDX-License-Identifier: MIT */
/* Taking all that a process may have of a kind, until it is refused.  What is taken goes with the process. */
#ifndef HOG_H
#define HOG_H

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static inline void hog_memory(void)
{
	for (size_t len = 65536; len >= 512;)
		if (mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
		    MAP_FAILED)
			len /= 2;
}

static inline void hog_pipes(void)
{
	int fds[2];

	while (pipe(fds) == 0)
		write(fds[1], "full", 4);
}

static inline void *hog_rest(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static inline void hog_threads(void)
{
	pthread_t thread;

	while (pthread_create(&thread, NULL, hog_rest, NULL) == 0)
		;
}

/* Those that expire often.  @notify: SIGEV_NONE, or SIGEV_SIGNAL with SIGUSR1. */
static inline void hog_timers(int notify)
{
	struct sigevent event = { .sigev_notify = notify, .sigev_signo = SIGUSR1 };
	struct itimerspec often = { .it_value.tv_nsec = 1, .it_interval.tv_nsec = 1 };
	timer_t timer;

	while (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0)
		timer_settime(timer, 0, &often, NULL);
}

/* Signals to oneself, which are blocked. */
static inline void hog_signals(void)
{
	while (sigqueue(getpid(), SIGUSR2, (union sigval){ .sival_int = 1 }) == 0)
		;
}

#endif
