/* SPDX-License-Identifier: MIT */
/*
 * Fragmentation: what a trace is, and what an allocator is, to the program that replays one
 * with the other.  Every file of it, and mm/page.c and cover.c, is compiled with this header
 * first, since the size of a page is a variable here.
 */
#ifndef FRAG_H
#define FRAG_H

#define MM_HOST_TEST	   1 /* the seam of mm/internal.h */
#define CONFIG_ASSERT_TEXT 1
#define CONFIG_PAGE_SHIFT  frag_page_shift
extern unsigned int frag_page_shift;

#include <mm/page.h>

/* One bank of RAM. */
struct geometry {
	const char *name;
	unsigned int page_shift;
	addr_t start;
	uint32_t npages; /* with those that hold the page records */
	uint32_t own;	 /* so many are those */
};

/* The same calls for both; addresses in bytes, lengths in pages. */
struct allocator {
	const char *name;
	void (*init)(const struct geometry *geometry);
	bool (*alloc)(uint32_t npages, enum page_place place, addr_t *at);
	bool (*take)(addr_t at, uint32_t npages);
	void (*put)(addr_t at, uint32_t npages);
	uint32_t (*nfree)(void);
	uint32_t (*largest)(void); /* the longest request that would succeed */
	void (*check)(void);
};
extern const struct allocator croft, buddy;

/*
 * A step of a trace.  Memory has a number from its allocation on.
 *
 *	alloc	1	a 1 9 any	any, entry, heap, or slab (the kernel's: takes no entry)
 *	free	1	f 1
 *	grow	1	g 1 2		by 2 pages; in place, else by a further piece
 *	shrink	1	s 1 2		the last 2 pages go
 *	cut	1	c 1 3 2		from its page 3 on it is memory of its own, number 2
 */
struct op {
	char what;
	uint8_t place; /* enum page_place, or OP_SLAB */
	uint32_t id, n, other;
};
#define OP_SLAB 255

struct trace {
	const char *name;
	struct op *ops;
	uint32_t nops, room, nids;
};

void trace_add(struct trace *trace, struct op op);
void trace_free(struct trace *trace);

/* From a text file.  false: it says why. */
bool trace_read(struct trace *trace, const char *path);
void trace_print(const struct trace *trace);

/*
 * Write one of the kinds.  At step i the memory asked for is at most from + (to - from) * i /
 * nsteps pages, whatever an allocator makes of it.
 */
struct offer {
	const struct geometry *geometry;
	uint64_t seed;
	uint32_t nsteps, from, to;
};
typedef void (*trace_writer)(struct trace *trace, const struct offer *offer);
struct trace_kind {
	const char *name;
	trace_writer write;
	const char *what;
};
extern const struct trace_kind trace_kinds[];
extern const unsigned int ntrace_kinds;

#endif
