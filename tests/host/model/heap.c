/* SPDX-License-Identifier: MIT */
/* sbrk() and madvise(), in the model.  See model.h. */
#include "model.h"

void op_sbrk(const struct op *op)
{
	unsigned int proc = op->proc;
	struct model_proc *m = &model[proc];
	intptr_t increment = (intptr_t)(op->a % PG(4)) - (intptr_t)PG(2);
	addr_t old, old_end = page_ceil(m->heap_end), end = 0;
	addr_t to = m->heap_end + (addr_t)increment;
	struct mm_job job;
	int expected = 0;
	bool may = is_short(0);

	switch (op->b % 8) {
	case 0:
		increment = 0;
		break;
	case 1:
	case 2: /* back, but not too far */
		increment = -(intptr_t)(op->a % (m->heap_end - m->heap_start + 1));
		break;
	case 3:
	case 4:
		increment = op->a % 500;
		break;
	}
	to = m->heap_end + (addr_t)increment;
	if (m->heap_end == 0) { /* what exec does: a mapping with room behind */
		struct map_request request = { .len = PG(1 + op->c % 3),
					       .prot = PROT_READ | PROT_WRITE,
					       .flags = MAP_PRIVATE | MAP_ANONYMOUS,
					       .is_heap = true };
		struct layer l = { .file = -1, .prot = 3, .max_prot = 7, .flags = VMA_HEAP };
		uint32_t serial = m->serial;

		if (serial > 2 * EPISODE - 10)
			return;
		say("P%u heap of %x", proc, (unsigned int)request.len);
		map_new(proc, &request, l, 1 + op->c % 3, 1);
		if (m->serial == serial)
			return;
		for (unsigned int page = 0; page < NRAM; page++)
			if (find(proc, addr_of(page), m->serial))
				end = addr_of(page) + PAGE_SIZE;
		m->heap_start = m->heap_end = end - (op->c >> 8) % PAGE_SIZE;
		procs[proc].heap_start = procs[proc].heap_end = m->heap_end;
		return;
	}
	end = page_ceil(to);
	say("P%u sbrk(%ld)", proc, (long)increment);
	if (increment < 0 && to < m->heap_start) {
		expected = -EINVAL;
	} else if (increment > 0) {
		struct page_layers *l = layers(proc, old_end - 1);
		struct region *r = region_find(old_end - 1);
		uint32_t npieces, have;
		bool has_common;

		if (l->n && end > old_end && find(proc, end, l->layer[0].serial))
			return; /* it would touch another piece of its own, and stay two */
		count(proc, &npieces, &have, &has_common);
		if (!l->n || !(l->layer[0].flags & VMA_HEAP) || !(l->layer[0].prot & PROT_WRITE))
			expected = -ENOMEM;
		else if (end > old_end &&
			 (joins(&l->layer[0], find(proc, old_end, l->layer[0].serial)) ||
			  have + ((end - old_end) >> CONFIG_PAGE_SHIFT) > procs[proc].max_pages))
			expected = -ENOMEM;
		else if (end > old_end &&
			 !were_free(old_end, (end - old_end) >> CONFIG_PAGE_SHIFT)) {
			expected = r->top > r->end ? 0 : -ENOMEM;
			may = true;
		}
	} else if (increment < 0) {
		may |= may_lack_pieces(proc, end, old_end);
	}
	if (!judge("sbrk", mm_sbrk(&procs[proc], increment, &old, &job), expected, may))
		return;
	if (old != m->heap_end)
		wrong("sbrk says %08x", old);
	if (increment > 0) {
		if (old < old_end)
			memset(bytes[page_at(old)] + (old & PAGE_MASK), 0, MIN(to, old_end) - old);
		if (end > old_end) {
			struct layer l = layers(proc, old_end - 1)->layer[0];

			l.off += l.file >= 0 ? PAGE_SIZE : 0;
			for (addr_t at = old_end; at < end; at += PAGE_SIZE)
				set_page(at, -1, 0);
			push(proc, old_end, (end - old_end) >> CONFIG_PAGE_SHIFT, l);
		}
	} else if (end < old_end) {
		cut(proc, end, old_end, true);
	}
	m->heap_end = to;
	if (finish(proc, &job, 1))
		return;
	if (increment > 0)
		for (addr_t at = page_floor(old); at < to; at += PAGE_SIZE)
			check_page((unsigned int)page_at(at));
}

void op_advise(const struct op *op)
{
	unsigned int proc = op->proc;
	addr_t start = some_address(proc, op->a);
	uint32_t npages = some_length(op->b);
	int advice = (int)(op->c % 7) - 1, expected = 0, err;
	struct mm_job job;

	say("P%u madvise(%08x, %x, %d)", proc, start, PG(npages), advice);
	for (uint32_t i = 0; i < npages; i++) {
		struct page_layers *l = layers(proc, start + PG(i));
		if (!l->n)
			expected = -ENOMEM;
	}
	if (start + PG(npages) <= start)
		expected = -ENOMEM;
	if (advice < 0 || advice > MADV_DONTNEED)
		expected = -EINVAL;
	err = mm_advise(&procs[proc], start, PG(npages), advice, &job);
	if (!judge("madvise", env_look(&job, err), expected, false))
		return;
	for (uint32_t i = 0; advice == MADV_DONTNEED && i < npages; i++) {
		struct page_layers *l = layers(proc, start + PG(i));

		if (l->layer[0].kind == OWN && l->layer[0].file < 0)
			set_page(start + PG(i), -1, 0);
	}
	if (finish(proc, &job, op->d >> 16))
		return;
	for (uint32_t i = 0; i < npages; i++)
		if (page_at(start + PG(i)) < (int)NRAM)
			check_page((unsigned int)page_at(start + PG(i)));
}
