/* SPDX-License-Identifier: MIT */
/* Time and timers.  See include/kernel/timer.h. */
#include <arch/context.h>
#include <arch/irq.h>
#include <errno.h>
#include <kernel/timer.h>
#include <mm/shm.h>
#include <time.h>

static TAILQ_HEAD(, timer) timers = TAILQ_HEAD_INITIALIZER(timers); /* by deadline */

static volatile uint32_t ticks_low; /* counted by the interrupt */
static uint64_t seen;		    /* ticks that timer_poll() has looked at */

static void tick_irq(void)
{
	ticks_low++;
	arch_kernel_request();
}

void timer_init(uint32_t clock_hz)
{
	arch_tick_start(clock_hz, tick_irq);
}

uint64_t timer_now(void)
{
	/* The interrupt's count is 32 bits; what was seen before tells the rest. */
	return seen + (uint32_t)(ticks_low - (uint32_t)seen);
}

void timer_set(struct timer *timer, uint64_t deadline)
{
	struct timer *later;

	timer_cancel(timer);
	timer->deadline = deadline;
	timer->is_set = true;
	TAILQ_FOREACH(later, &timers, link)
		if (later->deadline > deadline) {
			TAILQ_INSERT_BEFORE(later, timer, link);
			return;
		}
	TAILQ_INSERT_TAIL(&timers, timer, link);
}

void timer_cancel(struct timer *timer)
{
	if (timer->is_set)
		TAILQ_REMOVE(&timers, timer, link);
	timer->is_set = false;
}

int timer_from_timespec(const struct timespec *ts, uint64_t *deadline)
{
	if (ts->tv_sec < 0 || ts->tv_nsec < 0 || ts->tv_nsec >= 1000000000)
		return -EINVAL;
	/* Up: never early. */
	*deadline = (uint64_t)ts->tv_sec * CONFIG_HZ +
		    ((uint32_t)ts->tv_nsec + NS_PER_TICK - 1) / NS_PER_TICK;
	return 0;
}

time_t clock_seconds(void)
{
	return (time_t)(timer_now() / CONFIG_HZ);
}

bool timer_poll(void)
{
	uint64_t now = timer_now();
	struct timer *timer;

	if (now == seen)
		return false;
	seen = now;
	while ((timer = TAILQ_FIRST(&timers)) != NULL && timer->deadline <= now) {
		timer_cancel(timer);
		timer_expired(timer);
	}
	return true;
}
