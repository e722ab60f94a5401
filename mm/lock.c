/* SPDX-License-Identifier: MIT */
/*
 * mlock: mappings whose protection entries stay loaded.  See include/mm/mmap.h.
 *
 * The lock is on whole VMAs (VMA_LOCKED); pinning their slots follows from it.  Whatever takes the entry of
 * a locked VMA away, or changes the VMA, says so (mm_unpin), and before a thread of the space goes on those
 * ranges are looked at, an entry at a time: no other mapping is.  The entry of the stack that runs is always
 * loaded, so it takes no slot.
 *
 * Where more is locked than there are slots for, since a hole in a locked mapping takes more entries than the
 * whole, or since what is not locked has come, as much is pinned as may be.  The rest is found by its next
 * refill; from then on it counts as not locked, until something that is locked changes.
 */
#include <croft/mman.h>
#include <errno.h>
#include <mm/mmap.h>

#include "internal.h"

/* So many slots stay free where so much is locked, and so much that is executed is not. */
static unsigned int left_free(const struct mm *mm, unsigned int nlocked, unsigned int nexec)
{
	return (nlocked < mm->nvmas ? MM_DATA_SLOTS : 0) + (nexec ? MM_FETCH_SLOTS : 0);
}

static unsigned int npinned(const struct mm *mm)
{
	return (unsigned int)__builtin_popcount(mm->locked);
}

/* How many slots, of those that may be pinned, are not?  Less than 0: too many are. */
static int room(const struct mm *mm)
{
	unsigned int left = mm->overflows ? MM_SLOTS_FREE : left_free(mm, mm->nlocked, mm->nexec);

	return (int)(MM_SLOTS - left) - (int)npinned(mm);
}

/* What is locked and not pinned takes slots as what is not locked does. */
void mm_pin_loaded(struct mm *mm, unsigned int slot)
{
	if (room(mm) <= 0 && !mm->overflows) {
		mm_unpin(mm, 0, UINT32_MAX);
		mm->overflows = true;
	}
	if (room(mm) > 0)
		mm->locked |= (mpu_slots_t)(1u << slot);
}

/* How many slots the VMA takes, but for the stack that runs; more than there are: MM_SLOTS + 1. */
static unsigned int count_slots(const struct vma *vma, addr_t stack)
{
	unsigned int n = 0;
	addr_t at = vma->start;

	while (at < vma->end && n <= MM_SLOTS) {
		addr_t start, end;
		int rights = mm_rights(vma->mm, at, &start, &end);
		struct cover cover = cover_find(start, end, at);
		addr_t last = cover_block(&cover).last;

		n += rights > 0 && (stack < at || stack > last);
		at = last < end - 1 ? last + 1 : end;
	}
	return n;
}

static bool is_locked(struct mm *mm, addr_t at)
{
	const struct vma *vma = mm_first(mm, at, at + 1);

	while (vma && !(vma->flags & VMA_LOCKED))
		vma = mm_next((struct vma *)(uintptr_t)vma, at, at + 1);
	return vma != NULL;
}

bool mm_pin_step(struct mm *mm)
{
	struct cover cover;
	struct vma *vma;
	addr_t at, start, end, last;
	int rights;

	if (room(mm) < 0)
		mm_unpin(mm, 0, UINT32_MAX);
	if (mm->pin_from >= mm->pin_to || room(mm) <= 0)
		return true;
	vma = mm_first(mm, mm->pin_from, mm->pin_to);
	if (!vma) {
		mm->pin_from = UINT32_MAX;
		mm->pin_to = 0;
		return true;
	}
	at = MAX(mm->pin_from, vma->start);
	rights = mm_rights(mm, at, &start, &end);
	cover = cover_find(start, end, at);
	last = MIN(cover_block(&cover).last, end - 1);
	mm->pin_from = last + 1;
	if (rights > 0 && is_locked(mm, at) && !mm_is_stack(mm, at))
		mm_pin(mm, at, (unsigned int)rights, start, end, last);
	return false;
}

static void set_locked(struct vma *vma, bool on)
{
	struct mm *mm = vma->mm;

	if (on && mm->nlocked == 0) {
		mm_change(mm); /* refills go the long way, which knows locked slots */
		mm->pin_from = UINT32_MAX;
		mm->pin_to = 0;
	}
	vma_set_locked(vma, on);
}

/* Count what a mapping will take.  It is judged when all is counted. */
static void count(struct mm_job *job, const struct vma *vma)
{
	unsigned int nslots = job->nslots;

	if ((vma->flags & VMA_LOCKED) || nslots > MM_SLOTS)
		return;
	job->nslots = (uint8_t)(nslots + count_slots(vma, job->stack));
	job->nvmas++;
	job->nexec = (uint16_t)(job->nexec + ((vma->prot & PROT_EXEC) != 0));
}

/* Would slots enough be left? */
static bool fits(const struct mm_job *job)
{
	const struct mm *mm = job->mm;

	return npinned(mm) + job->nslots +
		       left_free(mm, (unsigned int)mm->nlocked + job->nvmas,
				 (unsigned int)mm->nexec - job->nexec) <=
	       MM_SLOTS;
}

static void end_locking(struct mm_job *job)
{
	if (job->end == UINT32_MAX)
		job->mm->lock_future = job->locks;
	job_end(job, 0);
}

/* All that there is has been looked at. */
static void end_looking(struct mm_job *job)
{
	if (job->clears)
		*job = (struct mm_job){
			.mm = job->mm, .at = job->at, .end = job->end, .kind = JOB_ADVISE
		};
	else if (job->kind == JOB_LOOK)
		job_end(job, 0);
	else if (job->kind == JOB_LOCK && !fits(job))
		job_end(job, -EAGAIN);
	else
		job_again(job);
}

void look_step(struct mm_job *job)
{
	struct vma *vma;
	int err = job_next(job, &vma);

	if (job->is_judged) {
		if (vma)
			set_locked(vma, job->kind == JOB_LOCK);
		else
			end_locking(job);
	} else if (err) {
		job_end(job, err);
	} else if (!vma) {
		end_looking(job);
	} else if (job->kind == JOB_LOCK) {
		count(job, vma);
	}
}

static void begin(struct mm *mm, addr_t start, addr_t end, enum mm_job_kind kind,
		  struct mm_job *job)
{
	job_begin(job, mm, kind, start, end);
	if (mm_is_active(mm))
		job->stack = mm_hardware.stack_start;
}

int mm_look_begin(struct mm *mm, addr_t start, size_t len, enum mm_job_kind kind,
		  struct mm_job *job)
{
	addr_t all = page_ceil((addr_t)len + (start & PAGE_MASK));

	mm_job_clear(job);
	if (kind == JOB_LOOK && !is_page_aligned(start))
		return -EINVAL;
	start = page_floor(start);
	if (all < len || start + all < start)
		return -ENOMEM;
	if (all)
		begin(mm, start, start + all, kind, job);
	return 0;
}

int mm_lock_new(struct mm *mm, addr_t start, addr_t end)
{
	struct mm_job job;
	long result = 0;

	begin(mm, start, end, JOB_LOCK, &job);
	job.result = &result;
	while (!mm_job_is_done(&job))
		look_step(&job);
	return (int)result;
}

int mm_lock_all(struct mm *mm, int flags, struct mm_job *job)
{
	mm_job_clear(job);
	if (flags == 0 || (flags & ~(MCL_CURRENT | MCL_FUTURE)))
		return -EINVAL;
	if (flags & MCL_CURRENT) {
		begin(mm, 0, UINT32_MAX, JOB_LOCK, job);
		job->locks = flags & MCL_FUTURE;
	} else {
		mm->lock_future = true;
	}
	return 0;
}

void mm_unlock_all(struct mm *mm, struct mm_job *job)
{
	begin(mm, 0, UINT32_MAX, JOB_UNLOCK, job);
}
