/* SPDX-License-Identifier: MIT */
/*
 * What is told of one process: <pid>/status for people, <pid>/stat for programs.
 *
 * Names, units and order are those of Linux (proc_pid_status(5), proc_pid_stat(5)); docs/proc.md
 * tells what each means here.
 */
#include "procfs.h"

#include <croft/mman.h>
#include <errno.h>
#include <inttypes.h>
#include <mm/page.h>
#include <mm/space.h>
#include <stdio.h>
#include <string.h>

#define USER_HZ	     100u /* clock ticks a second, as sysconf(_SC_CLK_TCK) has them */
#define NS_PER_TICK  (1000000000u / USER_HZ)
#define PAGES_IN_KIB (PAGE_SIZE / 1024)

/* How much of an address space is what, in pages. */
struct sizes {
	uint32_t all, locked, resident, data, stack, text;
};

static struct sizes sizes_of(struct mm *mm)
{
	struct sizes sizes = { 0 };
	const struct vma *vma;

	for (vma = mm_first(mm, 0, UINT32_MAX); vma;
	     vma = mm_behind(mm, vma->start, vma->end, vma->serial)) {
		uint32_t npages = (vma->end - vma->start) >> CONFIG_PAGE_SHIFT;

		sizes.all += npages;
		sizes.locked += vma->flags & VMA_LOCKED ? npages : 0;
		sizes.resident += page_count(vma->start) >= 0 ? npages : 0;
		if (vma->flags & VMA_STACK)
			sizes.stack += npages;
		else if (vma->prot & PROT_EXEC)
			sizes.text += npages;
		else if ((vma->prot & PROT_WRITE) && !(vma->flags & VMA_SHARED))
			sizes.data += npages;
	}
	return sizes;
}

static const char *state_name(char state)
{
	switch (state) {
	case 'R':
		return "R (running)";
	case 'T':
		return "T (stopped)";
	case 'Z':
		return "Z (zombie)";
	default:
		return "S (sleeping)";
	}
}

static int put_kib(char *line, const char *name, uint32_t npages)
{
	return sniprintf(line, PROCFS_LINE, "%s:\t%8" PRIu32 " kB\n", name, npages * PAGES_IN_KIB);
}

/* A set of signals, which here are bits 1 to 31 and on Linux 0 to 63. */
static int put_signals(char *line, const char *name, uint32_t set)
{
	return sniprintf(line, PROCFS_LINE, "%s:\t00000000%08" PRIx32 "\n", name, set >> 1);
}

static int put_id(char *line, const char *name, int id)
{
	return sniprintf(line, PROCFS_LINE, "%s:\t%d\n", name, id);
}

static int put_ids(char *line, const char *name, unsigned int real, unsigned int effective)
{
	return sniprintf(line, PROCFS_LINE, "%s:\t%u\t%u\t%u\t%u\n", name, real, effective,
			 effective, effective);
}

/* The lines in their order; those of memory are left out of a process that has none. */
enum status_line {
	LINE_NAME,
	LINE_STATE,
	LINE_TGID,
	LINE_PID,
	LINE_PPID,
	LINE_UID,
	LINE_GID,
	LINE_MEMORY,
	LINE_THREADS = LINE_MEMORY + sizeof(struct sizes) / sizeof(uint32_t),
	LINE_SIGNALS,
};

/* In the order of struct sizes. */
static const char memory_names[][7] = { "VmSize", "VmLck", "VmRSS", "VmData", "VmStk", "VmExe" };
static const char signal_names[][7] = { "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt" };

static int put_memory(char *line, unsigned int which, struct mm *mm)
{
	struct sizes sizes = mm ? sizes_of(mm) : (struct sizes){ 0 }; /* it has ended since */
	uint32_t npages[ARRAY_SIZE(memory_names)];

	memcpy(npages, &sizes, sizeof(npages));
	return put_kib(line, memory_names[which], npages[which]);
}

static int put_signal_set(char *line, unsigned int which, const struct proc_view *view)
{
	const uint32_t sets[] = { view->pending, view->all_pending, view->blocked, view->ignored,
				  view->handled };

	if (which >= ARRAY_SIZE(sets))
		return 0;
	return put_signals(line, signal_names[which], sets[which]);
}

int procfs_status_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	uint32_t which = place->at[0]++;
	struct proc_view view;

	if (!proc_view(pid, &view))
		return -ESRCH;
	switch (which) {
	case LINE_NAME:
		return sniprintf(line, PROCFS_LINE, "Name:\t%s\n", view.name);
	case LINE_STATE:
		return sniprintf(line, PROCFS_LINE, "State:\t%s\n", state_name(view.state));
	case LINE_TGID:
		return put_id(line, "Tgid", pid);
	case LINE_PID:
		return put_id(line, "Pid", pid);
	case LINE_PPID:
		return put_id(line, "PPid", view.ppid);
	case LINE_UID:
		return put_ids(line, "Uid", view.uid, view.euid);
	case LINE_GID:
		if (!view.mm)
			place->at[0] = LINE_THREADS;
		return put_ids(line, "Gid", view.gid, view.egid);
	case LINE_THREADS:
		return put_id(line, "Threads", (int)view.nthreads);
	default:
		break;
	}
	if (which >= LINE_SIGNALS)
		return put_signal_set(line, which - LINE_SIGNALS, &view);
	return put_memory(line, which - LINE_MEMORY, view.mm);
}

static uint32_t ticks(uint64_t ns)
{
	return (uint32_t)(ns / NS_PER_TICK);
}

/* Fields 1 to 22: who it is, and what it has had of the processor. */
static int put_stat_times(const struct proc_view *view, char line[PROCFS_LINE])
{
	return sniprintf(line, PROCFS_LINE,
			 "%d (%s) %c %d %d 0 0 %d 0 %" PRIu32 " 0 0 0 %" PRIu32 " 0 %" PRIu32
			 " 0 %d 0 %u 0 %" PRIu32,
			 view->pid, view->name, view->state, view->ppid, view->pgid,
			 view->front_pgid ? view->front_pgid : -1, view->mm ? view->mm->refills : 0,
			 ticks(view->ran), ticks(view->children_ran), -1 - (int)view->priority,
			 view->nthreads, ticks(view->started));
}

/* Fields 23 to 37: its memory and its signals. */
static int put_stat_memory(const struct proc_view *view, char line[PROCFS_LINE])
{
	struct sizes sizes = view->mm ? sizes_of(view->mm) : (struct sizes){ 0 };

	return sniprintf(line, PROCFS_LINE,
			 " %" PRIu32 " %" PRIu32 " %" PRIu32 " 0 0 %" PRIu32 " 0 0 %" PRIu32
			 " %" PRIu32 " %" PRIu32 " %" PRIu32 " 0 0 0",
			 sizes.all << CONFIG_PAGE_SHIFT, sizes.resident,
			 view->mm && view->mm->max_pages < UINT32_MAX >> CONFIG_PAGE_SHIFT
				 ? view->mm->max_pages << CONFIG_PAGE_SHIFT
				 : UINT32_MAX,
			 view->stack ? view->stack->end : 0,
			 (view->pending | view->all_pending) >> 1, view->blocked >> 1,
			 view->ignored >> 1, view->handled >> 1);
}

/* Fields 38 to 52: how it is scheduled, where its heap is, how it ended. */
static int put_stat_rest(const struct proc_view *view, char line[PROCFS_LINE])
{
	return sniprintf(line, PROCFS_LINE, " 17 0 %u %u 0 0 0 0 0 %" PRIu32 " 0 0 0 0 %d\n",
			 view->priority, view->policy, view->mm ? view->mm->heap_start : 0,
			 view->status);
}

int procfs_stat_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	struct proc_view view;

	if (!proc_view(pid, &view))
		return -ESRCH;
	switch (place->at[0]++) {
	case 0:
		return put_stat_times(&view, line);
	case 1:
		return put_stat_memory(&view, line);
	case 2:
		return put_stat_rest(&view, line);
	default:
		return 0;
	}
}
