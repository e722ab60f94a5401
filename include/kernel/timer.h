/* SPDX-License-Identifier: MIT */
/*
 * Time: nanoseconds since boot, and timers that call back.
 *
 * There is no tick.  The clock counts by itself; the machine's one alarm stands at the first thing
 * that is due, a timer or the end of a time slice, or before it, and its interrupt only asks for the
 * kernel.
 * Timers run in the kernel, from timer_poll(), never early.
 *
 * Deadlines are in ns since boot.  UINT64_MAX ns are 584 years, so a sum that would be more is cut
 * to TIMER_FAR, which never comes.
 */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include <kernel/types.h>
#include <lib/tree.h>
#include <time.h>

#define NS_PER_S  1000000000u
#define NS_PER_MS 1000000u
#define TIMER_FAR ((uint64_t)INT64_MAX)

struct timer {
	struct tree_node node;		      /* first */
	uint64_t due;			      /* counts of the clock */
	void (*expired)(struct timer *timer); /* it is not set then; it may set or free it */
	bool is_set;
};

/* Counts of the clock in the time slice of a thread. */
extern uint32_t timer_slice;

/* ns since boot; never goes back.  Context: kernel. */
uint64_t timer_now(void);

/* ns in so many counts of the clock, rounded down. */
uint64_t timer_counted(uint64_t counts);

/* ns from now; at most TIMER_FAR. */
uint64_t timer_after(uint64_t ns);

/* Call timer->expired at @deadline, and no more at what was set before.  O(log timers). */
void timer_set(struct timer *timer, uint64_t deadline);
void timer_cancel(struct timer *timer);

/* ns in a time, at most TIMER_FAR.  -EINVAL: it is none. */
int timer_ns(const struct timespec *ts, uint64_t *ns);

struct timespec timer_timespec(uint64_t ns);

/* The deadline of one that is set. */
uint64_t timer_deadline(const struct timer *timer);

/* Run what is due.  true: the alarm has come.  Context: kernel. */
bool timer_poll(void);

/* Have the kernel asked for when the clock is at @at (counts), or before. */
void timer_arm(uint64_t at);

void timer_init(uint32_t clock_hz);

/* ns between two values of the clock, rounded up. */
uint32_t timer_resolution(void);

/* The time of day, in ns since 1970. */
uint64_t realtime_now(void);

/* Set it, to REALTIME_MAX at most.  Deadlines that were times of it are to be @return ns later. */
#define REALTIME_MAX (TIMER_FAR / 2)
int64_t realtime_set(uint64_t ns);

/* @deadline, later by so much; never 0. */
uint64_t timer_shifted(uint64_t deadline, int64_t by);

/* The ns since boot at which that clock tells @ns, as it is set now; never 0. */
uint64_t realtime_deadline(uint64_t ns);

#endif
