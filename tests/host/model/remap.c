/* SPDX-License-Identifier: MIT */
/* mremap(), in the model.  See model.h. */
#include "model.h"

void op_remap(const struct op *op)
{
	unsigned int proc = op->proc;
	addr_t old = some_address(proc, op->a), start, end, at = 0, to = 0;
	struct page_layers *l = layers(proc, old);
	uint32_t old_pages = some_length(op->b), new_pages = some_length(op->b >> 8), held;
	int flags = (int)(op->c & 1) * MREMAP_MAYMOVE, expected = 0, err, take = 1;
	bool may = is_short(0), moves = false, can_resize, is_rounding;
	struct layer was;
	struct layer *exact = NULL;
	addr_t asked, mapped_end = 0;
	uint32_t asked_pages = old_pages;
	struct mm_job job;

	if (model[proc].serial > 2 * EPISODE - 10)
		return;
	if (l->n && op->c >> 4 & 7) {
		piece(proc, old, &l->layer[youngest(l)], &start, &end);
		old = start;
		old_pages = (end - start) >> CONFIG_PAGE_SHIFT;
		l = layers(proc, old);
		asked = model[proc].asked[l->layer[youngest(l)].serial];
		if (asked > start && asked < end && (op->c >> 7 & 1)) /* a stack as asked for */
			old_pages = (asked - start) >> CONFIG_PAGE_SHIFT;
		asked_pages = old_pages;
	}
	if ((op->c >> 8 & 3) == 0) {
		flags = MREMAP_MAYMOVE | MREMAP_FIXED;
		to = some_address(proc, op->d);
	}
	if (op->c >> 12 & 1)
		new_pages = old_pages + (op->c >> 13 & 3);
	say("P%u mremap(%08x, %x, %x, %d, %08x)", proc, old, PG(old_pages), PG(new_pages), flags,
	    to);
	for (unsigned int i = 0; i < l->n; i++) {
		piece(proc, old, &l->layer[i], &start, &end);
		asked = model[proc].asked[l->layer[i].serial];
		if (start == old &&
		    (end == old + PG(old_pages) ||
		     (asked > start && asked < end && asked == old + PG(old_pages))) &&
		    (!exact || l->layer[i].serial > exact->serial)) {
			exact = &l->layer[i];
			mapped_end = end;
		}
	}
	end = old + PG(old_pages);
	held = new_pages;
	if (exact) { /* with what a stack was rounded up by */
		was = *exact;
		end = mapped_end;
		asked_pages = old_pages;
		old_pages = (end - old) >> CONFIG_PAGE_SHIFT;
	}
	can_resize = exact && exact->kind == OWN;
	if (exact && new_pages > old_pages && find(proc, old + PG(new_pages), was.serial))
		return; /* two pieces that touch, and are not joined: the model knows no such thing */
	if (end <= old ||
	    (flags & MREMAP_FIXED && to < (uint64_t)end && old < to + (uint64_t)PG(new_pages)))
		expected = -EINVAL;
	else if (!l->n)
		expected = -EFAULT;
	else if (!exact)
		expected = -EINVAL;
	else if (!can_resize && (flags & MREMAP_FIXED || new_pages > asked_pages))
		expected = -EPERM;
	else if (flags & MREMAP_FIXED) {
		moves = true;
		if (to + PG(new_pages) < to)
			expected = -ENOMEM;
		else if (was.flags & VMA_STACK && !mpu_one_entry(to, PG(new_pages)))
			expected = -ENOMEM;
		else
			take = can_take(proc, to, new_pages);
		if (take == 0)
			expected = -ENOMEM;
		may |= take != 1 || procs[proc].max_vmas < 1000;
		if (over_limits(proc, new_pages))
			may = true;
	} else if (new_pages > old_pages &&
		   (!were_free(end, new_pages - old_pages) ||
		    (was.flags & VMA_STACK && !mpu_one_entry(old, PG(new_pages))) ||
		    procs[proc].npages + new_pages - old_pages > procs[proc].max_pages)) {
		struct region *r = region_find(old);

		if (r && r->top > r->end)
			may = true; /* pages that were not trimmed */
		held = was.flags & VMA_STACK ? mpu_stack_pages(new_pages) : new_pages;
		moves = true;
		if (!(flags & MREMAP_MAYMOVE) || !has_place(held, was.flags & VMA_STACK) ||
		    over_limits(proc, held))
			expected = -ENOMEM;
		may |= is_short(held) || has_place(held, was.flags & VMA_STACK) < 0;
		if (r && r->top > r->end && expected == -ENOMEM)
			expected = 0;
	}
	/* Pieces of a common copy need not be joined again. */
	for (unsigned int i = 0; i < l->n; i++)
		if (l->layer[i].kind == COMMON_COPY)
			return;
	is_rounding = exact && new_pages >= asked_pages && new_pages <= old_pages;
	err = mm_remap(&procs[proc], old, PG(asked_pages), PG(new_pages), flags, to, &at, &job);
	if (!err)
		err = env_replace(&job);
	if (!judge("mremap", err, expected, may))
		return;
	say("\tat %08x\n", at);
	if (moves && !(flags & MREMAP_FIXED) && at == old)
		moves = false; /* into pages that were not trimmed */
	if (!moves && env_failed() && at != old && (flags & MREMAP_MAYMOVE)) {
		moves = true; /* the pages behind could not be had */
		held = was.flags & VMA_STACK ? mpu_stack_pages(new_pages) : new_pages;
	}
	if (!moves) {
		if (at != old)
			wrong("mremap in place moves to %08x", at);
		for (addr_t gone = old + PG(new_pages); !is_rounding && gone < end;
		     gone += PAGE_SIZE)
			drop(layers(proc, gone), (unsigned int)(find(proc, gone, was.serial) -
								layers(proc, gone)->layer));
		if (new_pages != asked_pages && model[proc].asked[was.serial] > old &&
		    model[proc].asked[was.serial] <= end)
			model[proc].asked[was.serial] = 0;
		if (new_pages > old_pages) {
			for (uint32_t i = old_pages; i < new_pages; i++)
				set_page(old + PG(i), -1, 0);
			if (was.file >= 0)
				was.off += PG(old_pages);
			push(proc, end, new_pages - old_pages, was);
		}
	} else {
		uint32_t both = MIN(old_pages, new_pages);

		if (flags & MREMAP_FIXED ? at != to : !were_free(at, held))
			wrong("mremap moves to %08x", at);
		if (flags & MREMAP_FIXED)
			cut(proc, at, at + PG(held), true);
		for (uint32_t i = 0; i < held; i++) {
			set_page(at + PG(i), -1, 0);
			if (i < both)
				memcpy(bytes[page_at(at + PG(i))], bytes[page_at(old + PG(i))],
				       PAGE_SIZE);
		}
		was.serial = ++model[proc].serial;
		was.flags &= VMA_STACK;
		model[proc].asked[was.serial] = held > new_pages ? at + PG(new_pages) : 0;
		push(proc, at, held, was);
		if (finish(proc, &job, op->d >> 16))
			return;
		cut(proc, old, end, false);
		held = MAX(held, 1u);
		for (uint32_t i = 0; i < held; i++)
			check_page((unsigned int)page_at(at + PG(i)));
		return;
	}
	if (finish(proc, &job, op->d >> 16))
		return;
	for (uint32_t i = 0; i < new_pages; i++)
		check_page((unsigned int)page_at(at + PG(i)));
}
