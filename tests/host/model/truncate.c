/* SPDX-License-Identifier: MIT */
/* A RAM file is cut, or grows, in the model.  See model.h. */
#include "model.h"

/* A RAM file is cut, or grows. */
void op_truncate(const struct op *op)
{
	enum env_file which = op->a & 1 ? FILE_RAM : FILE_RAM2;
	struct backing *backing = file(which);
	uint32_t size = op->b % PG(8), capacity = store_capacity(backing);
	uint32_t need = page_ceil(size) >> CONFIG_PAGE_SHIFT;
	bool shown = false, any = false;
	addr_t old = backing->store.start;
	int err;

	for (unsigned int proc = 0; proc < NPROCS; proc++)
		for (unsigned int page = 0; page < NPAGES; page++)
			for (unsigned int i = 0; i < model[proc].at[page].n; i++) {
				struct layer *l = &model[proc].at[page].layer[i];

				if (l->file != (int)which)
					continue;
				any |= l->kind == STORE;
				if ((l->flags & VMA_SHARED) && l->off + PAGE_SIZE > size)
					shown = true;
			}
	say("truncate file %u to %x", which, size);
	if (size < backing->size) {
		err = store_shrink(backing, size);
		if (!judge("truncate", err, shown ? -ETXTBSY : 0, false))
			return;
		backing->size = size;
		for (unsigned int proc = 0; proc < NPROCS; proc++)
			for (unsigned int page = 0; page < NPAGES; page++) {
				struct page_layers *l = &model[proc].at[page];

				for (unsigned int i = l->n; i-- > 0;)
					if (l->layer[i].file == (int)which &&
					    l->layer[i].off >= page_ceil(size))
						drop(l, i);
			}
		/* What lies behind the end in the last page is zero: its owner's duty. */
		if (size & PAGE_MASK) {
			addr_t end = backing->store.start + size;

			memset(addr_ptr(end), 0, PAGE_SIZE - (end & PAGE_MASK));
			memset(bytes[page_at(end)] + (end & PAGE_MASK), 0,
			       PAGE_SIZE - (end & PAGE_MASK));
		}
		return;
	}
	err = env_store_grow(backing, need);
	{
		uint32_t had = capacity >> CONFIG_PAGE_SHIFT;
		bool in_place = need <= had || (had && were_free(old + capacity, need - had));
		bool can = in_place || (!any && has_place(need, false));

		if (!judge("grow", err, can ? 0 : -ENOMEM, is_short(need)))
			return;
		if (in_place && old && backing->store.start != old && !env_failed())
			wrong("the store has moved");
	}
	backing->size = size;
	if (!backing->store.end)
		return;
	for (uint32_t i = 0; i < capacity >> CONFIG_PAGE_SHIFT; i++)
		if (backing->store.start != old) {
			memcpy(bytes[page_at(backing->store.start + PG(i))],
			       bytes[page_at(old + PG(i))], PAGE_SIZE);
			is_known[page_at(backing->store.start + PG(i))] = true;
		}
	for (uint32_t i = capacity >> CONFIG_PAGE_SHIFT; i < need; i++) {
		memset(addr_ptr(backing->store.start + PG(i)), 0, PAGE_SIZE);
		set_page(backing->store.start + PG(i), -1, 0);
	}
}
