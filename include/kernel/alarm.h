/* SPDX-License-Identifier: MIT */
/*
 * Alarms: the timers of a process, which send it a signal.
 *
 * A process has one of its own, for alarm() and setitimer(), and up to CONFIG_TIMERS_MAX made by
 * timer_create(), which are on its list.  None lives longer than the process; those on the list go
 * with its program, too.
 *
 * Context: kernel.
 */
#ifndef KERNEL_ALARM_H
#define KERNEL_ALARM_H

#include <kernel/note.h>
#include <kernel/timer.h>
#include <sys/queue.h>

struct proc;

/* A shorter interval is kept, but several of its ends come as one, and count as overruns: what
 * one process sets must not take the processor from others. */
#define ALARM_INTERVAL_MIN NS_PER_MS

struct alarm {
	struct timer timer;
	uint64_t due;	   /* ns since boot; 0: it is not set */
	uint64_t interval; /* ns; 0: it comes once */
	struct proc *proc;
	LIST_ENTRY(alarm) link;
	uint32_t overruns; /* that came together with the last signal */
	struct note note;  /* its sig is 0: there is nothing to send */
	uint8_t id;
	bool is_realtime;
	bool is_absolute; /* in CLOCK_REALTIME: goes by when that is set */
};

LIST_HEAD(alarm_list, alarm);

/* Prepare the one of a new process. */
void alarm_init(struct alarm *alarm, struct proc *proc, int sig);

/* Set or, with @due 0, stop it. */
void alarm_set(struct alarm *alarm, uint64_t due, uint64_t interval);

/* ns until it comes next; 0: it is not set. */
uint64_t alarm_left(const struct alarm *alarm);

/* One more for a process, which sends @sig with @value: 0, -EAGAIN (it has as many as it may), -ENOMEM. */
int alarm_create(struct proc *proc, int sig, uint32_t value, struct alarm **made);
struct alarm *alarm_find(const struct proc *proc, int id);
void alarm_delete(struct alarm *alarm);

/* All those on the list of a process go, and, when it ends, its own one stops. */
void alarms_delete(struct proc *proc);
void alarms_end(struct proc *proc);

/* CLOCK_REALTIME has been set: alarms at a time of it come @by ns later. */
void alarms_shift(int64_t by);

#endif
