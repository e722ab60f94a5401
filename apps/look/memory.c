/* SPDX-License-Identifier: MIT */
/* free, maps, mpu: how much memory, whose mappings, which entries. */
#include "look.h"

#include <stdio.h>
#include <stdlib.h>

#define MEMINFO "/proc/meminfo"

int run_free(int argc, char **argv)
{
	unsigned long all = figure(MEMINFO, "MemTotal:"), unused = figure(MEMINFO, "MemFree:");

	(void)argv;
	if (argc > 1)
		return STATUS_USAGE;
	out("kB         total      used      free   largest    shared   private   records\n");
	out("Mem:  %10lu%10lu%10lu%10lu%10lu%10lu%10lu\n", all, all - unused, unused,
	    figure(MEMINFO, "MemLargest:"), figure(MEMINFO, "Shmem:"), figure(MEMINFO, "MmapCopy:"),
	    figure(MEMINFO, "Slab:"));
	return 0;
}

int run_maps(int argc, char **argv)
{
	if (argc > 2)
		return STATUS_USAGE;
	return argc == 2 ? text_show_of(argv[1], "maps") : text_show("/proc/maps");
}

static void put_entries(const struct task *task)
{
	char path[PATH_LEN];

	sniprintf(path, sizeof(path), "/proc/%d/mpu", task->pid);
	out("%5d %4lu %6lu %8lu %8lu %8lu %6lu %s\n", task->pid, figure(path, "MpuResident:\t"),
	    figure(path, "MpuPinned:\t"), figure(path, "MpuRefills:\t"),
	    figure(path, "MpuEvictions:\t"), figure(path, "MpuMissRate:\t"),
	    figure(path, "MpuWaste:\t"), task->name);
}

int run_mpu(int argc, char **argv)
{
	struct task task;

	if (argc > 2)
		return STATUS_USAGE;
	if (argc == 2)
		return text_show_of(argv[1], "mpu");
	out("  PID USED PINNED  REFILLS  EVICTED   MISS/S  WASTE COMMAND\n");
	for (int pid = task_next(0); pid; pid = task_next(pid))
		if (task_read(pid, &task) && task.state != 'Z')
			put_entries(&task);
	return 0;
}
