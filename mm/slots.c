/* SPDX-License-Identifier: MIT */
/*
 * The slots of the MPU as a cache of an address space.  See include/mm/space.h.
 *
 * Replacement is in turn (first in, first out); what has become empty is next.  mlock leaves as many slots as any instruction needs
 * for what is not locked (mm/lock.c): two for its own halves, two for its data.  The stack that
 * runs has a slot of its own, which is never taken.
 *
 * Where entries that are loaded must not overlap (MPU_MAY_OVERLAP), what an entry is to grant is made free
 * before it is loaded: the stack's stays, and any other goes.  That happens where a mapping has grown, has
 * been joined from pieces, or is the stack of a thread that runs now.
 */
#include <croft/mman.h>
#include <errno.h>
#include <kernel/tracing.h>
#include <mm/space.h>

#include "internal.h"
#include "refill.h"

struct mm_hardware mm_hardware;

static bool touches(struct span span, addr_t start, addr_t end)
{
	return span.start < end && start <= span.last;
}

static bool grants(struct span span, addr_t at)
{
	return span.start <= at && at <= span.last;
}

static void slot_set(struct mm *mm, unsigned int slot, struct mpu_entry entry)
{
	mm->image[slot] = entry;
	if (mm == mm_hardware.mm)
		arch_mpu_load(slot, &entry);
}

static void slot_clear(struct mm *mm, unsigned int slot)
{
	tracing(TRACING_drop, (uint32_t)mm->pid, slot);
	if (mm->locked & (1u << slot))
		mm_unpin(mm, mm->spans[slot].start, mm->spans[slot].last + 1);
	mm->spans[slot] = SPAN_NONE;
	mm->drops++;
	mm->next_slot = (uint8_t)slot;
	slot_set(mm, slot, arch_mpu_empty(slot));
}

/* Empty the slots that grant any of a range. */
static void clear_range(struct mm *mm, addr_t start, addr_t end)
{
	for (unsigned int slot = MM_SLOTS; slot-- > 0;) /* the lowest is the next to be taken */
		if (touches(mm->spans[slot], start, end))
			slot_clear(mm, slot);
}

static void stack_clear(void)
{
	struct mpu_entry empty = arch_mpu_empty(STACK_SLOT);

	mm_hardware.stack_start = mm_hardware.stack_end = 0;
	arch_mpu_load(STACK_SLOT, &empty);
}

static bool is_on_stack(addr_t at)
{
	return mm_hardware.stack_start <= at && at < mm_hardware.stack_end;
}

static bool touches_stack(addr_t start, addr_t end)
{
	return mm_hardware.stack_start < end && start < mm_hardware.stack_end;
}

void mm_make_room(struct mm *mm, const struct mm_stack *stack)
{
	clear_range(mm, stack->start, stack->end);
}

void mm_activate(struct mm *mm, const struct mm_stack *stack)
{
	if (stack && stack->end) {
		mm_switch(mm, stack);
		return;
	}
	mm_hardware.mm = mm;
	arch_mpu_load_image(mm->image);
	stack_clear();
}

void mm_destroy(struct mm *mm)
{
	ASSERT(mm_is_empty(mm));
	LIST_REMOVE(mm, link);
	if (mm == mm_hardware.mm)
		mm_hardware.mm = NULL; /* what it had loaded was flushed with its last mapping */
}

bool mm_entry_shown(const struct mpu_entry *entry, struct cover *cover, unsigned int *prot)
{
	return arch_mpu_decode(entry, cover, prot);
}

bool mm_is_active(const struct mm *mm)
{
	return mm == mm_hardware.mm;
}

static enum mpu_memory memory_of(const struct vma *vma)
{
	const struct backing *backing = vma->region->backing;

	return backing && backing->kind == BACKING_DEVICE ? MPU_DEVICE : MPU_NORMAL;
}

void mm_flush(struct mm *mm, addr_t start, addr_t end)
{
	mm_change(mm);
	clear_range(mm, start, end);
	if (mm == mm_hardware.mm && touches_stack(start, end))
		stack_clear();
}

/* Another VMA that grants all of the range that this one does, or NULL. */
static struct vma *find_cover(const struct vma *vma, addr_t start, addr_t end)
{
	struct vma *other = vma_is_alone(vma) ? NULL : mm_first(vma->mm, start, end);

	for (; other; other = mm_next(other, start, end))
		if (other != vma && other->start <= start && end <= other->end &&
		    !(vma->prot & ~(unsigned int)other->prot))
			return other;
	return NULL;
}

void mm_flush_vma(const struct vma *vma, addr_t start, addr_t end)
{
	struct vma *other;

	if (!(vma->flags & VMA_CACHED))
		return;
	other = find_cover(vma, start, end);
	if (other)
		other->flags |= VMA_CACHED;
	else
		mm_flush(vma->mm, start, end);
}

/* What grants anything grants reading, so only what grants more can add to it. */
void mm_flush_new(const struct vma *vma)
{
	if (!vma_is_alone(vma) && (vma->prot & ~PROT_READ) &&
	    !find_cover(vma, vma->start, vma->end))
		mm_flush(vma->mm, vma->start, vma->end);
}

unsigned int mm_resident(const struct mm *mm)
{
	unsigned int n = 0;

	for (unsigned int slot = 0; slot < MM_SLOTS; slot++)
		n += mm->spans[slot].start != SPAN_NONE.start;
	return n;
}

bool mm_is_resident(const struct mm *mm, addr_t at)
{
	ASSERT(mm == mm_hardware.mm);
	for (unsigned int slot = 0; slot < MM_SLOTS; slot++)
		if (grants(mm->spans[slot], at))
			return true;
	return is_on_stack(at);
}

/* The slot that a refill takes: the next in turn that may go. */
static unsigned int slot_pick(struct mm *mm, addr_t sp)
{
	bool needs_sp = !is_on_stack(sp); /* else it has its own slot */
	unsigned int slot;

	for (unsigned int turn = 0; turn < 2 * MM_SLOTS; turn++) {
		slot = mm->next_slot;
		mm->next_slot = (uint8_t)mm_slot_behind(slot);
		if (!(mm->locked & (1u << slot)) && !(needs_sp && grants(mm->spans[slot], sp)))
			break;
	}
	return slot;
}

void mm_tell_refill(const struct mm *mm, unsigned int slot, const struct mpu_entry *entry,
		    struct span span)
{
	struct cover cover;
	unsigned int prot;

	if (IS_ENABLED(CONFIG_TRACE) && arch_mpu_decode(entry, &cover, &prot))
		tracing(TRACING_refill, (uint32_t)mm->pid, slot, span.start, span.last, prot);
}

static void load(struct mm *mm, unsigned int slot, struct mpu_entry entry, struct span span)
{
	mm->refills++;
	mm->spans[slot] = span;
	mm_tell_refill(mm, slot, &entry, span);
	slot_set(mm, slot, entry);
}

/*
 * Make way for an entry for @at: it is to grant no byte that another does.  What that takes of a mapping
 * that mlock has pinned is pinned again by the refill that brings it back, as long as any instruction finds
 * the slots it needs.
 */
static void make_way(struct mm *mm, addr_t at, addr_t *start, addr_t *end)
{
	if (touches_stack(*start, *end)) {
		if (mm_hardware.stack_start > at)
			*end = mm_hardware.stack_start;
		else
			*start = mm_hardware.stack_end;
	}
	clear_range(mm, *start, *end);
}

static void load_best(struct mm *mm, addr_t at, unsigned int rights, addr_t start, addr_t end,
		      addr_t sp)
{
	struct cover cover = cover_find(start, end, at);
	struct span span = cover_span(&cover, start, end);
	struct vma *vma = mm_find(mm, at);
	unsigned int slot = slot_pick(mm, sp);
	struct mpu_entry entry = arch_mpu_encode(slot, &cover, rights, memory_of(vma));

	mm_rely_on(mm, at);
	load(mm, slot, entry, span);
	if (vma->flags & VMA_LOCKED)
		mm_pin_loaded(mm, slot);
	mm_remember(mm, at, &entry, span);
}

void mm_load(struct mm *mm, addr_t at, unsigned int rights, addr_t start, addr_t end, addr_t sp)
{
	if (!MPU_MAY_OVERLAP)
		make_way(mm, at, &start, &end);
	load_best(mm, at, rights, start, end, sp);
}

bool mm_meets_loaded(const struct mm *mm, struct span span)
{
	for (unsigned int slot = 0; slot < MM_SLOTS; slot++)
		if (touches(mm->spans[slot], span.start, span.last + 1))
			return true;
	return touches_stack(span.start, span.last + 1);
}

bool mm_give_way(addr_t at)
{
	if (MPU_KERNEL_WRITES || !mm_hardware.mm || !mm_is_resident(mm_hardware.mm, at))
		return false;
	clear_range(mm_hardware.mm, at, at + 1);
	return !mm_is_resident(mm_hardware.mm, at); /* the stack's: no */
}

/* Of the slots that grant an address one that reaches up to @last, or MM_SLOTS; those that do not go. */
static unsigned int find_reaching(struct mm *mm, addr_t at, addr_t last)
{
	unsigned int slot = 0;

	for (; slot < MM_SLOTS; slot++) {
		if (!grants(mm->spans[slot], at))
			continue;
		if (mm->spans[slot].last >= last)
			break;
		slot_clear(mm, slot);
	}
	return slot;
}

void mm_pin(struct mm *mm, addr_t at, unsigned int rights, addr_t start, addr_t end, addr_t last)
{
	unsigned int slot = find_reaching(mm, at, last);

	if (slot == MM_SLOTS) {
		mm_load(mm, at, rights, start, end, 0);
		slot = find_reaching(mm, at, at);
	}
	mm->locked |= (mpu_slots_t)(1u << slot);
}

void mm_unpin(struct mm *mm, addr_t start, addr_t end)
{
	for (unsigned int slot = 0; slot < MM_SLOTS; slot++)
		if (touches(mm->spans[slot], start, end))
			mm->locked &= (mpu_slots_t) ~(1u << slot);
	mm->overflows = false;
	mm->pin_from = MIN(mm->pin_from, start);
	mm->pin_to = MAX(mm->pin_to, end);
}

bool mm_is_stack(const struct mm *mm, addr_t at)
{
	return mm == mm_hardware.mm && is_on_stack(at);
}

static bool is_stack(const struct vma *vma)
{
	return vma && (vma->flags & VMA_STACK) && (vma->prot & PROT_WRITE);
}

int mm_stack_find(struct mm *mm, addr_t sp, struct mm_stack *stack)
{
	struct vma *vma = mm_find(mm, sp - 1); /* a full stack's pointer is one past its end */
	struct cover cover;
	struct span span;

	stack->changes = mm->changes;
	stack->start = stack->end = 0;
	if (!is_stack(vma))
		return -EFAULT;
	vma->flags |= VMA_CACHED;
	cover = cover_find(vma->start, vma->end, sp - 1);
	span = cover_span(&cover, vma->start, vma->end);
	stack->start = span.start;
	stack->end = span.last + 1;
	stack->entry = arch_mpu_encode(STACK_SLOT, &cover, vma->prot, MPU_NORMAL);
	return 0;
}

bool mm_stack_is_there(struct mm *mm, struct mm_stack *stack)
{
	struct vma *vma = mm_find(mm, stack->start);

	stack->changes = mm->changes;
	if (!is_stack(vma) || vma->start > stack->start || vma->end < stack->end)
		stack->start = stack->end = 0;
	else
		vma->flags |= VMA_CACHED; /* perhaps another than it was found in */
	return stack->end != 0;
}
