/* SPDX-License-Identifier: MIT */
/* munmap() and mprotect(), in the model.  See model.h. */
#include "model.h"

/* Take layers off; a stack whose last byte goes loses what it was rounded up by. */
void cut(unsigned int proc, addr_t start, addr_t end, bool all)
{
	for (addr_t at = start; at < end; at += PAGE_SIZE) {
		struct page_layers *l = layers(proc, at);

		for (unsigned int i = l->n; i-- > 0;) {
			uint32_t serial = l->layer[i].serial;
			addr_t *asked = &model[proc].asked[serial];
			bool is_stack = l->layer[i].flags & VMA_STACK;

			if (!all && i != youngest(l))
				continue;
			drop(l, i);
			if (is_stack && *asked && at == *asked - PAGE_SIZE && end == *asked) {
				for (addr_t rest = end; find(proc, rest, serial); rest += PAGE_SIZE)
					drop(layers(proc, rest), 0);
				*asked = 0;
			}
			if (is_stack && at >= *asked)
				*asked = 0;
			if (!all)
				break;
		}
	}
}

/* Could so many pieces more, for cutting in [@start, @end), be too many? */
bool may_lack_pieces(unsigned int proc, addr_t start, addr_t end)
{
	uint32_t more = 0;

	if (procs[proc].max_vmas >= 1000)
		return false;
	for (unsigned int page = 0; page < NPAGES; page++)
		if (addr_of(page) >= start && addr_of(page) < end)
			more += 2 * model[proc].at[page].n;
	return procs[proc].nvmas + more > procs[proc].max_vmas;
}

void op_unmap(const struct op *op)
{
	unsigned int proc = op->proc;
	addr_t start = some_address(proc, op->a), end;
	size_t len = PG(some_length(op->b)) - (op->b >> 16 & 1 ? op->b % PAGE_SIZE : 0);
	struct page_layers *l = layers(proc, start);
	int expected = 0;

	if (op->c % 4 == 0 && l->n)
		piece(proc, start, &l->layer[youngest(l)], &start, &end), len = end - start;
	if (op->c % 64 == 1)
		start += 4;
	if (op->c % 64 == 2)
		len = 0;
	say("P%u munmap(%08x, %zx)", proc, start, len);
	if (len == 0 || (start & PAGE_MASK) || start + (uint64_t)len > 0x100000000ull - PAGE_SIZE)
		expected = -EINVAL;
	end = start + page_ceil((addr_t)len);
	if (judge("munmap", mm_unmap(&procs[proc], start, len), expected,
		  is_short(0) || may_lack_pieces(proc, start, end)))
		cut(proc, start, end, false);
}

void op_protect(const struct op *op)
{
	unsigned int proc = op->proc;
	addr_t start = some_address(proc, op->a), end;
	uint32_t npages = some_length(op->b);
	int requested = some_prot(op->c), prot = implied(requested), expected = 0;
	struct page_layers *l = layers(proc, start);
	bool unmapped = false, denied = false, opposed = false, own;

	if (op->c >> 8 & 1 && l->n) {
		piece(proc, start, &l->layer[youngest(l)], &start, &end);
		npages = (end - start) >> CONFIG_PAGE_SHIFT;
	}
	end = start + PG(npages);
	say("P%u mprotect(%08x, %x, %d)", proc, start, PG(npages), requested);
	for (addr_t at = start; at != end; at += PAGE_SIZE) {
		l = layers(proc, at);
		unmapped |= l->n == 0;
		for (unsigned int i = 0; i < l->n; i++) {
			denied |= prot & ~l->layer[i].max_prot;
			if (l->layer[i].kind == STORE)
				opposed |= is_opposed(l->layer[i].file, l->layer[i].off, 1, prot,
						      (int)proc, &own, proc);
		}
	}
	if (unmapped || end < start)
		expected = -ENOMEM;
	else if (denied)
		expected = -EACCES;
	else if (((prot & PROT_WRITE) && (prot & PROT_EXEC)) || opposed)
		expected = -ENOTSUP;
	if (!judge("mprotect", mm_protect(&procs[proc], start, PG(npages), requested), expected,
		   is_short(0) || may_lack_pieces(proc, start, end)))
		return;
	for (addr_t at = start; at != end; at += PAGE_SIZE) {
		l = layers(proc, at);
		for (unsigned int i = 0; i < l->n; i++) {
			addr_t *asked = &model[proc].asked[l->layer[i].serial];
			addr_t edge = at == start ? start : end;

			/* Splitting behind what was asked for makes the rest part of it. */
			if ((l->layer[i].flags & VMA_STACK) && l->layer[i].prot != prot &&
			    edge >= *asked && (at == start || at == end - PAGE_SIZE)) {
				struct layer *next = find(proc,
							  edge - (at == start ? PAGE_SIZE : 0),
							  l->layer[i].serial);
				if (joins(&l->layer[i], next))
					*asked = 0;
			}
			if ((l->layer[i].flags & VMA_STACK) && l->layer[i].prot != prot &&
			    at == end - PAGE_SIZE && end >= *asked &&
			    joins(&l->layer[i], find(proc, end, l->layer[i].serial)))
				*asked = 0;
		}
		for (unsigned int i = 0; i < l->n; i++)
			l->layer[i].prot = (uint8_t)prot;
	}
}
