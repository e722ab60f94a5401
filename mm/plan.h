/* SPDX-License-Identifier: MIT */
/*
 * A plan: which memory answers a request to map, before anything is held or changed.
 *
 * Every row of the case table in docs/memory-model.md is one path through plan_object().
 */
#ifndef MM_PLAN_H
#define MM_PLAN_H

#include <croft/mman.h>
#include <mm/mmap.h>

struct plan {
	const struct map_request *request;
	addr_t start, end;     /* of the mapping */
	addr_t top;	       /* of the pages held for it */
	struct region *region; /* of a copy that others have too; NULL: a new one is needed */
	struct extent extent;  /* of a store */
	bool is_store;	       /* in place; else pages of its own, or @region */
	bool is_shared_copy;
	uint8_t prot, max_prot, flags;
};

/* Is the place given, and not only hinted at? */
static inline bool is_fixed(const struct map_request *request)
{
	return request->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
}

/* Do the caller's own mappings of the range go? */
static inline bool is_replacing(const struct map_request *request)
{
	return (request->flags & MAP_FIXED) && !(request->flags & MAP_FIXED_NOREPLACE);
}

/**
 * plan_file - find out which memory answers a judged request for a file
 * @plan: of anonymous memory; becomes that of the file
 * @len:  of the request, whole pages
 *
 * Return: 0, -ENODEV, -EOVERFLOW.
 */
int plan_file(struct plan *plan, addr_t len);

/**
 * replace_begin - make a mapping of new pages at a given place, in steps (mm/replace.c)
 * @plan: with that place
 * @job:  set; its result becomes -ENOMEM where a page cannot be had, and then nothing has changed
 */
void replace_begin(struct mm *mm, const struct plan *plan, struct mm_job *job);

#endif
