/* SPDX-License-Identifier: MIT */
/* What a call may find free, and what stands against it.  See model.h. */
#include "model.h"

/* What a call did has to be what it may. */
bool judge(const char *call, int err, int expected, bool may_lack)
{
	say(" = %d\n", err);
	if (err != expected && !(err == -ENOMEM && (may_lack || env_failed())))
		wrong("%s gives %d, not %d", call, err, expected);
	return err == 0;
}

/* Memory is so short that records might not be had beside @npages. */
bool is_short(uint32_t npages)
{
	return nfree_before < npages + 2;
}

static bool was_free_at(addr_t at)
{
	int page = page_at(at);

	return page >= 0 && page < (int)NRAM && was_free[page];
}

bool were_free(addr_t at, uint32_t npages)
{
	for (uint32_t i = 0; i < npages; i++)
		if (!was_free_at(at + PG(i)))
			return false;
	return true;
}

/* 1: there is room for it, 0: none, -1: a stack might be squeezed into a larger block. */
int has_place(uint32_t npages, bool is_stack)
{
	int found = 0;

	for (unsigned int page = 0; page < NRAM; page++)
		if (were_free(addr_of(page), npages)) {
			if (!is_stack || mpu_lies_well(addr_of(page), PG(npages)))
				return 1;
			if (mpu_one_entry(addr_of(page), PG(npages)))
				found = -1;
		}
	return found;
}

bool is_opposed(int which, uint32_t off, uint32_t npages, int prot, int without, bool *only_own,
		unsigned int self)
{
	int opposite = prot & PROT_WRITE ? PROT_EXEC : prot & PROT_EXEC ? PROT_WRITE : 0;
	bool found = false;

	*only_own = true;
	for (unsigned int proc = 0; opposite && proc < NPROCS; proc++)
		for (unsigned int page = 0; (int)proc != without && page < NPAGES; page++)
			for (unsigned int i = 0; i < model[proc].at[page].n; i++) {
				struct layer *l = &model[proc].at[page].layer[i];

				if (l->kind == STORE && l->file == which && l->off >= off &&
				    l->off < off + PG(npages) && (l->prot & opposite)) {
					found = true;
					if (proc != self)
						*only_own = false;
				}
			}
	return found;
}

/* May MAP_FIXED take the range?  -1: an implementation may say either. */
int can_take(unsigned int proc, addr_t at, uint32_t npages)
{
	int answer = 1;

	for (uint32_t i = 0; i < npages; i++) {
		struct page_layers *l = layers(proc, at + PG(i));
		int page = page_at(at + PG(i));

		if (page < 0 || page >= (int)NRAM)
			return 0;
		if (was_free[page])
			continue;
		if (l->n == 0 || l->layer[0].kind == STORE || page_count(at + PG(i)) != 1)
			return 0;
		for (unsigned int other = 0; other < NPROCS; other++)
			if (other != proc && model[other].at[page].n)
				return 0;
		if (l->layer[0].kind == COMMON_COPY)
			answer = -1;
	}
	return answer;
}

bool any_layer(unsigned int proc, addr_t at, uint32_t npages)
{
	for (uint32_t i = 0; i < npages; i++)
		if (layers(proc, at + PG(i))->n)
			return true;
	return false;
}

bool any_full(unsigned int proc, addr_t at, uint32_t npages)
{
	for (uint32_t i = 0; i < npages; i++)
		if (layers(proc, at + PG(i))->n == MAX_LAYERS)
			return true;
	return false;
}

/* Is there a common copy, in one piece of some process, that has to be shared? */
bool must_share(int which, uint32_t off, uint32_t npages)
{
	for (unsigned int proc = 0; proc < NPROCS; proc++)
		for (unsigned int page = 0; page < NRAM; page++)
			for (unsigned int i = 0; i < model[proc].at[page].n; i++) {
				struct layer *l = &model[proc].at[page].layer[i];
				uint32_t n = 0;

				if (l->kind != COMMON_COPY || l->file != which || l->off != off)
					continue;
				while (n < npages &&
				       joins(l, find(proc, addr_of(page) + PG(n), l->serial)))
					n++;
				if (n == npages)
					return true;
			}
	return false;
}

bool is_common_copy(addr_t at, uint32_t npages, int which, uint32_t off)
{
	for (uint32_t i = 0; i < npages; i++) {
		int page = page_at(at + PG(i));

		if (page < 0 || page >= (int)NRAM || was_free[page] || !is_known[page] ||
		    copy_of[page].file != which || copy_of[page].off != off + PG(i))
			return false;
	}
	return true;
}

bool over_limits(unsigned int proc, uint32_t npages)
{
	uint32_t npieces, have;
	bool has_common;

	count(proc, &npieces, &have, &has_common);
	return procs[proc].nvmas >= procs[proc].max_vmas || have + npages > procs[proc].max_pages;
}
