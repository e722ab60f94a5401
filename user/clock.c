/* SPDX-License-Identifier: MIT */
/*
 * Time: clocks and sleeping.
 */
#include "syscall.h"

#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_US 1000
#define US_PER_S  1000000
#define NS_PER_S  1000000000

int clock_gettime(clockid_t clock, struct timespec *now)
{
	return (int)syscall_result(__sys_clock_gettime((int)clock, now));
}

int _gettimeofday(struct timeval *now, void *zone)
{
	struct timespec ts;

	(void)zone; /* obsolete: no zone is told */
	if (clock_gettime(CLOCK_REALTIME, &ts))
		return -1;
	now->tv_sec = ts.tv_sec;
	now->tv_usec = ts.tv_nsec / NS_PER_US;
	return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) WEAK_ALIAS(_gettimeofday);

static clock_t ticks(const struct timespec *ts)
{
	return (clock_t)ts->tv_sec * CLOCKS_PER_SEC +
	       (clock_t)(ts->tv_nsec / (NS_PER_S / CLOCKS_PER_SEC));
}

/* Where the kernel does not count processor time this fails, and so does clock(). */
clock_t _times(struct tms *used)
{
	struct timespec cpu, now;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) || clock_gettime(CLOCK_MONOTONIC, &now))
		return (clock_t)-1;
	used->tms_utime = ticks(&cpu);
	used->tms_stime = 0;
	used->tms_cutime = 0;
	used->tms_cstime = 0;
	return ticks(&now);
}

clock_t times(struct tms *used) WEAK_ALIAS(_times);

int nanosleep(const struct timespec *request, struct timespec *remain)
{
	return (int)syscall_result(__sys_nanosleep(request, remain));
}

unsigned int sleep(unsigned int seconds)
{
	struct timespec left = { .tv_sec = (time_t)seconds };

	if (nanosleep(&left, &left) == 0)
		return 0;
	return (unsigned int)left.tv_sec + (left.tv_nsec > 0);
}

int usleep(useconds_t us)
{
	struct timespec ts = { .tv_sec = (time_t)(us / US_PER_S),
			       .tv_nsec = (long)(us % US_PER_S) * NS_PER_US };

	return nanosleep(&ts, NULL);
}
