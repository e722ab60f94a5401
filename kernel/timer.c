/* SPDX-License-Identifier: MIT */
/*
 * Time and timers.  See include/kernel/timer.h.
 *
 * The clock counts at its own rate; ns are made of counts by division, with the remainder kept, so
 * that nothing adds up.  Counts to ns is rounded down and ns to counts up: when the clock has come
 * to counts_of(deadline), timer_now() is at least the deadline.
 */
#include <arch/tick.h>
#include <errno.h>
#include <kernel/thread.h>
#include <mm/shm.h>

static struct tree timers;		  /* by when they are due; of one time, who was set first */
static uint64_t armed = ARCH_CLOCK_NEVER; /* where the alarm stands, or stood before it came */
static uint32_t nns, ncounts;		  /* so many ns are so many counts, in lowest terms */
static time_t second;			  /* the time of day, until the clock is at second_until */
static uint64_t second_until;
static uint64_t realtime_offset; /* ns from boot to 1970, modulo 2^64 */

uint32_t timer_slice;

static struct timer *timer_of(struct tree_node *node)
{
	return (struct timer *)node;
}

static uint64_t ns_of(uint64_t counts)
{
	return counts / ncounts * nns + counts % ncounts * nns / ncounts;
}

static uint64_t counts_of(uint64_t ns)
{
	return ns / nns * ncounts + (ns % nns * ncounts + nns - 1) / nns;
}

void timer_init(uint32_t clock_hz)
{
	uint32_t a = NS_PER_S, b = clock_hz;

	while (b) {
		uint32_t rest = a % b;

		a = b;
		b = rest;
	}
	nns = NS_PER_S / a;
	ncounts = clock_hz / a;
	timer_slice = clock_hz / 1000 * CONFIG_TIME_SLICE_MS;
	arch_clock_start(clock_hz);
}

uint64_t timer_now(void)
{
	return ns_of(arch_clock_now());
}

uint64_t timer_after(uint64_t ns)
{
	return MIN(timer_now() + MIN(ns, TIMER_FAR), TIMER_FAR);
}

uint64_t timer_counted(uint64_t counts)
{
	return ns_of(counts);
}

uint32_t timer_resolution(void)
{
	return (nns + ncounts - 1) / ncounts;
}

/* An alarm that is to come and too early stays: that it comes for nothing, once, costs less than to set
 * it at every switch. */
void timer_arm(uint64_t at)
{
	if (at >= armed)
		return;
	armed = at;
	arch_clock_alarm(at);
}

void timer_set(struct timer *timer, uint64_t deadline)
{
	struct tree_node *parent, **link;

	timer_cancel(timer);
	timer->due = counts_of(MIN(deadline, TIMER_FAR));
	timer->is_set = true;
	link = tree_top(&timers, &parent);
	while (*link)
		link = tree_down(link, &parent, timer->due >= timer_of(*link)->due);
	tree_insert(&timers, &timer->node, parent, link);
	timer_arm(timer->due);
}

uint64_t timer_deadline(const struct timer *timer)
{
	return ns_of(timer->due);
}

/* The alarm stays: that it comes for nothing costs less than to set it anew. */
void timer_cancel(struct timer *timer)
{
	if (timer->is_set)
		tree_remove(&timers, &timer->node);
	timer->is_set = false;
}

int timer_ns(const struct timespec *ts, uint64_t *ns)
{
	if (ts->tv_sec < 0 || ts->tv_nsec < 0 || ts->tv_nsec >= (long)NS_PER_S)
		return -EINVAL;
	*ns = (uint64_t)ts->tv_sec >= TIMER_FAR / NS_PER_S
		      ? TIMER_FAR
		      : (uint64_t)ts->tv_sec * NS_PER_S + (uint32_t)ts->tv_nsec;
	return 0;
}

struct timespec timer_timespec(uint64_t ns)
{
	return (struct timespec){ .tv_sec = (time_t)(ns / NS_PER_S),
				  .tv_nsec = (long)(ns % NS_PER_S) };
}

bool timer_poll(void)
{
	struct timer *timer;
	uint64_t now = arch_clock_now();

	if (armed > now)
		return false;
	armed = ARCH_CLOCK_NEVER;
	while ((timer = timer_of(tree_end(&timers, 0))) != NULL && timer->due <= now) {
		timer_cancel(timer);
		timer->expired(timer);
	}
	if (timer)
		timer_arm(timer->due);
	return true;
}

uint64_t realtime_now(void)
{
	return timer_now() + realtime_offset;
}

/* The offset is within REALTIME_MAX of 0, so the sign of the difference is right. */
uint64_t realtime_deadline(uint64_t ns)
{
	uint64_t deadline = MIN(ns, REALTIME_MAX) - realtime_offset;

	return (int64_t)deadline > 0 ? deadline : 1;
}

int64_t realtime_set(uint64_t ns)
{
	uint64_t before = realtime_offset;

	realtime_offset = ns - timer_now();
	second_until = 0;
	return (int64_t)(before - realtime_offset);
}

uint64_t timer_shifted(uint64_t deadline, int64_t by)
{
	uint64_t shifted = deadline + (uint64_t)by;

	if (by > 0)
		return MIN(shifted, TIMER_FAR);
	return (int64_t)shifted > 0 ? shifted : 1;
}

time_t clock_seconds(void)
{
	uint64_t now = arch_clock_now();

	if (now >= second_until) {
		uint64_t ns = ns_of(now);
		struct timespec ts = timer_timespec(ns + realtime_offset);

		second = ts.tv_sec;
		second_until = counts_of(ns + NS_PER_S - (uint32_t)ts.tv_nsec);
	}
	return second;
}
