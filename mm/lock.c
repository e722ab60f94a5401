/* SPDX-License-Identifier: MIT */
/*
 * mlock: mappings whose protection entries stay loaded.  See include/mm/mmap.h.
 *
 * The lock is on whole VMAs (VMA_LOCKED); pinning their slots follows from it, and is done anew
 * after every change that drops entries, before a thread of the space goes on.  The entry of the stack
 * that runs is always loaded, so it takes no slot.
 */
#include <croft/mman.h>
#include <errno.h>
#include <mm/mmap.h>

#include "internal.h"

/* Call @visit for one address of each entry that the VMA takes; returns how many. */
static unsigned int each_entry(struct vma *vma, void (*visit)(struct mm *mm, addr_t at))
{
	unsigned int n = 0;
	addr_t at = vma->start;

	while (at < vma->end) {
		addr_t start, end;
		int rights = mm_rights(vma->mm, at, &start, &end);
		struct cover cover = cover_find(start, end, at);
		addr_t last = cover_block(&cover).last;

		if (rights > 0 && !mm_is_stack(vma->mm, at)) {
			n++;
			if (visit)
				visit(vma->mm, at);
		}
		at = last < end - 1 ? last + 1 : end;
	}
	return n;
}

static void load_and_pin(struct mm *mm, addr_t at)
{
	addr_t start, end;
	int rights = mm_rights(mm, at, &start, &end);

	if (!mm_is_resident(mm, at))
		mm_load(mm, at, (unsigned int)rights, start, end, 0);
	mm_pin(mm, at);
}

/* May all that is flagged VMA_LOCKED be pinned? */
static bool leaves_enough(struct mm *mm)
{
	unsigned int pinned = 0, fetch = 0, data = 0;
	struct vma *vma;

	MM_FOREACH(vma, mm)
	{
		if (vma->flags & VMA_LOCKED) {
			pinned += each_entry(vma, NULL);
		} else if (vma->prot && !mm_is_stack(mm, vma->start)) {
			data = MM_DATA_SLOTS;
			if (vma->prot & PROT_EXEC)
				fetch = MM_FETCH_SLOTS;
		}
	}
	return pinned + fetch + data <= MM_SLOTS;
}

static void set_locked(struct vma *vma, bool on)
{
	if (on && vma->mm->nlocked == 0)
		mm_change(vma->mm); /* refills go the long way, which knows locked slots */
	vma->mm->nlocked -= (vma->flags & VMA_LOCKED) != 0;
	vma->flags &= (uint8_t)~VMA_LOCKED;
	if (on)
		vma->flags |= VMA_LOCKED;
	vma->mm->nlocked += on;
	vma->mm->pinned_at = 0;
}

/* Is all pinned as it was?  What is new counts only where everything is locked, and no slot stays for it. */
static bool is_pinned(const struct mm *mm)
{
	return mm->pinned_at == mm->changes &&
	       (unsigned int)__builtin_popcount(mm->locked) + MM_SLOTS_FREE <= MM_SLOTS;
}

void mm_pin_again(struct mm *mm)
{
	struct vma *vma;

	if (is_pinned(mm))
		return;
	mm_unpin(mm);
	mm->pinned_at = 0;
	if (!leaves_enough(mm)) /* a hole in a locked mapping may take more entries than it did */
		return;
	MM_FOREACH(vma, mm)
	if (vma->flags & VMA_LOCKED)
		each_entry(vma, load_and_pin);
	mm->pinned_at = mm->changes;
}

#define NEWLY_LOCKED 0x80 /* in vma->flags, within lock_range() */

/* Lock every VMA of a range, or none. */
static int lock_range(struct mm *mm, addr_t start, addr_t end)
{
	bool fits;
	struct vma *vma;

	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end))
		if (!(vma->flags & VMA_LOCKED)) {
			set_locked(vma, true);
			vma->flags |= NEWLY_LOCKED;
		}
	fits = leaves_enough(mm);
	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end))
		if (vma->flags & NEWLY_LOCKED) {
			vma->flags &= (uint8_t)~NEWLY_LOCKED;
			set_locked(vma, fits);
		}
	return fits ? 0 : -EAGAIN;
}

/* The pages that bytes lie in: as on Linux, @start need not begin one.  -ENOMEM. */
static int judge(struct mm *mm, addr_t *start, size_t len, addr_t *end)
{
	addr_t before = *start & PAGE_MASK, all = (addr_t)len + before;

	*start -= before;
	return all < before ? -ENOMEM : mm_judge_range(mm, *start, all, end);
}

int mm_lock(struct mm *mm, addr_t start, size_t len)
{
	addr_t end;
	int err = judge(mm, &start, len, &end);

	return err || start == end ? err : lock_range(mm, start, end);
}

int mm_unlock(struct mm *mm, addr_t start, size_t len)
{
	struct vma *vma;
	addr_t end;
	int err = judge(mm, &start, len, &end);

	if (err || start == end)
		return err;
	for (vma = mm_first(mm, start, end); vma; vma = mm_next(vma, start, end))
		set_locked(vma, false);
	mm_unpin(mm);
	return 0;
}

int mm_lock_all(struct mm *mm, int flags)
{
	int err = 0;

	if (flags == 0 || (flags & ~(MCL_CURRENT | MCL_FUTURE)))
		return -EINVAL;
	if (flags & MCL_CURRENT)
		err = lock_range(mm, 0, UINT32_MAX);
	if (!err)
		mm->lock_future = flags & MCL_FUTURE;
	return err;
}

int mm_unlock_all(struct mm *mm)
{
	struct vma *vma;

	MM_FOREACH(vma, mm)
	set_locked(vma, false);
	mm->lock_future = false;
	mm_unpin(mm);
	return 0;
}
