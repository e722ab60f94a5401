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
 * The slots are taken in turn, whether they are empty or not, but for the one that grants the instruction
 * itself: what a program walks over would else push out what it runs.
 *
 * Built for speed (mk/kernel.mk).
 */
#include "refill.h"

#include <arch/irq.h>
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
#define SPREAD 0x9e3779b1u

static inline uint32_t places_of(addr_t at)
{
	return (at >> CONFIG_PAGE_SHIFT) * SPREAD;
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
	return !((known->page ^ at >> CONFIG_PAGE_SHIFT) | (known->changes ^ mm->changes));
}

/* The other place of what a place knows. */
static struct known *other_place(const struct known *known)
{
	uint32_t places = (uint32_t)known->page * SPREAD;
	struct known *first = first_place(places);

	return first == known ? second_place(places) : first;
}

/* Where two places know of the space, one of them is to go to its other place, or to be forgotten. */
static struct known *make_place(const struct mm *mm, struct known *first, struct known *second)
{
	static bool turn;
	struct known *known = first, *other;

	if (first->changes != mm->changes)
		return first;
	if (second->changes != mm->changes)
		return second;
	for (unsigned int i = 0; i < 2; i++, known = second) {
		other = other_place(known);
		if (other->changes != mm->changes) {
			*other = *known;
			return known;
		}
	}
	turn = !turn;
	return turn ? second : first;
}

void mm_remember(const struct mm *mm, addr_t at, const struct mpu_entry *entry, struct span span)
{
	uint32_t places = places_of(at);

	if (!mm->nlocked)
		*make_place(mm, first_place(places), second_place(places)) =
			(struct known){ at >> CONFIG_PAGE_SHIFT, mm->changes, *entry, span };
}

void mm_change(struct mm *mm)
{
	struct mm *other;

	if (mm_last_change == UINT32_MAX) { /* all begin anew */
		mm_last_change = 0;
		mm_numbers_are_new = true;
		arch_kernel_request();
		memset(mm_known, 0, sizeof(mm_known));
		LIST_FOREACH(other, &spaces, link)
			other->changes = ++mm_last_change;
	}
	mm->changes = ++mm_last_change;
}

static inline bool is_loaded(const struct mm *mm, const struct known *known)
{
	return MPU_MAY_OVERLAP ? mm->spans[arch_mpu_slot(&known->entry)].start == known->span.start
			       : mm_meets_loaded(mm, known->span);
}

static inline bool is_in(struct span span, addr_t at)
{
	return at - span.start <= span.last - span.start;
}

void mm_refill(addr_t at, enum mm_access access, addr_t sp, addr_t pc)
{
	struct mm *mm = mm_hardware.mm;
	struct known *known;
	struct mpu_entry entry;
	struct span span;
	unsigned int slot;

again:
	known = first_place(places_of(at));
	if (__builtin_expect(!holds(known, mm, at), false)) {
		known = second_place(places_of(at));
		if (!holds(known, mm, at))
			goto long_way;
	}
	entry = known->entry;
	if (access != ACCESS_DATA && !arch_mpu_may_fetch(&entry))
		goto long_way;
	if (__builtin_expect(is_loaded(mm, known), false)) {
		/* A violation, or it was the instruction's second half that was refused. */
		if (access == ACCESS_DATA || at != pc || at + 1 != known->span.last)
			goto long_way;
		at += 2;
		goto again;
	}
	/* What holds a stack pointer elsewhere must stay. */
	if (sp - mm_hardware.stack_start >= mm_hardware.stack_end - mm_hardware.stack_start)
		goto long_way;
	slot = mm->next_slot;
	if (__builtin_expect(is_in(mm->spans[slot], pc), false))
		slot = mm_slot_behind(slot);
	mm->next_slot = (uint8_t)mm_slot_behind(slot);
	mm->refills++;
	span = known->span;
	entry = known->entry = arch_mpu_move(entry, slot);
	arch_mpu_replace(slot, &mm->image[slot], &entry);
	mm->image[slot] = entry;
	mm->spans[slot] = span;
	if (IS_ENABLED(CONFIG_TRACE)) {
		tracing(TRACING_fault, at, access, VERDICT_REFILLED);
		mm_tell_refill(mm, slot, &entry, span);
	}
	return;
long_way:
	arch_refused(access == ACCESS_DATA ? at : pc, access, sp);
}
