/* SPDX-License-Identifier: MIT */
/*
 * Timers, once they are made (timer_create.c).
 */
#include "syscall.h"

#include <signal.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_US 1000
#define US_PER_S  1000000

int timer_settime(timer_t timer, int flags, const struct itimerspec *restrict value,
		  struct itimerspec *restrict old)
{
	return (int)__call_timer_settime((int)timer, flags, value, old);
}

int timer_gettime(timer_t timer, struct itimerspec *value)
{
	return (int)__call_timer_gettime((int)timer, value);
}

int timer_getoverrun(timer_t timer)
{
	return (int)__call_timer_getoverrun((int)timer);
}

/* Up: what is left is not told as nothing. */
static struct timeval timeval(const struct timespec *ts)
{
	struct timeval tv = { .tv_sec = ts->tv_sec,
			      .tv_usec = (ts->tv_nsec + NS_PER_US - 1) / NS_PER_US };

	if (tv.tv_usec == US_PER_S) {
		tv.tv_sec++;
		tv.tv_usec = 0;
	}
	return tv;
}

/* One that is none stays so: the kernel says EINVAL. */
static struct timespec timespec(const struct timeval *tv)
{
	long us = (long)tv->tv_usec;

	return (struct timespec){ .tv_sec = tv->tv_sec,
				  .tv_nsec = us < 0 || us >= US_PER_S ? -1 : us * NS_PER_US };
}

int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict old)
{
	struct itimerspec spec, before;

	if (which != ITIMER_REAL) {
		errno = EINVAL;
		return -1;
	}
	if (value) {
		spec.it_value = timespec(&value->it_value);
		spec.it_interval = timespec(&value->it_interval);
	}
	if (__call_itimer(value ? &spec : NULL, &before))
		return -1;
	if (old) {
		old->it_value = timeval(&before.it_value);
		old->it_interval = timeval(&before.it_interval);
	}
	return 0;
}

int getitimer(int which, struct itimerval *value)
{
	return setitimer(which, NULL, value);
}

unsigned int alarm(unsigned int seconds)
{
	struct itimerspec spec = { .it_value = { .tv_sec = (time_t)seconds } }, before;

	__sys_itimer(&spec, &before);
	return (unsigned int)before.it_value.tv_sec + (before.it_value.tv_nsec > 0);
}
