/* SPDX-License-Identifier: MIT */
/*
 * The calls about time.
 *
 * The kernel sleeps until a moment, never for a while: the library adds the while to the time it
 * is, and after a signal tells what is left of it.
 */
#include <croft/limits.h>
#include <croft/time.h>
#include <errno.h>
#include <kernel/alarm.h>
#include <kernel/fetch.h>
#include <kernel/proc.h>
#include <kernel/signal.h>
#include <kernel/syscall.h>
#include <mm/uaccess.h>

/* Until a time of CLOCK_REALTIME. */
static struct waitq sleepers = { .threads = TAILQ_HEAD_INITIALIZER(sleepers.threads) };

static bool is_clock(int clock)
{
	return clock == CROFT_CLOCK_REALTIME || clock == CROFT_CLOCK_MONOTONIC;
}

/* When a time of that clock will be; never 0. */
static uint64_t moment(bool is_realtime, uint64_t ns)
{
	return is_realtime ? realtime_deadline(ns) : MAX(ns, 1);
}

static bool can_be_read(int clock)
{
	return is_clock(clock) || clock == CROFT_CLOCK_CPUTIME;
}

static uint64_t read_clock(int clock)
{
	if (clock == CROFT_CLOCK_REALTIME)
		return realtime_now();
	return clock == CROFT_CLOCK_CPUTIME ? timer_counted(sched_ran(current_proc()))
					    : timer_now();
}

long sys_clock_gettime(int clock, uaddr_t to)
{
	struct timespec ts;

	if (!can_be_read(clock))
		return -EINVAL;
	ts = timer_timespec(read_clock(clock));
	return user_write(current_mm(), to, &ts, sizeof(ts));
}

long sys_clock_getres(int clock, uaddr_t to)
{
	struct timespec ts = { .tv_nsec = (long)timer_resolution() };

	if (!can_be_read(clock))
		return -EINVAL;
	return to.addr ? user_write(current_mm(), to, &ts, sizeof(ts)) : 0;
}

long sys_clock_settime(int clock, uaddr_t from)
{
	struct thread *thread;
	uint64_t ns;
	int64_t by;
	int err = fetch_ns(from, &ns);

	if (!err && clock != CROFT_CLOCK_REALTIME)
		err = -EINVAL;
	if (!err && ns > REALTIME_MAX)
		err = -EINVAL;
	if (!err && current_proc()->euid)
		err = -EPERM;
	if (err)
		return err;
	by = realtime_set(ns);
	alarms_shift(by);
	TAILQ_FOREACH(thread, &sleepers.threads, link)
		timer_set(&thread->timer, timer_shifted(timer_deadline(&thread->timer), by));
	return 0;
}

long sys_sleep_until(int clock, uaddr_t until)
{
	uint64_t ns;
	int err = fetch_ns(until, &ns);

	if (!err && !is_clock(clock))
		err = -EINVAL;
	if (err)
		return err;
	ns = moment(clock == CROFT_CLOCK_REALTIME, ns);
	if (ns <= timer_now())
		return 0;
	return thread_sleep_until(clock == CROFT_CLOCK_REALTIME ? &sleepers : NULL, ns);
}

long sys_timer_create(int clock, int notify, int sig, unsigned long value, int tid)
{
	const struct thread *thread = tid ? thread_find(tid) : current;
	struct alarm *alarm;
	int err;

	if (!thread || thread->proc != current_proc())
		return -EINVAL;
	if (!is_clock(clock) || (notify != CROFT_SIGEV_NONE && notify != CROFT_SIGEV_SIGNAL) ||
	    (notify == CROFT_SIGEV_SIGNAL && (sig < 1 || sig > LAST_SIGNAL)))
		return -EINVAL;
	err = alarm_create(current_proc(), notify == CROFT_SIGEV_SIGNAL ? sig : 0, (uint32_t)value,
			   &alarm);
	if (err)
		return err;
	alarm->note.tid = (int16_t)tid;
	alarm->is_realtime = clock == CROFT_CLOCK_REALTIME;
	return alarm->id;
}

/* What an alarm is set to, to a program.  @to: may be 0. */
static int tell(const struct alarm *alarm, uaddr_t to)
{
	struct itimerspec spec = { .it_value = timer_timespec(alarm_left(alarm)),
				   .it_interval = timer_timespec(alarm->interval) };

	return to.addr ? user_write(current_mm(), to, &spec, sizeof(spec)) : 0;
}

/* Set it as a program says, and tell what it was set to. */
static int set(struct alarm *alarm, bool is_absolute, uaddr_t from, uaddr_t old)
{
	struct itimerspec spec;
	uint64_t value, interval;
	int err = user_read(current_mm(), &spec, from, sizeof(spec));

	if (!err)
		err = timer_ns(&spec.it_value, &value);
	if (!err)
		err = timer_ns(&spec.it_interval, &interval);
	if (!err)
		err = tell(alarm, old);
	if (err)
		return err;
	alarm->is_absolute = is_absolute;
	if (value)
		value = is_absolute ? moment(alarm->is_realtime, value) : timer_after(value);
	alarm_set(alarm, value, value ? interval : 0);
	return 0;
}

long sys_timer_settime(int id, int flags, uaddr_t from, uaddr_t old)
{
	struct alarm *alarm = alarm_find(current_proc(), id);

	if (!alarm || (flags & ~CROFT_TIMER_ABSTIME))
		return -EINVAL;
	return set(alarm, flags & CROFT_TIMER_ABSTIME, from, old);
}

long sys_timer_gettime(int id, uaddr_t to)
{
	struct alarm *alarm = alarm_find(current_proc(), id);

	if (!alarm)
		return -EINVAL;
	return to.addr ? tell(alarm, to) : -EFAULT;
}

long sys_timer_getoverrun(int id)
{
	struct alarm *alarm = alarm_find(current_proc(), id);

	return alarm ? (long)alarm->overruns : -EINVAL;
}

long sys_timer_delete(int id)
{
	struct alarm *alarm = alarm_find(current_proc(), id);

	if (!alarm)
		return -EINVAL;
	alarm_delete(alarm);
	return 0;
}

long sys_itimer(uaddr_t from, uaddr_t old)
{
	struct alarm *alarm = &current_proc()->alarm;

	return from.addr ? set(alarm, false, from, old) : tell(alarm, old);
}
