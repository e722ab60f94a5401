/* SPDX-License-Identifier: MIT */
/* Timers that send signals: once, again and again, stopped, forgotten; and alarm(). */
#include <signal.h>
#include <sys/time.h>
#include <time.h>

#include "tap.h"

#define MS   1000000LL /* nanoseconds */
#define S    1000000000LL
#define LATE (500 * MS)

static volatile int count, alarms;

static int64_t now(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * S + ts.tv_nsec;
}

static struct timespec timespec(int64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / S), .tv_nsec = (long)(ns % S) };
}

static void sleep_ms(int64_t ms)
{
	struct timespec until = timespec(now() + ms * MS);

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

static int set(timer_t timer, int flags, int64_t value, int64_t interval)
{
	struct itimerspec spec = { .it_value = timespec(value), .it_interval = timespec(interval) };

	return timer_settime(timer, flags, &spec, NULL);
}

static void on_timer(int sig)
{
	(void)sig;
	count++;
}

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

static timer_t make(int sig)
{
	struct sigevent event = { .sigev_notify = sig ? SIGEV_SIGNAL : SIGEV_NONE,
				  .sigev_signo = sig };
	timer_t timer = 99;

	timer_create(CLOCK_MONOTONIC, &event, &timer);
	return timer;
}

/* Wait for an alarm that nobody handles. */
static int die(long a, long b)
{
	(void)a, (void)b;
	alarm(1);
	sleep_ms(10000);
	return 0;
}

/* End, or, with @a, be killed, with as many timers as can be had, which are soon due. */
static int leave(long a, long b)
{
	(void)b;
	for (timer_t timer; (timer = make(SIGUSR1)) != 99;)
		set(timer, 0, 5 * MS, 1);
	alarm(1);
	while (a)
		;
	return 0;
}

/* Set a timer and an alarm, and become another program: of @b, "after". */
static int become(long a, long b)
{
	char *argv[] = { tap_self, "after", "0", "0", NULL };

	(void)a, (void)b;
	set(make(SIGUSR1), 0, 50 * MS, 0);
	alarm(1);
	execve(tap_self[0] == '/' ? tap_self : "/bin/time_timers", argv, environ);
	return 1;
}

static int after(long a, long b)
{
	struct itimerval left;

	(void)a, (void)b;
	sleep_ms(150); /* the timer would have killed */
	getitimer(ITIMER_REAL, &left);
	errno = 0;
	return set(0, 0, 1, 0) == -1 && errno == EINVAL &&
			       (left.it_value.tv_sec || left.it_value.tv_usec)
		       ? 0
		       : 2;
}

static const struct part parts[] = {
	{ "die", die }, { "leave", leave }, { "become", become }, { "after", after }, { 0 }
};

static void test_once(void)
{
	timer_t timer = make(SIGUSR1);
	struct itimerspec spec;
	int64_t start = now();

	IS(set(timer, 0, 30 * MS, 0), 0, "a timer for 30 ms");
	IS(timer_gettime(timer, &spec), 0, "timer_gettime");
	OK(spec.it_value.tv_sec == 0 && spec.it_value.tv_nsec > 0 &&
		   spec.it_value.tv_nsec <= 30 * MS,
	   "tells what is left");
	while (!count && now() < start + S)
		;
	OK(count == 1 && now() - start >= 30 * MS, "comes, not early");
	sleep_ms(50);
	IS(count, 1, "once");
	timer_gettime(timer, &spec);
	OK(spec.it_value.tv_sec == 0 && spec.it_value.tv_nsec == 0, "and is not set then");
	IS(timer_getoverrun(timer), 0, "no overruns");

	set(timer, 0, 20 * MS, 0);
	set(timer, 0, 0, 0);
	sleep_ms(40);
	IS(count, 1, "a timer that was stopped does not come");
	set(timer, TIMER_ABSTIME, 1, 0);
	sleep_ms(1);
	IS(count, 2, "one for a time that is past comes at once");
	IS(timer_delete(timer), 0, "timer_delete");
	errno = 0;
	OK(timer_delete(timer) == -1 && errno == EINVAL, "is for once");
}

static void test_periodic(void)
{
	timer_t timer = make(SIGUSR1);
	struct itimerspec spec, old;
	int64_t start = now();
	sigset_t usr1 = 1u << SIGUSR1;
	int periods, overruns;

	count = 0;
	set(timer, TIMER_ABSTIME, start + 10 * MS, 10 * MS);
	while (count < 10 && now() < start + 20 * S)
		;
	periods = count;
	OK(periods >= 10 && now() - start >= periods * 10 * MS, "no period is less than 10 ms");
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	count = 0;
	set(timer, 0, 10 * MS, 10 * MS);
	start = now();
	sleep_ms(105);
	spec = (struct itimerspec){ 0 };
	IS(timer_settime(timer, 0, &spec, &old), 0, "stop it");
	periods = (int)((now() - start) / (10 * MS));
	OK(old.it_interval.tv_nsec == 10 * MS && old.it_value.tv_nsec > 0,
	   "and be told what it was");
	set(timer, 0, 10 * MS, 10 * MS);
	start = now();
	sleep_ms(105);
	periods = (int)((now() - start) / (10 * MS));
	sigprocmask(SIG_UNBLOCK, &usr1, NULL);
	overruns = timer_getoverrun(timer);
	OK(count >= 1 && overruns >= 7 && overruns <= periods,
	   "what came while blocked is overruns");
	note("overruns", overruns);
	set(timer, 0, 1, 1);
	start = now();
	count = 0;
	sleep_ms(50);
	OK(count > 0 && count <= (now() - start) / MS + 1,
	   "a tiny interval is no storm of signals");
	note("signals in 50 ms", count);
	timer_delete(timer);
}

static void test_many(void)
{
	timer_t timers[40], other;
	int n = 0;

	while (n < 40 && (timers[n] = make(0)) != 99)
		n++;
	OK(n >= 4 && n <= 32, "a process has some timers");
	IS(errno, EAGAIN, "but not any number: EAGAIN");
	for (int i = 0; i < n; i++)
		set(timers[i], 0, (i * 7 % 5 + 1) * MS, 0);
	sleep_ms(20);
	IS(n, n, "SIGEV_NONE: nothing happens");
	for (int i = 0; i < n; i++)
		timer_delete(timers[i]);
	errno = 0;
	OK(timer_create(77, NULL, &other) == -1 && errno == EINVAL, "no such clock");
	OK(make(0) != 99 && timer_delete(0) == 0, "they are free again");
	OK(make(32) == 99 && errno == EINVAL, "no such signal");
	OK(set(5, 0, 1, 1) == -1 && errno == EINVAL, "no such timer");
	other = make(0);
	OK(set(other, 0, S * 5 - 1, S) == 0, "a long one");
	errno = 0;
	OK(timer_settime(other, 0, (void *)16, NULL) == -1 && errno == EFAULT, "EFAULT");
	timer_delete(other);
}

static void test_alarm(void)
{
	struct itimerval every = { .it_value = { 0, 10000 }, .it_interval = { 0, 10000 } }, old;
	int64_t start = now();

	IS(alarm(100), 0, "alarm");
	IS(alarm(1), 100, "is replaced");
	pause();
	OK(alarms == 1 && now() - start >= S && now() - start < 2 * S + LATE, "and comes");
	IS(alarm(0), 0, "none is left");
	IS(setitimer(ITIMER_REAL, &every, NULL), 0, "setitimer");
	while (alarms < 4 && now() < start + 20 * S)
		pause();
	IS(alarms, 4, "comes again and again");
	every = (struct itimerval){ 0 };
	setitimer(ITIMER_REAL, &every, &old);
	IS(old.it_interval.tv_usec, 10000, "and tells its interval");
	OK(setitimer(ITIMER_VIRTUAL, &every, NULL) == -1 && errno == EINVAL,
	   "time used is not counted");
	OK(part_died(part_start("die", 0, 0), SIGALRM), "an alarm that is not handled kills");
}

static void test_end(void)
{
	long free_pages = system_info(INFO_FREE_PAGES);
	pid_t pid;
	int good = 1;

	for (int i = 0; i < 10; i++)
		good &= part_ended(part_start("leave", 0, 0), 0);
	OK(good, "ten processes end with timers set");
	pid = part_start("leave", 1, 0);
	OK(part_died(pid, SIGUSR1), "one is killed by its own");
	sleep_ms(1200);
	OK(1, "nothing of them comes later");
	OK(part_ended(part_start("become", 0, 0), 0),
	   "exec takes timers away, and leaves the alarm");
	IS(system_info(INFO_FREE_PAGES), free_pages, "no page is lost");
}

static void test(void)
{
	struct sigaction action = { .sa_handler = on_timer };

	sigaction(SIGUSR1, &action, NULL);
	action.sa_handler = on_alarm;
	sigaction(SIGALRM, &action, NULL);
	test_once();
	test_periodic();
	test_many();
	test_alarm();
	test_end();
}

TAP_MAIN(parts, test)
