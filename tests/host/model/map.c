/* SPDX-License-Identifier: MIT */
/* mmap(), in the model.  See model.h. */
#include "model.h"

void map_store(unsigned int proc, const struct map_request *request, struct layer l,
	       uint32_t npages)
{
	struct extent extent;
	bool fixed = request->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE), only_own;
	bool may = is_short(0);
	struct mm_job job;
	addr_t at = 0, place;
	int expected = 0, err;

	file((enum env_file)l.file)->ops->direct(request->backing, &extent);
	place = extent.start + request->offset;
	if ((l.prot & PROT_WRITE) && (l.prot & PROT_EXEC))
		expected = -ENOTSUP;
	else if (is_opposed(l.file, request->offset, npages, l.prot, -1, &only_own, proc)) {
		expected = -ENOTSUP;
		if (fixed && only_own)
			return; /* which is replaced, as far as it lies in the range: test_mmap */
	} else if ((request->flags & MAP_FIXED_NOREPLACE) &&
		   any_layer(proc, request->addr, npages)) {
		expected = -EEXIST;
		may = false;
	} else if (fixed && request->addr != place) {
		expected = -ENOMEM;
	} else if (over_limits(proc, npages)) {
		if (fixed && any_layer(proc, request->addr, npages))
			may = true; /* what is replaced does not count, but its pieces do */
		else
			expected = -ENOMEM;
	} else if (fixed && procs[proc].max_vmas < 1000) {
		may = true; /* pieces on both sides of what is replaced */
	}
	if (any_full(proc, place, npages))
		return;
	err = mm_map(&procs[proc], request, &at, &job);
	if (!judge("mmap", err, expected, may))
		return;
	say("\tat %08x\n", at);
	if (at != place || !mm_job_is_done(&job))
		wrong("a store is mapped at %08x, not %08x", at, place);
	if (fixed)
		cut(proc, at, at + PG(npages), true);
	l.off = request->offset;
	l.serial = ++model[proc].serial;
	push(proc, at, npages, l);
}

void map_new(unsigned int proc, const struct map_request *request, struct layer l, uint32_t npages,
	     uint32_t chance)
{
	bool fixed = request->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
	bool is_stack = l.flags & VMA_STACK, is_shared = false;
	uint32_t held = is_stack && !fixed ? mpu_stack_pages(npages) : npages;
	bool may = is_short(fixed ? 0 : held);
	addr_t hint = page_floor(request->addr), at = 0;
	struct mm_job job = { 0 };
	int expected = 0, err, take;

	if ((l.prot & PROT_WRITE) && (l.prot & PROT_EXEC)) {
		expected = -ENOTSUP;
	} else if (l.kind == COMMON_COPY && must_share(l.file, request->offset, npages)) {
		if (fixed)
			return; /* at another address: see the tests of mmap */
		is_shared = true;
	} else if (l.kind == COMMON_COPY && fixed) {
		return;
	} else if (fixed) {
		if (request->addr + PG(npages) < request->addr)
			expected = -ENOMEM;
		else if ((request->flags & MAP_FIXED_NOREPLACE) &&
			 any_layer(proc, request->addr, npages))
			expected = -EEXIST;
		else if (is_stack && !mpu_one_entry(request->addr, PG(npages)))
			expected = -ENOMEM;
		else {
			take = can_take(proc, request->addr, npages);
			if (take <= 0)
				expected = take ? 0 : -ENOMEM;
			may |= take != 1 || procs[proc].max_vmas < 1000;
		}
	} else if (has_place(held, is_stack) == 0) {
		expected = -ENOMEM;
	} else if (has_place(held, is_stack) < 0) {
		may = true;
	}
	if (!expected && over_limits(proc, held)) {
		if (fixed && any_layer(proc, request->addr, npages))
			may = true; /* what is replaced does not count, but its pieces do */
		else
			expected = -ENOMEM;
	}
	if (l.kind == COMMON_COPY) {
		for (unsigned int page = 0; page < NRAM; page++)
			if (model[proc].at[page].n == MAX_LAYERS)
				return;
		if (expected == -ENOMEM && !over_limits(proc, held))
			expected = 0, may = true; /* a copy that nobody wholly maps now */
	}
	err = mm_map(&procs[proc], request, &at, &job);
	if (!err)
		err = env_replace(&job);
	if (!judge("mmap", err, expected, may))
		return;
	say("\tat %08x\n", at);
	if (mm_job_is_done(&job) && request->backing && l.kind != COMMON_COPY)
		wrong("new memory is not filled");
	if (fixed && at != request->addr)
		wrong("MAP_FIXED gives %08x", at);
	if (!fixed && hint && l.kind != COMMON_COPY && !(l.flags & (VMA_STACK | VMA_HEAP)) &&
	    were_free(hint, npages) && at != hint && !env_failed())
		wrong("the hint %08x was free", hint);
	if (is_stack && !mpu_one_entry(at, PG(held)))
		wrong("a stack at %08x of %u pages takes more than one entry", at, held);
	if (is_shared || (l.kind == COMMON_COPY && mm_job_is_done(&job))) {
		if (!is_common_copy(at, npages, l.file, request->offset))
			wrong("%08x is no copy of file %d", at, l.file);
	} else {
		if (!fixed && !were_free(at, held))
			wrong("memory at %08x was not free", at);
		if (fixed)
			cut(proc, at, at + PG(held), true);
		for (uint32_t i = 0; i < held; i++) {
			set_page(at + PG(i), l.file, request->offset + PG(i));
			copy_of[page_at(at + PG(i))].file = l.kind == COMMON_COPY ? l.file : -1;
			copy_of[page_at(at + PG(i))].off = request->offset + PG(i);
		}
	}
	l.off = l.file >= 0 ? request->offset : 0;
	l.serial = ++model[proc].serial;
	model[proc].asked[l.serial] = held > npages ? at + PG(npages) : 0;
	push(proc, at, held, l);
	if (finish(proc, &job, chance))
		return;
	for (uint32_t i = 0; i < held; i++)
		check_page((unsigned int)page_at(at + PG(i)));
}
