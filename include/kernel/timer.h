/* SPDX-License-Identifier: MIT */
/*
 * Time: ticks since boot, and timers that call back.
 *
 * The tick's interrupt only counts; timers run in the kernel, from timer_poll().
 */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include <kernel/types.h>
#include <sys/queue.h>

struct timer {
	TAILQ_ENTRY(timer) link;
	uint64_t deadline; /* ticks */
	bool is_set;
};

/* Ticks since boot.  Context: any. */
uint64_t timer_now(void);

/* Call timer_expired() at @deadline.  Context: kernel. */
void timer_set(struct timer *timer, uint64_t deadline);
void timer_cancel(struct timer *timer);

/* The tick at which an absolute time has come.  -EINVAL: it is none. */
struct timespec;
int timer_from_timespec(const struct timespec *ts, uint64_t *deadline);

/* Run what is due; true when a tick has passed since the last time.  Context: kernel. */
bool timer_poll(void);

void timer_init(uint32_t clock_hz);

/* A timer is due; each belongs to a thread. */
void timer_expired(struct timer *timer);

#define NS_PER_TICK (1000000000u / CONFIG_HZ)

#endif
