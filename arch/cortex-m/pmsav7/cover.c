/* SPDX-License-Identifier: MIT */
/* Covers of ranges by blocks and their eighths.  See include/arch/cover.h and cover_shape.h here. */
#include <arch/cover.h>
#include <kernel/assert.h>

#define MAX_LOG2 31

/*@ requires log2 < 32;
  @ assigns \nothing;
  @*/
static addr_t block_mask(unsigned int log2)
{
	return ((addr_t)1 << log2) - 1;
}

/* Which eighth of its block does @at lie in? */
/*@ requires 3 <= log2 < 32;
  @ assigns \nothing;
  @ ensures \result < 8;
  @*/
static unsigned int eighth_of(addr_t at, unsigned int log2)
{
	return (at >> (log2 - 3)) & 7;
}

/* log2 of the smallest power of two that is at least @len. */
/*@ assigns \nothing;
  @ ensures \result <= 32;
  @*/
static unsigned int ceil_log2(addr_t len)
{
	return len <= 1 ? 0 : 32 - (unsigned int)__builtin_clz(len - 1);
}

/*
 * log2 of the largest block that holds @at and whose eighths are each on one side of @edge.
 *
 * A block that holds bytes on both sides of the edge (@beside is on the other side than @at) must
 * have the edge at an eighth; the next smaller one than the smallest that fails does.
 */
/*@ assigns \nothing;
  @ ensures 3 <= \result;
  @*/
static unsigned int edge_log2(addr_t edge, addr_t beside, addr_t at)
{
	unsigned int spans = 32 - (unsigned int)__builtin_clz((beside ^ at) | 1);
	unsigned int aligned = edge ? (unsigned int)__builtin_ctz(edge) + 3 : 32;

	return MAX(spans - 1, aligned);
}

/*
 * Of all blocks that hold @at and whose eighths lie each wholly inside or outside the range this is the
 * largest, so it grants all that any other would.
 */
struct cover cover_find(addr_t start, addr_t end, addr_t at)
{
	/* The smallest block that holds the whole range: a larger one grants no more. */
	unsigned int log2 = 32 - (unsigned int)__builtin_clz((start ^ (end - 1)) | PAGE_MASK);
	unsigned int at_start = edge_log2(start, start - 1, at), at_end = edge_log2(end, end, at);
	unsigned int first, behind; /* eighths */
	struct cover cover = { 0 };
	struct span span;

	/*@ assert by_eva: log2 >= CONFIG_PAGE_SHIFT; // the bits of PAGE_MASK, at least */
	ASSERT(start <= at && at < end);
	log2 = MIN(log2, MAX_LOG2);
	log2 = MIN(log2, at_start);
	log2 = MIN(log2, at_end);
	cover.log2 = (uint8_t)log2;
	cover.base = at & ~block_mask(log2);
	span = cover_span(&cover, start, end);
	first = eighth_of(span.start, log2);
	behind = eighth_of(span.last, log2) + 1;
	cover.off = (uint8_t) ~((1u << behind) - (1u << first));
	return cover;
}

bool cover_grants(const struct cover *cover, addr_t at)
{
	addr_t offset = at - cover->base;

	return offset <= block_mask(cover->log2) &&
	       !(cover->off & (1u << eighth_of(at, cover->log2)));
}

struct span cover_granted(const struct cover *cover)
{
	unsigned int on = ~(unsigned int)cover->off & 0xff;
	unsigned int first = (unsigned int)__builtin_ctz(on | 0x100);
	unsigned int behind = 32 - (unsigned int)__builtin_clz(on | 1);
	addr_t eighth = (addr_t)1 << (cover->log2 - 3);

	if (on == 0 || on != (1u << behind) - (1u << first))
		return SPAN_NONE;
	return (struct span){ cover->base + first * eighth, cover->base + (behind * eighth - 1) };
}

unsigned int cover_count(addr_t start, addr_t end)
{
	unsigned int count = 0;
	addr_t at = start, before;

	/*@ loop invariant start <= at < end;
	  @ loop assigns count, at, before;
	  @ loop variant end - at;
	  @*/
	do {
		struct cover cover = cover_find(start, end, at);

		before = at; /* the entry grants all of its block that lies in the range */
		at = cover.base + block_mask(cover.log2) + 1;
		count++;
	} while (before < at && at < end); /* behind the last block of all is 0 */
	return count;
}

/* An eighth of the smallest block that holds so many bytes, but at least a page. */
addr_t cover_unit(addr_t len)
{
	unsigned int log2 = ceil_log2(len);

	return MAX((addr_t)1 << (log2 < 3 ? 0 : log2 - 3), PAGE_SIZE);
}

addr_t cover_round(addr_t len)
{
	addr_t eighth = cover_unit(len);

	return (len + eighth - 1) & ~(eighth - 1);
}

addr_t cover_place_low(addr_t start, addr_t end, addr_t len)
{
	addr_t eighth = cover_unit(len), block = 8 * eighth - 1;
	addr_t at = (start + eighth - 1) & ~(eighth - 1);

	if (((at ^ (at + len - 1)) & ~block) != 0) /* over the edge of a block: start there */
		at = (at + len - 1) & ~block;
	if (at < start || at > end || end - at < len)
		return 0;
	return at;
}

addr_t cover_place_high(addr_t start, addr_t end, addr_t len)
{
	addr_t eighth = cover_unit(len), block = 8 * eighth - 1;
	addr_t at;

	if (end - start < len)
		return 0;
	at = (end - len) & ~(eighth - 1);
	if (((at ^ (at + len - 1)) & ~block) != 0) /* over the edge of a block: end there */
		at = (((at + len - 1) & ~block) - len) & ~(eighth - 1);
	return at >= start && at <= end - len ? at : 0;
}
