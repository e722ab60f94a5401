/* SPDX-License-Identifier: MIT */
/*
 * The slots of the MPU as a cache of an address space.  See include/mm/space.h.
 *
 * Replacement is in turn (first in, first out).  mlock leaves as many slots as any instruction needs
 * for what is not locked (mm/lock.c): two for its own halves, two for its data.  The stack that
 * runs has a slot of its own, which is never taken.
 */
#include <croft/mman.h>
#include <errno.h>
#include <mm/space.h>

#include "internal.h"

static struct mm *active;	     /* whose image the hardware holds */
static struct mpu_entry stack_entry; /* what STACK_SLOT holds */

void mm_activate(struct mm *mm, const struct mm_stack *stack)
{
	stack_entry = stack && stack->end ? stack->entry : arch_mpu_empty(STACK_SLOT);
	if (mm != active) {
		struct mpu_entry all[MPU_SLOTS];

		for (unsigned int slot = 0; slot < MM_SLOTS; slot++)
			all[slot] = mm->image[slot];
		all[STACK_SLOT] = stack_entry;
		active = mm;
		arch_mpu_load_all(all);
	} else {
		arch_mpu_load(STACK_SLOT, &stack_entry);
	}
}

void mm_destroy(struct mm *mm)
{
	ASSERT(mm_is_empty(mm));
	if (mm == active)
		active = NULL; /* what it had loaded was flushed with its last mapping */
}

bool mm_is_active(const struct mm *mm)
{
	return mm == active;
}

static enum mpu_memory memory_at(struct mm *mm, addr_t at)
{
	struct vma *vma = mm_find(mm, at);
	struct backing *backing = vma ? vma->region->backing : NULL;

	return backing && backing->kind == BACKING_DEVICE ? MPU_DEVICE : MPU_NORMAL;
}

static void slot_set(struct mm *mm, unsigned int slot, struct mpu_entry entry)
{
	mm->image[slot] = entry;
	if (mm == active)
		arch_mpu_load(slot, &entry);
}

static bool entry_touches(const struct mpu_entry *entry, addr_t start, addr_t end)
{
	struct cover cover;
	unsigned int prot;

	return arch_mpu_decode(entry, &cover, &prot) && cover_touches(&cover, start, end);
}

static bool entry_grants(const struct mpu_entry *entry, addr_t at)
{
	struct cover cover;
	unsigned int prot;

	return arch_mpu_decode(entry, &cover, &prot) && cover_grants(&cover, at);
}

void mm_flush(struct mm *mm, addr_t start, addr_t end)
{
	mm->changes++;
	for (unsigned int slot = 0; slot < MM_SLOTS; slot++)
		if (entry_touches(&mm->image[slot], start, end)) {
			mm->locked &= (uint8_t) ~(1u << slot);
			slot_set(mm, slot, arch_mpu_empty(slot));
		}
	if (mm == active && entry_touches(&stack_entry, start, end)) {
		stack_entry = arch_mpu_empty(STACK_SLOT);
		arch_mpu_load(STACK_SLOT, &stack_entry);
	}
}

bool mm_is_resident(const struct mm *mm, addr_t at)
{
	ASSERT(mm == active);
	for (unsigned int slot = 0; slot < MM_SLOTS; slot++)
		if (entry_grants(&mm->image[slot], at))
			return true;
	return entry_grants(&stack_entry, at);
}

/* The slot that a refill takes: an empty one, or the next in turn that may go. */
static unsigned int slot_pick(struct mm *mm, addr_t sp)
{
	struct cover cover;
	bool needs_sp = !entry_grants(&stack_entry, sp); /* else it has its own slot */
	unsigned int slot, prot;

	for (slot = 0; slot < MM_SLOTS; slot++)
		if (!arch_mpu_decode(&mm->image[slot], &cover, &prot))
			return slot;
	mm->evictions++;
	for (unsigned int turn = 0; turn < 2 * MM_SLOTS; turn++) {
		slot = mm->next_slot;
		mm->next_slot = (uint8_t)((slot + 1) % MM_SLOTS);
		if (!(mm->locked & (1u << slot)) &&
		    !(needs_sp && entry_grants(&mm->image[slot], sp)))
			break;
	}
	return slot;
}

void mm_load(struct mm *mm, addr_t at, unsigned int rights, addr_t start, addr_t end, addr_t sp)
{
	struct cover cover = cover_find(start, end, at);
	unsigned int slot = slot_pick(mm, sp);

	mm->refills++;
	slot_set(mm, slot, arch_mpu_encode(slot, &cover, rights, memory_at(mm, at)));
}

void mm_pin(struct mm *mm, addr_t at)
{
	for (unsigned int slot = 0; slot < MM_SLOTS; slot++)
		if (entry_grants(&mm->image[slot], at))
			mm->locked |= (uint8_t)(1u << slot);
}

void mm_unpin(struct mm *mm)
{
	mm->locked = 0;
}

bool mm_is_stack(const struct mm *mm, addr_t at)
{
	return mm == active && entry_grants(&stack_entry, at);
}

int mm_stack_find(struct mm *mm, addr_t sp, struct mm_stack *stack)
{
	struct vma *vma = mm_find(mm, sp - 1); /* a full stack's pointer is one past its end */
	struct cover cover;

	*stack = (struct mm_stack){ .changes = mm->changes };
	if (!vma || !(vma->flags & VMA_STACK) || !(vma->prot & PROT_WRITE))
		return -EFAULT;
	cover = cover_find(vma->start, vma->end, sp - 1);
	stack->start = vma->start;
	stack->end = vma->end;
	stack->entry = arch_mpu_encode(STACK_SLOT, &cover, vma->prot, MPU_NORMAL);
	return 0;
}

bool mm_stack_holds(struct mm *mm, struct mm_stack *stack)
{
	struct vma *vma;

	if (stack->changes == mm->changes)
		return stack->end != 0;
	vma = mm_find(mm, stack->start);
	stack->changes = mm->changes;
	if (!vma || vma->start != stack->start || vma->end != stack->end ||
	    !(vma->flags & VMA_STACK) || !(vma->prot & PROT_WRITE))
		stack->start = stack->end = 0;
	return stack->end != 0;
}
