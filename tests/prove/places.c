/* SPDX-License-Identifier: MIT */
/*
 * A stack is granted whole by one entry, so that it is resident all or not at all: each length,
 * rounded up, at the lowest and at the highest place of every free range that starts or ends
 * where the memory does.
 */
#include "prove.h"

#include <arch/cover.h>
#include <board.h>

static uint64_t nplaces;

static void check_place(addr_t at, addr_t start, addr_t end, addr_t len)
{
	if (at == 0)
		return; /* no good place there */
	if (!is_page_aligned(at) || at < start || end - at < len || at > end)
		wrong("%x bytes in %08x-%08x are put at %08x", len, start, end, at);
	if (cover_count(at, at + len) != 1)
		wrong("%x bytes at %08x take %u entries", len, at, cover_count(at, at + len));
	nplaces++;
}

static void check_length(addr_t base, addr_t top, addr_t len)
{
	for (addr_t at = base; at < top; at += PAGE_SIZE) {
		check_place(cover_place_low(at, top, len), at, top, len);
		check_place(cover_place_high(at, top, len), at, top, len);
		check_place(cover_place_low(base, at + PAGE_SIZE, len), base, at + PAGE_SIZE, len);
		check_place(cover_place_high(base, at + PAGE_SIZE, len), base, at + PAGE_SIZE, len);
	}
	if (!cover_place_low(base, top, len) && len <= (top - base) / 2)
		wrong("%x bytes find no place in %08x-%08x", len, base, top);
}

void prove_places(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(board_banks); i++) {
		addr_t base = board_banks[i].start, top = base + board_banks[i].len;
		uint32_t npages = (top - base) >> CONFIG_PAGE_SHIFT;
		uint32_t step = is_quick ? npages / 64 : 1;

		nplaces = 0;
		for (uint32_t n = 1; n <= npages; n += step)
			check_length(base, top, cover_round(n << CONFIG_PAGE_SHIFT));
		proven("%s, stacks of up to %u pages: %llu places, each of one entry",
		       board_banks[i].name, npages, (unsigned long long)nplaces);
	}
}
