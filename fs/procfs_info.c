/* SPDX-License-Identifier: MIT */
/*
 * The figures of memory, the one that can be set, and the list of segments.
 *
 * Each line is made when it is read, so figures of two lines may be of two moments.
 */
#include "procfs.h"

#include <errno.h>
#include <inttypes.h>
#include <kernel/log.h>
#include <mm/mmap.h>
#include <mm/page.h>
#include <mm/pool.h>
#include <mm/region.h>
#include <mm/shm.h>
#include <stdio.h>

#define KIB_PER_PAGE (PAGE_SIZE / 1024)

static uint32_t private_pages(void)
{
	return region_stats.private_pages;
}

static uint32_t store_pages(void)
{
	return region_stats.store_pages;
}

static uint32_t waste_pages(void)
{
	return region_stats.waste_pages;
}

static const struct figure {
	const char *name;
	uint32_t (*pages)(void);
} figures[] = {
	{ "MemTotal:", page_total },
	{ "MemFree:", page_nfree },
	{ "MemLargest:", page_longest_free },
	{ "MmapCopy:", private_pages }, /* anonymous memory too */
	{ "Shmem:", store_pages },
	{ "Slab:", pool_pages },
	{ "MpuWaste:", waste_pages },
};

int procfs_meminfo_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	const struct figure *figure;

	(void)pid;
	if (place->at[0] >= ARRAY_SIZE(figures))
		return 0;
	figure = &figures[place->at[0]++];
	return sniprintf(line, PROCFS_LINE, "%-15s %8" PRIu32 " kB\n", figure->name,
			 figure->pages() * KIB_PER_PAGE);
}

/* Runs of pages that are held equally often: start-end count N; a free page is held 0 times. */
int procfs_pageinfo_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	addr_t start = place->at[0], end;
	int count = page_run(&start, &end);

	(void)pid;
	if (count < 0)
		return 0;
	place->at[0] = end;
	return sniprintf(line, PROCFS_LINE, "%08" PRIx32 "-%08" PRIx32 " count %d\n", start, end,
			 count);
}

int procfs_uptime_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	uint64_t up = proc_view_uptime() / 10000000, idle = proc_view_idle() / 10000000;

	(void)pid;
	if (place->at[0]++)
		return 0;
	return sniprintf(line, PROCFS_LINE, "%" PRIu32 ".%02" PRIu32 " %" PRIu32 ".%02" PRIu32 "\n",
			 (uint32_t)(up / 100), (uint32_t)(up % 100), (uint32_t)(idle / 100),
			 (uint32_t)(idle % 100));
}

int procfs_version_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	(void)pid;
	if (place->at[0]++)
		return 0;
	return sniprintf(line, PROCFS_LINE, "%s", proc_view_version);
}

/* As on Linux for one processor; the clock's has no number.  The place is 0 for the header, then
 * the line after the last one told, and 1. */
int procfs_interrupts_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	int irq = (int)place->at[0];
	const char *name;
	uint32_t count;

	(void)pid;
	switch (place->at[1]) {
	case 0:
		place->at[1] = 1;
		return sniprintf(line, PROCFS_LINE, "           CPU0\n");
	case 1:
		name = proc_view_irq(&irq, &count);
		place->at[0] = (uint32_t)irq + 1;
		if (name)
			return sniprintf(line, PROCFS_LINE, "%3d: %10" PRIu32 "      NVIC  %s\n",
					 irq, count, name);
		place->at[1] = 2;
		return sniprintf(line, PROCFS_LINE, "CLK: %10" PRIu32 "   SysTick  clock\n",
				 proc_view_clock_interrupts());
	default:
		return 0;
	}
}

int procfs_trim_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	(void)pid;
	if (place->at[0]++)
		return 0;
	return sniprintf(line, PROCFS_LINE, "%" PRIu32 "\n", mm_nr_trim_pages);
}

ssize_t procfs_trim_write(const char *from, size_t len)
{
	uint32_t value = 0;
	size_t i;

	for (i = 0; i < len && from[i] >= '0' && from[i] <= '9'; i++) {
		value = value * 10 + (uint32_t)(from[i] - '0');
		if (value > UINT16_MAX) /* no run of pages is longer */
			return -EINVAL;
	}
	if (i == 0 || i + 1 < len || (i < len && from[i] != '\n'))
		return -EINVAL;
	mm_nr_trim_pages = value;
	return (ssize_t)len;
}

int procfs_kmsg_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	(void)pid;
	return (int)log_line(&place->at[0], line, PROCFS_LINE - 1);
}

int procfs_core_to_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	(void)pid;
	if (place->at[0]++)
		return 0;
	return sniprintf(line, PROCFS_LINE, "%s\n", proc_view_core_to());
}

ssize_t procfs_core_to_write(const char *from, size_t len)
{
	size_t name_len = len > 0 && from[len - 1] == '\n' ? len - 1 : len;

	return proc_view_set_core_to(from, name_len) ? (ssize_t)len : -EINVAL;
}

/* As on Linux, without what a machine that swaps would add. */
static int put_segment(int id, const struct shmid_ds *ds, char line[PROCFS_LINE])
{
	const struct ipc_perm *perm = &ds->shm_perm;
	int len;

	len = sniprintf(line, PROCFS_LINE, "%10ld %10d  %4o %10lu %5d %5d  %5lu ", (long)perm->key,
			id, (unsigned int)perm->mode, (unsigned long)ds->shm_segsz,
			(int)ds->shm_cpid, (int)ds->shm_lpid, (unsigned long)ds->shm_nattch);
	return len + sniprintf(line + len, (size_t)(PROCFS_LINE - len),
			       "%5u %5u %5u %5u %10lu %10lu %10lu\n", (unsigned int)perm->uid,
			       (unsigned int)perm->gid, (unsigned int)perm->cuid,
			       (unsigned int)perm->cgid, (unsigned long)ds->shm_atime,
			       (unsigned long)ds->shm_dtime, (unsigned long)ds->shm_ctime);
}

/* The place is 0 for the header, then 1 and the next slot. */
int procfs_shm_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	static const struct shm_caller superuser; /* may see all of them */
	static struct shmid_ds ds;		  /* too large for the stack */

	(void)pid;
	if (place->at[0]++ == 0)
		return sniprintf(line, PROCFS_LINE,
				 "       key      shmid perms       size  cpid  lpid nattch   uid"
				 "   gid  cuid  cgid      atime      dtime      ctime\n");
	for (; place->at[0] - 2 < CONFIG_SHMMNI; place->at[0]++) {
		int id = shm_stat_slot(&superuser, (int)place->at[0] - 2, &ds);

		if (id >= 0)
			return put_segment(id, &ds, line);
	}
	return 0;
}
