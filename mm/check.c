/* SPDX-License-Identifier: MIT */
/*
 * The invariants of memory as code.  See include/mm/check.h.
 *
 *	I1 regions do not overlap; start < end <= top
 *	I2 a region is used by as many VMAs as it counts; each page of its own is held
 *	I3 page records agree (page_check); no VMA grants a free page
 *	I4 a VMA lies inside its region, at its place in the tree, and on its backing's list
 *	I5 an MPU entry grants no more than the VMAs
 *	I7 no byte is writable through one VMA and executable through another
 *
 * What a space holds is walked plainly; only when its order is known to be right is it searched.
 */
#include <croft/mman.h>
#include <mm/check.h>
#include <mm/page.h>

#include "internal.h"
#include "refill.h"

#define WX (PROT_WRITE | PROT_EXEC)

static __attribute__((noreturn)) void vma_bad(const char *what, const struct vma *vma,
					      const struct vma *other)
{
	panic("%s: vma %08x-%08x prot %x serial %u, vma %08x-%08x prot %x serial %u", what,
	      (unsigned int)vma->start, (unsigned int)vma->end, vma->prot,
	      (unsigned int)vma->serial, other ? (unsigned int)other->start : 0,
	      other ? (unsigned int)other->end : 0, other ? other->prot : 0,
	      other ? (unsigned int)other->serial : 0);
}

static __attribute__((noreturn)) void region_bad(const char *what, const struct region *region,
						 unsigned int a, unsigned int b)
{
	panic("%s: region %08x-%08x-%08x kind %u usage %u, %x %x", what,
	      (unsigned int)region->start, (unsigned int)region->end, (unsigned int)region->top,
	      region_kind(region), region->usage, a, b);
}

/* I4, of one VMA and of the list that it is on. */
static void check_vma(struct mm *mm, const struct vma *vma)
{
	const struct region *region = vma->region;
	struct vma *other;

	if (vma->mm != mm || vma->start >= vma->end || !is_page_aligned(vma->start | vma->end) ||
	    vma->prot & ~(unsigned int)vma->max_prot)
		vma_bad("I4", vma, NULL);
	if (vma->start < region->start || vma->end > region->top)
		region_bad("I4 vma outside", region, (unsigned int)vma->start,
			   (unsigned int)vma->end);
	if ((vma->prot & WX) == WX)
		vma_bad("I7", vma, vma);
	for (addr_t at = vma->start; at < vma->end; at += PAGE_SIZE)
		if (page_count(at) == 0)
			region_bad("I3 granted page is free", region, (unsigned int)at, 0);
	if (!region->backing)
		return;
	/* That the list leads here is told by its own links: walking it for each VMA would take too
	 * long. */
	other = LIST_NEXT(vma, on_backing);
	if (!vma->on_backing.le_prev || *vma->on_backing.le_prev != vma ||
	    (other && other->on_backing.le_prev != &vma->on_backing.le_next))
		vma_bad("I4 not on its backing's list", vma, other);
}

/* I5: what do the VMAs that something may rest on grant at @at, and up to where? */
static unsigned int rights_at(struct mm *mm, addr_t at, addr_t *until)
{
	unsigned int rights = 0;
	struct vma *vma;

	MM_FOREACH(vma, mm)
	{
		if (vma->start > at) {
			*until = MIN(*until, vma->start);
			break;
		}
		if (at < vma->end && (vma->flags & VMA_CACHED)) {
			rights |= vma->prot;
			*until = MIN(*until, vma->end);
		}
	}
	return rights;
}

/* No two entries that are loaded grant the same byte, where the hardware would refuse it. */
static void check_apart(const struct mm *mm, unsigned int slot)
{
	struct span span = mm->spans[slot];

	for (unsigned int other = 0; other < slot; other++)
		if (mm->spans[other].start <= span.last && span.start <= mm->spans[other].last)
			panic("I5: slots %u and %u overlap", other, slot);
	if (mm_is_active(mm) && mm_hardware.stack_start <= span.last &&
	    span.start < mm_hardware.stack_end)
		panic("I5: slot %u overlaps the stack's", slot);
}

/* An entry that grants @prot of a part grants no more than the VMAs do. */
static void check_granted(struct mm *mm, const char *what, struct span granted, unsigned int prot)
{
	addr_t until;

	for (addr_t at = granted.start; at < granted.last; at = until) {
		until = granted.last + 1;
		if (prot & ~rights_at(mm, at, &until))
			panic("I5: %s, prot %x, grants %08x-%08x", what, prot, (unsigned int)at,
			      (unsigned int)until);
	}
}

/* What is known of the space still grants no more, and is what it was said to be. */
static void check_known(struct mm *mm, const struct known *known)
{
	struct cover cover;
	struct span span;
	unsigned int prot;

	if (known->changes != mm->changes)
		return;
	span = arch_mpu_decode(&known->entry, &cover, &prot) ? cover_granted(&cover) : SPAN_NONE;
	if (span.start != known->span.start || span.last != known->span.last)
		panic("I5: an entry that grants %08x-%08x is known by %08x-%08x",
		      (unsigned int)span.start, (unsigned int)span.last,
		      (unsigned int)known->span.start, (unsigned int)known->span.last);
	if ((addr_t)known->page << CONFIG_PAGE_SHIFT < span.start ||
	    (addr_t)known->page << CONFIG_PAGE_SHIFT > span.last)
		panic("I5: page %x is known by an entry that does not grant it",
		      (unsigned int)known->page);
	check_granted(mm, "what is known", span, prot);
}

static void check_slot(struct mm *mm, unsigned int slot)
{
	const struct span *span = &mm->spans[slot];
	bool is_loaded = span->start != SPAN_NONE.start;
	struct span granted = SPAN_NONE;
	struct cover cover;
	unsigned int prot;

	if (arch_mpu_decode(&mm->image[slot], &cover, &prot) != is_loaded)
		panic("I5: slot %u is %sloaded", slot, is_loaded ? "" : "not ");
	if (is_loaded)
		granted = cover_granted(&cover);
	if (granted.start != span->start || granted.last != span->last)
		panic("I5: slot %u grants %08x-%08x, not %08x-%08x", slot,
		      (unsigned int)granted.start, (unsigned int)granted.last,
		      (unsigned int)span->start, (unsigned int)span->last);
	if (is_loaded)
		check_granted(mm, "a slot", granted, prot);
}

void mm_check_space(struct mm *mm)
{
	uint32_t nvmas = 0, npages = 0;
	unsigned int nlocked = 0, nexec = 0;
	struct vma *vma;
	const struct vma *prev = NULL, *farthest = NULL;

	MM_FOREACH(vma, mm)
	{
		if (prev && vma_compare(prev, vma) >= 0)
			vma_bad("I4 order", prev, vma);
		check_vma(mm, vma);
		if (farthest && farthest->end > vma->start && farthest->region != vma->region)
			vma_bad("I4 two regions coincide", farthest, vma);
		if (prev && prev->region == vma->region &&
		    (vma_is_alone(prev) || vma_is_alone(vma)))
			vma_bad("I4 not alone", prev, vma);
		if (!farthest || vma->end > farthest->end)
			farthest = vma;
		nlocked += (vma->flags & VMA_LOCKED) != 0;
		nexec += !(vma->flags & VMA_LOCKED) && (vma->prot & PROT_EXEC);
		nvmas++;
		npages += (vma->end - vma->start) >> CONFIG_PAGE_SHIFT;
		prev = vma;
	}
	if (nlocked != mm->nlocked || nexec != mm->nexec)
		panic("I4: space has %u vmas locked, %u to be executed, counts %u, %u", nlocked,
		      nexec, mm->nlocked, mm->nexec);
	if (nvmas != mm->nvmas || npages != mm->npages)
		panic("I4: space has %u vmas of %u pages, counts %u of %u", (unsigned int)nvmas,
		      (unsigned int)npages, (unsigned int)mm->nvmas, (unsigned int)mm->npages);
	for (unsigned int slot = 0; slot < MM_SLOTS; slot++)
		check_slot(mm, slot);
	for (unsigned int i = 0; i < CONFIG_REFILL_CACHE; i++)
		check_known(mm, &mm_known[i]);
	for (unsigned int slot = 0; slot < MM_SLOTS && !MPU_MAY_OVERLAP; slot++)
		check_apart(mm, slot);
}

/* I7, and the counts of what the views of a store grant. */
static void check_views(const struct region *region)
{
	const struct backing *backing = region->backing;
	const struct vma *vma, *other;
	unsigned int nwrite = 0, nexec = 0;

	LIST_FOREACH(vma, &backing->vmas, on_backing) {
		if (vma->region->backing != backing)
			vma_bad("I4 on a foreign list", vma, NULL);
		if (!vma->region->is_store)
			continue;
		nwrite += vma->prot & PROT_WRITE ? 1 : 0;
		nexec += vma->prot & PROT_EXEC ? 1 : 0;
		if (!(vma->prot & PROT_WRITE))
			continue;
		LIST_FOREACH(other, &backing->vmas, on_backing)
			if ((other->prot & PROT_EXEC) && vma->start < other->end &&
			    other->start < vma->end)
				vma_bad("I7", vma, other);
	}
	if (nwrite != backing->nwrite || nexec != backing->nexec)
		region_bad("I4 views that write, execute", region, nwrite, nexec);
}

/* I2: VMAs of all spaces over the region. */
static uint32_t count_users(const struct region *region)
{
	uint32_t users = 0;
	struct mm *mm;

	LIST_FOREACH(mm, &spaces, link) {
		struct vma *vma;

		for (vma = mm_first(mm, region->start, region->top); vma;
		     vma = mm_next(vma, region->start, region->top))
			users += vma->region == region;
	}
	return users;
}

static void check_region(const struct region *region)
{
	uint32_t users = count_users(region);

	if (region->start >= region->end || region->end > region->top ||
	    !is_page_aligned(region->start | region->end | region->top))
		region_bad("I1", region, 0, 0);
	if (users != region->usage)
		region_bad("I2 users", region, users, 0);
	if (!region->backing && users != 1)
		region_bad("I2 anonymous", region, users, 0);
	if (region_kind(region) == REGION_COPY && !region->is_shared && users != 1)
		region_bad("I2 private copy", region, users, 0);
	if (!region->is_store)
		for (addr_t at = region->start; at < region->top; at += PAGE_SIZE)
			if (page_count(at) < 1)
				region_bad("I2 page not held", region, (unsigned int)at, 0);
	if (region->is_store && region != &region->backing->store)
		region_bad("I1 not its store's", region, 0, 0);
	if (region->backing)
		check_views(region);
}

void mm_check(void)
{
	uint32_t used = 0, nvmas = 0;
	struct region *region, *prev = NULL;
	struct mm *mm;

	page_check();
	LIST_FOREACH(mm, &spaces, link) {
		mm_check_space(mm);
		nvmas += mm->nvmas;
	}
	for (region = region_find_from(0); region; region = region_next(region)) {
		if (prev && prev->top > region->start)
			region_bad("I1 overlap", prev, (unsigned int)region->start,
				   (unsigned int)region->end);
		check_region(region);
		used += region->usage;
		prev = region;
	}
	if (used != nvmas) /* a VMA over a region that is found nowhere */
		panic("I2: regions count %u users, spaces %u vmas", (unsigned int)used,
		      (unsigned int)nvmas);
}
