/* SPDX-License-Identifier: MIT */
/* The timers of processes.  See include/kernel/alarm.h. */
#include <croft/signal.h>
#include <errno.h>
#include <kernel/alarm.h>
#include <kernel/proc.h>
#include <kernel/signal.h>
#include <mm/pool.h>

static struct pool alarm_pool = POOL_INIT(struct alarm);

_Static_assert(CONFIG_TIMERS_MAX <= 32, "a bit for each");

static uint32_t sum(uint32_t overruns, uint64_t more)
{
	return (uint32_t)MIN(overruns + more, (uint64_t)INT32_MAX);
}

/* Tell the process.  While it has not taken the last signal, this is one more overrun. */
static void send(struct alarm *alarm, uint64_t missed)
{
	if (alarm->note.is_listed) {
		alarm->overruns = sum(alarm->overruns, missed + 1);
		return;
	}
	alarm->overruns = sum(0, missed);
	signal_send(alarm->proc, &alarm->note);
}

static void expired(struct timer *timer)
{
	struct alarm *alarm = container_of(timer, struct alarm, timer);
	uint64_t now = timer_now(), missed = 0;

	if (alarm->interval) {
		missed = (now - alarm->due) / alarm->interval;
		alarm->due = MIN(alarm->due + (missed + 1) * alarm->interval, TIMER_FAR);
		timer_set(&alarm->timer, MAX(alarm->due, now + ALARM_INTERVAL_MIN));
	} else {
		alarm->due = 0;
	}
	send(alarm, missed);
}

void alarm_init(struct alarm *alarm, struct proc *proc, int sig)
{
	alarm->timer.expired = expired;
	alarm->proc = proc;
	alarm->note.sig = (uint8_t)sig;
	alarm->note.code = CROFT_SI_TIMER;
}

void alarm_set(struct alarm *alarm, uint64_t due, uint64_t interval)
{
	alarm->due = due;
	alarm->interval = interval;
	alarm->overruns = 0;
	if (due)
		timer_set(&alarm->timer, due);
	else
		timer_cancel(&alarm->timer);
}

uint64_t alarm_left(const struct alarm *alarm)
{
	uint64_t now = timer_now();

	if (alarm->due == 0)
		return 0;
	return alarm->due > now ? alarm->due - now : 1; /* it is about to come */
}

int alarm_create(struct proc *proc, int sig, uint32_t value, struct alarm **made)
{
	struct alarm *alarm;
	uint32_t used = 0;
	int id;

	LIST_FOREACH(alarm, &proc->alarms, link)
		used |= 1u << alarm->id;
	id = used == UINT32_MAX ? CONFIG_TIMERS_MAX : __builtin_ctz(~used);
	if (id >= CONFIG_TIMERS_MAX)
		return -EAGAIN;
	alarm = pool_alloc(&alarm_pool);
	if (!alarm)
		return -ENOMEM;
	alarm_init(alarm, proc, sig);
	alarm->note.value = value;
	alarm->id = (uint8_t)id;
	LIST_INSERT_HEAD(&proc->alarms, alarm, link);
	*made = alarm;
	return 0;
}

struct alarm *alarm_find(const struct proc *proc, int id)
{
	struct alarm *alarm;

	LIST_FOREACH(alarm, &proc->alarms, link)
		if (alarm->id == id)
			return alarm;
	return NULL;
}

void alarm_delete(struct alarm *alarm)
{
	timer_cancel(&alarm->timer);
	signal_unsend(alarm->proc, &alarm->note);
	LIST_REMOVE(alarm, link);
	pool_free(&alarm_pool, alarm);
}

void alarms_delete(struct proc *proc)
{
	struct alarm *alarm;

	while ((alarm = LIST_FIRST(&proc->alarms)) != NULL)
		alarm_delete(alarm);
}

void alarms_end(struct proc *proc)
{
	alarms_delete(proc);
	timer_cancel(&proc->alarm.timer);
}

/* An interval that is under way keeps its pace from the new time on. */
void alarms_shift(int64_t by)
{
	struct alarm *alarm;
	struct proc *proc;

	LIST_FOREACH(proc, &procs, link)
		LIST_FOREACH(alarm, &proc->alarms, link)
			if (alarm->due && alarm->is_absolute && alarm->is_realtime) {
				alarm->due = timer_shifted(alarm->due, by);
				timer_set(&alarm->timer, alarm->due);
			}
}
