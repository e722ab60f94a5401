/* SPDX-License-Identifier: MIT */
/*
 * The short way of a refill: what is loaded was loaded before, and a table still knows what it was.
 * Whatever is not plain goes the long way, by mm_fault(), which judges.
 *
 * The table is of all spaces.  What it knows was found when the space's changes had a number that no space
 * has had before or will have (mm_change), so it holds as long as that is the space's number.
 *
 * An entry that is loaded is told by where it starts, in the slot that was taken last.  Where several pages
 * know the same entry, an access that is a violation may so load it twice; the next try finds it.  Where
 * entries must not overlap, all slots are looked at.
 *
 * Built for speed (mk/kernel.mk).
 */
#include "refill.h"

#include <arch/irq.h>
#include <croft/mman.h>
#include <kernel/tracing.h>
#include <mm/fault.h>
#include <string.h>

#include "internal.h"

struct known mm_known[CONFIG_REFILL_CACHE];
uint32_t mm_last_change;
bool mm_numbers_are_new;

#define LOG2 ((unsigned int)__builtin_ctz(CONFIG_REFILL_CACHE))

_Static_assert(CONFIG_REFILL_CACHE == 1u << LOG2, "a power of two");

/*
 * What is known of a page is in one of two places.  Pages that share one, be they in a row or evenly apart,
 * seldom share the other: bits of the page number times the golden ratio.
 */
static inline uint32_t places_of(addr_t at)
{
	return (at >> CONFIG_PAGE_SHIFT) * 0x9e3779b1u;
}

static inline struct known *first_place(uint32_t places)
{
	return &mm_known[places >> (32 - LOG2)];
}

static inline struct known *second_place(uint32_t places)
{
	return &mm_known[places >> (32 - 2 * LOG2) & (CONFIG_REFILL_CACHE - 1)];
}

static inline bool holds(const struct known *known, const struct mm *mm, addr_t at)
{
	return known->changes == mm->changes &&
	       at - known->span.start <= known->span.last - known->span.start;
}

void mm_remember(const struct mm *mm, addr_t at, const struct known *what)
{
	static bool turn;
	uint32_t places = places_of(at);
	struct known *first = first_place(places), *second = second_place(places);

	if (mm->nlocked)
		return;
	if (first->changes == mm->changes && second->changes == mm->changes)
		turn = !turn;
	else
		turn = first->changes == mm->changes;
	*(turn ? second : first) = *what;
}

void mm_change(struct mm *mm)
{
	struct mm *other;

	if (mm_last_change == UINT32_MAX) { /* all begin anew */
		mm_last_change = 0;
		mm_numbers_are_new = true;
		arch_kernel_request();
		memset(mm_known, 0, sizeof(mm_known));
		LIST_FOREACH(other, &spaces, link) {
			other->changes = ++mm_last_change;
			other->pinned_at = 0;
		}
	}
	mm->changes = ++mm_last_change;
}

static inline bool is_loaded(const struct mm *mm, const struct known *known)
{
	return MPU_MAY_OVERLAP ? mm->spans[known->slot].start == known->span.start
			       : mm_meets_loaded(mm, known->span);
}

bool mm_refill(addr_t at, unsigned int want, addr_t sp)
{
	struct mm *mm = mm_hardware.mm;
	uint32_t places = places_of(at);
	struct known *known = first_place(places);
	struct mpu_entry entry;
	unsigned int slot = mm->next_slot;

	if (!holds(known, mm, at)) {
		known = second_place(places);
		if (!holds(known, mm, at))
			return false;
	}
	if (!(known->prot & want))
		return false;
	/* Then it is a violation, or it was the instruction's second half that was refused. */
	if (is_loaded(mm, known))
		return want == PROT_EXEC && at + 1 == known->span.last &&
		       mm_refill(at + 2, want, sp);
	/* May the next slot in turn be taken?  None is locked, where something is known. */
	if (mm->loaded != (mpu_slots_t)((1u << MM_SLOTS) - 1) ||
	    sp - mm_hardware.stack_start >= mm_hardware.stack_end - mm_hardware.stack_start)
		return false;
	mm->next_slot = (uint8_t)(slot + 1 < MM_SLOTS ? slot + 1 : 0);
	mm->evictions++;
	entry = arch_mpu_move(known->entry, slot);
	mm->image[slot] = entry;
	mm->spans[slot] = known->span;
	known->slot = (uint8_t)slot;
	arch_mpu_load_slot(slot, &entry);
	if (IS_ENABLED(CONFIG_TRACE)) {
		tracing(TRACING_fault, at, want == PROT_EXEC, VERDICT_REFILLED);
		mm_tell_refill(mm, slot, &entry, known->span);
	}
	return true;
}
