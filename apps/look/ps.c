/* SPDX-License-Identifier: MIT */
/* ps and top: the processes, once or again and again. */
#include "look.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TICKS_PER_S 100
#define TASKS	    32 /* of which top knows what they had in the round before */

/* m:ss.hh */
static void put_time(unsigned long ticks)
{
	out("%4lu:%02lu.%02lu ", ticks / 6000, ticks / 100 % 60, ticks % 100);
}

int run_ps(int argc, char **argv)
{
	struct task task;

	(void)argv;
	if (argc > 1)
		return STATUS_USAGE;
	out("  PID  PPID S PRI THR       TIME    RSS COMMAND\n");
	for (int pid = task_next(0); pid; pid = task_next(pid)) {
		if (!task_read(pid, &task))
			continue;
		out("%5d %5d %c %3d %3d ", pid, task.ppid, task.state, task.priority, task.threads);
		put_time(task.ticks);
		out("%6lu %s\n", task.resident_kb, task.name);
	}
	return 0;
}

/* Ticks since boot, and those in which nothing ran. */
static unsigned long uptime(unsigned long *idle)
{
	char *at;
	unsigned long ticks[2] = { 0, 0 };

	*idle = 0;
	if (!text_open("/proc/uptime") || !(at = text_next()))
		return 0;
	text_close();
	for (int i = 0; i < 2; i++) {
		ticks[i] = strtoul(at, &at, 10) * TICKS_PER_S;
		ticks[i] += strtoul(at + 1, &at, 10); /* two digits behind the point */
	}
	*idle = ticks[1];
	return ticks[0];
}

static struct {
	int pid;
	unsigned long ticks, misses;
} before[TASKS];
static unsigned long up_before, idle_before;

/* What a process had in the round before; what began since had nothing. */
static void forget_before(struct task *task, unsigned int slot)
{
	unsigned long ticks = task->ticks, misses = task->misses;

	for (unsigned int i = 0; i < TASKS; i++)
		if (before[i].pid == task->pid) {
			task->ticks -= before[i].ticks;
			task->misses -= before[i].misses;
			before[i].pid = 0;
		}
	if (slot < TASKS) {
		before[slot].ticks = ticks;
		before[slot].misses = misses;
	}
}

static void put_task(struct task *task, unsigned int slot, unsigned long passed)
{
	unsigned long all = task->ticks, tenths;

	forget_before(task, slot);
	tenths = task->ticks * 1000 / passed;
	out("%5d %c %3d %3lu.%lu %7lu ", task->pid, task->state, task->priority, tenths / 10,
	    tenths % 10, task->misses * TICKS_PER_S / passed);
	put_time(all);
	out("%6lu %s\n", task->resident_kb, task->name);
}

static void put_round(void)
{
	unsigned long idle, up = uptime(&idle), passed = up - up_before, tenths;
	int pids[TASKS] = { 0 };
	struct task task;
	unsigned int n = 0;

	passed = passed ? passed : 1;
	tenths = (idle - idle_before) * 1000 / passed;
	out("up %lu.%02lu s, %lu.%lu %% idle; %lu kB free of %lu, longest run %lu\n", up / 100,
	    up % 100, tenths / 10, tenths % 10, figure("/proc/meminfo", "MemFree:"),
	    figure("/proc/meminfo", "MemTotal:"), figure("/proc/meminfo", "MemLargest:"));
	out("  PID S PRI  %%CPU  MISS/S       TIME    RSS COMMAND\n");
	for (int pid = task_next(0); pid; pid = task_next(pid)) {
		if (!task_read(pid, &task))
			continue;
		put_task(&task, n, passed);
		if (n < TASKS)
			pids[n++] = pid;
	}
	for (n = 0; n < TASKS; n++)
		before[n].pid = pids[n];
	up_before = up;
	idle_before = idle;
	out_flush();
}

int run_top(int argc, char **argv)
{
	int rounds = -1, seconds = 1, option, at = 1;
	const char *value;

	while ((option = option_next(argv, &at, "nd", &value))) {
		if (option == 'n')
			rounds = atoi(value);
		else if (option == 'd')
			seconds = atoi(value);
		else
			return STATUS_USAGE;
	}
	if (at < argc || rounds == 0 || seconds < 1)
		return STATUS_USAGE;
	for (;;) {
		if (rounds < 0)
			out("\x1b[H\x1b[2J");
		put_round();
		if (rounds > 0 && --rounds == 0)
			return 0;
		sleep((unsigned int)seconds);
	}
}
