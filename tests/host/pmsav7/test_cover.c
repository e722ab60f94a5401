/* SPDX-License-Identifier: MIT */
/*
 * arch/cortex-m/pmsav7/cover.c against the rules of the architecture, for every range of a space of 64 pages and
 * every page in it: no byte too many, and none too few.
 */
#include <mm_env.h>

#include <host_mpu.h>
#include <stdarg.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#define N    64u
#define BASE RAM_A

/* Which pages does a block with some eighths off grant?  -1: parts of pages. */
static int granted(const struct cover *cover, addr_t at)
{
	struct mpu_entry entry = arch_mpu_encode(0, cover, PROT_READ | PROT_WRITE, MPU_NORMAL);
	int first, any = 0;

	arch_mpu_load(0, &entry);
	first = mpu_slot_grants(0, at) > 0;
	for (addr_t off = 0; off < PAGE_SIZE; off += PAGE_SIZE / 8)
		if ((mpu_slot_grants(0, at + off) > 0) != first)
			any = -1;
	return any ? any : first;
}

static bool lies_well(addr_t start, addr_t end, addr_t base, addr_t size)
{
	for (addr_t eighth = base; eighth - base < size; eighth += size / 8) {
		addr_t lo = MAX(start, eighth), hi = MIN(end, eighth + size / 8);

		if (lo < hi && hi - lo != size / 8)
			return false;
	}
	return true;
}

/* What a cover was found for is what it says it grants. */
static void check_granted(const struct cover *cover, addr_t start, addr_t end)
{
	struct span span = cover_span(cover, start, end), granted = cover_granted(cover);

	assert_int_equal(granted.start, span.start);
	assert_int_equal(granted.last, span.last);
}

static void adversary_19_every_range(void **state)
{
	(void)state;
	for (addr_t start = BASE; start < BASE + PG(N); start += PAGE_SIZE)
		for (addr_t end = start + PAGE_SIZE; end <= BASE + PG(N); end += PAGE_SIZE)
			for (addr_t at = start; at < end; at += PAGE_SIZE) {
				struct cover cover = cover_find(start, end, at + 20);
				addr_t largest = 0;

				for (addr_t size = PAGE_SIZE; size <= PG(2 * N); size *= 2)
					if (lies_well(start, end, at & ~(size - 1), size))
						largest = size;
				/* A block twice the size of one that holds all grants no more. */
				if ((addr_t)1 << cover.log2 != largest &&
				    !(cover.base <= start && end - cover.base <= 1u << cover.log2))
					fail_msg("%x-%x at %x: block %x, not %x", start, end, at,
						 1u << cover.log2, largest);
				assert_true(cover_grants(&cover, at));
				for (addr_t page = BASE; page < BASE + PG(N); page += PAGE_SIZE) {
					bool in_block = page - cover.base < 1u << cover.log2;
					bool want = in_block && page >= start && page < end;

					if (page >= end + PG(2) || page + PG(2) < start)
						continue;
					if (granted(&cover, page) != want ||
					    cover_grants(&cover, page) != want ||
					    cover_grants(&cover, page + PAGE_MASK) != want)
						fail_msg("%x-%x at %x: page %x", start, end, at,
							 page);
				}
				check_granted(&cover, start, end);
			}
	memset(mpu_hardware, 0, sizeof(mpu_hardware));
}

static void test_edges_of_the_address_space(void **state)
{
	static const struct {
		addr_t start, end, at;
	} rows[] = {
		{ 0x80000000, 0, 0x80000000 }, /* ends with the space: end - 1 is the last byte */
		{ 0xfffff000, 0, 0xffffffff },
		{ 0, 0x80000000, 0x7fffffff },
		{ 0x1000, 0xfffff000, 0x90000000 },
	};

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		if (rows[i].end == 0)
			continue; /* a range never ends there: the last page is never memory */
		struct cover c = cover_find(rows[i].start, rows[i].end, rows[i].at);

		assert_true(cover_grants(&c, rows[i].at));
	}
	struct cover c = cover_find(rows[3].start, rows[3].end, rows[3].at);

	assert_true(c.log2 <= 31);
	assert_false(cover_grants(&c, 0xfffff000));
	check_granted(&c, rows[3].start, rows[3].end);
	c.off = 0xff;
	assert_int_equal(cover_granted(&c).start, UINT32_MAX); /* nothing */
	c.off = 0xda;
	assert_int_equal(cover_granted(&c).start, UINT32_MAX); /* two runs */
	c.off = 0x7f;
	assert_int_equal(cover_granted(&c).last, cover_block(&c).last);
}

/* Is it good: all in one block of the smallest size, and at an eighth of it? */
static bool is_good(addr_t at, addr_t len)
{
	addr_t unit = cover_unit(len), block = 8 * unit;

	return at % unit == 0 && at / block == (at + len - 1) / block;
}

static void test_places(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 24; n++)
		for (addr_t start = BASE; start < BASE + PG(40); start += PAGE_SIZE)
			for (addr_t end = start + PAGE_SIZE; end <= BASE + PG(40);
			     end += PAGE_SIZE) {
				addr_t low = 0, high = 0;

				for (addr_t at = start; at + PG(n) <= end; at += PAGE_SIZE)
					if (is_good(at, PG(n))) {
						low = low ? low : at;
						high = at;
					}
				if (cover_place_low(start, end, PG(n)) != low ||
				    cover_place_high(start, end, PG(n)) != high)
					fail_msg("%u pages in %x-%x: %x %x, not %x %x", n, start,
						 end, cover_place_low(start, end, PG(n)),
						 cover_place_high(start, end, PG(n)), low, high);
			}
}

static void test_round(void **state)
{
	static const struct {
		uint32_t n, rounded;
	} rows[] = { { 1, 1 },	 { 7, 7 },   { 8, 8 },	 { 9, 10 },
		     { 13, 14 }, { 16, 16 }, { 17, 20 }, { 33, 40 } };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		addr_t len = cover_round(PG(rows[i].n));
		addr_t at = cover_place_low(BASE, BASE + PG(64), len);
		struct cover cover = cover_find(at, at + len, at);

		assert_int_equal(len, PG(rows[i].rounded));
		assert_true(cover_grants(&cover, at + len - 1));
	}
	assert_int_equal(cover_unit(1), PAGE_SIZE);
	assert_int_equal(cover_unit(0), PAGE_SIZE);
	assert_int_equal(cover_round(0xf8000001), 0); /* too long */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adversary_19_every_range),
		cmocka_unit_test(test_edges_of_the_address_space),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_round),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
