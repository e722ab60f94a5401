/* SPDX-License-Identifier: MIT */
/* Covers of ranges by ranges: one entry is enough for any.  See include/arch/cover.h. */
#include <arch/cover.h>
#include <kernel/assert.h>

struct cover cover_find(addr_t start, addr_t end, addr_t at)
{
	ASSERT(start <= at && at < end);
	return (struct cover){ start, end - 1 };
}

struct span cover_granted(const struct cover *cover)
{
	return cover_block(cover);
}

bool cover_grants(const struct cover *cover, addr_t at)
{
	return cover->start <= at && at <= cover->last;
}

unsigned int cover_count(addr_t start, addr_t end)
{
	(void)start;
	(void)end;
	return 1;
}

addr_t cover_unit(addr_t len)
{
	(void)len;
	return PAGE_SIZE;
}

addr_t cover_round(addr_t len)
{
	return page_ceil(len);
}

addr_t cover_place_low(addr_t start, addr_t end, addr_t len)
{
	return end - start < len ? 0 : start;
}

addr_t cover_place_high(addr_t start, addr_t end, addr_t len)
{
	return end - start < len ? 0 : end - len;
}
