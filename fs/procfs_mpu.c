/* SPDX-License-Identifier: MIT */
/*
 * <pid>/mpu: the entries that cache an address space, and how well they do.
 *
 *	0: 00012000-00014000 r-x off c0		eighths 6 and 7 are not granted
 *	7: 20003000-20003400 rw- off 00 stack
 *	MpuSlots:	8
 *	...
 *
 * An entry is shown from the start of its block to its end, whatever eighths of it are off.
 */
#include "procfs.h"

#include <croft/mman.h>
#include <errno.h>
#include <inttypes.h>
#include <mm/space.h>
#include <stdio.h>

/* What is in a slot; false: nothing. */
static bool slot_of(const struct proc_view *view, unsigned int slot, struct cover *cover,
		    unsigned int *prot)
{
	if (slot == STACK_SLOT)
		return view->stack && view->stack->end &&
		       mm_entry_shown(&view->stack->entry, cover, prot);
	return mm_entry_shown(&view->mm->image[slot], cover, prot);
}

static int put_slot(const struct proc_view *view, unsigned int slot, char line[PROCFS_LINE])
{
	struct cover cover;
	struct span block;
	unsigned int prot;

	if (!slot_of(view, slot, &cover, &prot))
		return sniprintf(line, PROCFS_LINE, "%u: empty\n", slot);
	block = cover_block(&cover);
	return sniprintf(line, PROCFS_LINE, "%u: %08" PRIx32 "-%08" PRIx32 " %c%c%c off %02x%s\n",
			 slot, block.start, block.last + 1, prot & PROT_READ ? 'r' : '-',
			 prot & PROT_WRITE ? 'w' : '-', prot & PROT_EXEC ? 'x' : '-',
			 cover_off(&cover),
			 slot == STACK_SLOT		   ? " stack"
			 : view->mm->locked & (1u << slot) ? " locked"
							   : "");
}

/* Pages behind the ends of what it maps, allocated so that fewer entries cover it. */
static uint32_t waste_of(struct mm *mm)
{
	const struct region *last = NULL;
	const struct vma *vma;
	uint32_t npages = 0;

	for (vma = mm_first(mm, 0, UINT32_MAX); vma;
	     vma = mm_behind(mm, vma->start, vma->end, vma->serial)) {
		if (vma->region != last && !vma->region->is_store)
			npages += (vma->region->top - vma->region->end) >> CONFIG_PAGE_SHIFT;
		last = vma->region;
	}
	return npages;
}

static uint32_t resident(const struct proc_view *view)
{
	struct cover cover;
	unsigned int prot, n = 0;

	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++)
		n += slot_of(view, slot, &cover, &prot);
	return n;
}

static int put_count(char line[PROCFS_LINE], const char *name, uint32_t count)
{
	return sniprintf(line, PROCFS_LINE, "%s:\t%" PRIu32 "\n", name, count);
}

/* Refills in a second, from when the process began. */
static int put_rate(const struct proc_view *view, char line[PROCFS_LINE])
{
	uint64_t ms = (proc_view_uptime() - view->started) / 1000000;
	uint64_t hundredths = (uint64_t)view->mm->refills * 100000 / (ms ? ms : 1);

	return sniprintf(line, PROCFS_LINE, "MpuMissRate:\t%" PRIu32 ".%02" PRIu32 " /s\n",
			 (uint32_t)(hundredths / 100), (uint32_t)(hundredths % 100));
}

int procfs_mpu_line(int pid, struct procfs_place *place, char line[PROCFS_LINE])
{
	uint32_t which = place->at[0]++;
	struct proc_view view;

	if (!proc_view(pid, &view))
		return -ESRCH;
	if (!view.mm)
		return 0;
	if (which < MPU_SLOTS)
		return put_slot(&view, which, line);
	switch (which - MPU_SLOTS) {
	case 0:
		return put_count(line, "MpuSlots", MPU_SLOTS);
	case 1:
		return put_count(line, "MpuResident", resident(&view));
	case 2:
		return put_count(line, "MpuPinned",
				 (uint32_t)__builtin_popcount(view.mm->locked) +
					 (view.stack && view.stack->end));
	case 3:
		return put_count(line, "MpuRefills", view.mm->refills);
	case 4:
		return put_count(line, "MpuEvictions", mm_evictions(view.mm));
	case 5:
		return put_rate(&view, line);
	case 6:
		return sniprintf(line, PROCFS_LINE, "MpuWaste:\t%" PRIu32 " kB\n",
				 waste_of(view.mm) * (PAGE_SIZE / 1024));
	default:
		return 0;
	}
}
