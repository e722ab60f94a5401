/* SPDX-License-Identifier: MIT */
/* The model against the trees, the pages and the protection unit.  See model.h. */
#include "model.h"

#define VMA_KINDS (VMA_STACK | VMA_SHARED | VMA_HEAP)

static void compare_vma(unsigned int proc, struct vma *vma)
{
	for (addr_t at = vma->start; at < vma->end; at += PAGE_SIZE) {
		struct layer *l = find(proc, at, vma->serial);
		struct region *r = vma->region;
		int kind = r->is_store ? STORE : r->is_shared ? COMMON_COPY : OWN;

		if (!l)
			wrong("process %u: %08x serial %u is mapped", proc, at, vma->serial);
		if (l->prot != vma->prot || l->max_prot != vma->max_prot || l->kind != kind ||
		    l->flags != (vma->flags & VMA_KINDS))
			wrong("process %u: %08x serial %u is prot %x of %x flags %x kind %d, "
			      "not %x of %x %x %d",
			      proc, at, vma->serial, vma->prot, vma->max_prot, vma->flags, kind,
			      l->prot, l->max_prot, l->flags, l->kind);
		if ((l->file >= 0) != (r->backing != NULL) ||
		    (r->backing && (r->backing != file((enum env_file)l->file) ||
				    r->offset + (at - r->start) != l->off)))
			wrong("process %u: %08x shows file %d at %x, not at %x", proc, at, l->file,
			      r->offset + (at - r->start), l->off);
	}
}

void compare(void)
{
	for (unsigned int proc = 0; proc < NPROCS; proc++) {
		uint32_t npieces, npages;
		bool has_common;
		struct vma *vma;

		MM_FOREACH(vma, &procs[proc])
		compare_vma(proc, vma);
		count(proc, &npieces, &npages, &has_common);
		if (procs[proc].npages != npages)
			wrong("process %u has %u pages, not %u", proc, procs[proc].npages, npages);
		if (procs[proc].nvmas != npieces && (!has_common || procs[proc].nvmas < npieces))
			wrong("process %u has %u vmas, not %u", proc, procs[proc].nvmas, npieces);
		if (procs[proc].heap_end != model[proc].heap_end)
			wrong("process %u: the break is %08x, not %08x", proc, procs[proc].heap_end,
			      model[proc].heap_end);
	}
}

/* May this page be in use, although no layer and no store holds it? */
static bool may_be_held(unsigned int page)
{
	struct region *r = region_find(addr_of(page));

	if (pins[page])
		return true;
	return r && (r->is_store || r->is_shared || addr_of(page) >= r->end);
}

/* What holds which page: pages in use and nobody's are records, and only so many. */
void compare_pages(void)
{
	uint32_t nobodys = 0;

	env_pinned = 0;
	for (unsigned int page = 0; page < NRAM; page++) {
		bool is_free = page_count(addr_of(page)) == 0, is_mapped = false;

		for (unsigned int proc = 0; proc < NPROCS; proc++)
			is_mapped |= model[proc].at[page].n > 0;
		if (is_free)
			is_known[page] = false;
		if (is_free && (is_mapped || pins[page]))
			wrong("page %08x is mapped and free", addr_of(page));
		nobodys += !is_free && !is_mapped && !may_be_held(page);
		if (pins[page] && !region_find(addr_of(page)))
			env_pinned++;
	}
	if (nobodys > pool_pages() + 2) /* and the records of two zones */
		wrong("%u pages are in use by nobody, records take %u", nobodys, pool_pages());
}

/* The protection unit, by the rules of the manual, against the layers of who runs. */
void compare_hardware(void)
{
	for (unsigned int page = 0; page < NPAGES; page++) {
		addr_t at = addr_of(page);
		int may = MAX(rights(running, at), 0);

		for (unsigned int i = 0; i < 3; i++) {
			addr_t byte = at + (i == 0 ? 0 : i == 1 ? PAGE_SIZE / 2 + 4 : PAGE_MASK);

			/* All that is granted or nothing: less would never be refilled. */
			if (mpu_grants(byte) && mpu_grants(byte) != (unsigned int)may)
				wrong("the MPU grants %x at %08x, not %x", mpu_grants(byte), byte,
				      (unsigned int)may);
		}
	}
}
