/* SPDX-License-Identifier: MIT */
/*
 * The short way of a refill: the mapping is one that was refilled before, and one entry covers it whole.
 * Whatever is not plain goes the long way, by mm_fault(), which judges.
 *
 * mm_known has VMAs of any space, by an address in them.  A VMA is in it once at most, at vma->known, and
 * leaves it with its record.  What it grants is read from the VMA itself each time.
 *
 * Built for speed (mk/kernel.mk).
 */
#include <croft/mman.h>
#include <kernel/tracing.h>
#include <mm/fault.h>

#include "internal.h"

struct vma *mm_known[CONFIG_VMA_CACHE];

/* Pages in a row, and such as lie evenly apart, should not meet. */
static inline unsigned int known_at(addr_t at)
{
	addr_t page = at >> CONFIG_PAGE_SHIFT;

	return (page ^ page / CONFIG_VMA_CACHE) % CONFIG_VMA_CACHE;
}

void mm_remember(struct vma *vma, addr_t at)
{
	mm_forget(vma);
	vma->known = known_at(at) & (VMA_KNOWN_MAX - 1);
	mm_known[vma->known] = vma;
}

void mm_forget(const struct vma *vma)
{
	if (mm_known[vma->known] == vma)
		mm_known[vma->known] = NULL;
}

bool mm_refill(addr_t at, unsigned int want, addr_t sp)
{
	struct mm *mm = mm_hardware.mm;
	struct vma *vma = mm_known[known_at(at)];
	unsigned int slot = mm->next_slot;
	struct mpu_entry entry;

	if (!vma || vma->mm != mm || at - vma->start >= vma->end - vma->start ||
	    !mm_loads_whole(vma) || !(vma->prot & want))
		return false;
	/* Loaded already: then it is a violation.  No other slot holds a part of it. */
	if (mm->spans[vma->slot].start == vma->start)
		return false;
	if (!MPU_MAY_OVERLAP && (vma->flags & VMA_LOCKED))
		return false; /* it is to be pinned again */
	/* Any slot may be taken, the next in turn. */
	if (mm->loaded != (mpu_slots_t)((1u << MM_SLOTS) - 1) || mm->locked ||
	    sp - mm_hardware.stack_start >= mm_hardware.stack_end - mm_hardware.stack_start)
		return false;
	mm->next_slot = (uint8_t)(slot + 1 < MM_SLOTS ? slot + 1 : 0);
	mm->evictions++;
	entry = arch_mpu_place(vma->entry, vma->start, slot);
	mm->image[slot] = entry;
	mm->spans[slot] = (struct span){ vma->start, vma->end - 1 };
	vma->slot = (uint8_t)slot;
	arch_mpu_load_slot(slot, &entry);
	if (IS_ENABLED(CONFIG_TRACE)) {
		tracing(TRACING_fault, at, want == PROT_EXEC, VERDICT_REFILLED);
		mm_tell_refill(mm, slot, &entry, mm->spans[slot]);
	}
	return true;
}
