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
#define TIME_MAX  ((time_t)((1ULL << (8 * sizeof(time_t) - 1)) - 1))

int clock_gettime(clockid_t clock, struct timespec *now)
{
	return (int)__call_clock_gettime((int)clock, now);
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

/* All of it as user time: what the kernel did for the process is not told apart. */
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

/* Only one's own can be read. */
int clock_getcpuclockid(pid_t pid, clockid_t *clock)
{
	int error = errno, result = 0;

	if (pid != 0 && pid != getpid()) {
		result = kill(pid, 0) && errno == ESRCH ? ESRCH : EPERM;
		errno = error;
		return result;
	}
	*clock = CLOCK_PROCESS_CPUTIME_ID;
	return 0;
}

int clock_settime(clockid_t clock, const struct timespec *now)
{
	return (int)__call_clock_settime((int)clock, now);
}

int clock_getres(clockid_t clock, struct timespec *resolution)
{
	return (int)__call_clock_getres((int)clock, resolution);
}

static int is_time(const struct timespec *ts)
{
	return ts->tv_sec >= 0 && ts->tv_nsec >= 0 && ts->tv_nsec < NS_PER_S;
}

/* @a + @sign * @b, not more than there is. */
static struct timespec sum(const struct timespec *a, int sign, const struct timespec *b)
{
	struct timespec ts = { .tv_nsec = a->tv_nsec + sign * b->tv_nsec };

	if (__builtin_add_overflow(a->tv_sec, sign * b->tv_sec, &ts.tv_sec))
		return (struct timespec){ .tv_sec = TIME_MAX, .tv_nsec = 0 };
	if (ts.tv_nsec < 0) {
		ts.tv_nsec += NS_PER_S;
		ts.tv_sec--;
	} else if (ts.tv_nsec >= NS_PER_S) {
		ts.tv_nsec -= NS_PER_S;
		ts.tv_sec += ts.tv_sec < TIME_MAX;
	}
	return ts;
}

static int sleep_until(clockid_t clock, const struct timespec *until)
{
	return (int)-(__croft_cancel_5
			      ? __croft_cancel_5((long)clock, (long)until, 0, 0, 0, SYS_sleep_until)
			      : __sys_sleep_until((int)clock, until));
}

/*
 * Sleeping for a while is sleeping until then: by the clock that nobody sets.  The time in a signal's
 * handler counts as slept.  Returns the error, as clock_nanosleep() does.
 */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *request,
		    struct timespec *remain)
{
	struct timespec now, until;
	int err;

	if (flags & TIMER_ABSTIME)
		return sleep_until(clock, request);
	if ((clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) || !is_time(request))
		return EINVAL;
	clock_gettime(CLOCK_MONOTONIC, &now);
	until = sum(&now, 1, request);
	err = sleep_until(CLOCK_MONOTONIC, &until);
	if (err == EINTR && remain) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		*remain = sum(&until, -1, &now);
		if (!is_time(remain))
			*remain = (struct timespec){ 0 };
	}
	return err;
}

int nanosleep(const struct timespec *request, struct timespec *remain)
{
	int err = clock_nanosleep(CLOCK_REALTIME, 0, request, remain);

	if (err)
		errno = err;
	return err ? -1 : 0;
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
