/* SPDX-License-Identifier: MIT */
/*
 * mm/mmap.c: every row of the table of mmap(), the order of its errors, placement, replacing, and
 * that no byte is ever writable and executable.
 */
#include <mm_test.h>

#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/* Errors that need no file, and those of files; a call that fails changes nothing. */
static void test_errors(void **state)
{
	static const struct {
		addr_t addr;
		size_t len;
		int prot, flags, which;
		uint32_t off;
		int err;
	} rows[] = {
		/* arguments */
		{ 0, 0, RW, ANON, -1, 0, -EINVAL },
		{ 0, 1, RW, MAP_ANONYMOUS, -1, 0, -EINVAL },
		{ 0, 1, RW, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0, -EINVAL },
		{ 0, 1, RW, 4 | MAP_ANONYMOUS, -1, 0, -EINVAL },
		{ RAM_A + 4, 1, RW, ANON | MAP_FIXED, -1, 0, -EINVAL },
		{ RAM_A + 4, 1, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0, -EINVAL },
		{ 0, 1, RO, MAP_PRIVATE, FILE_TEXT, 4, -EINVAL },
		{ 0, 1, RO, MAP_PRIVATE, FILE_TEXT, 0x80000000, -EINVAL },
		{ 0, 1, RO, MAP_SHARED_VALIDATE | 0x1000000, FILE_RAM, 0, -EOPNOTSUPP },
		{ 0, 0xfffffff0, RW, ANON, -1, 0, -ENOMEM },
		{ 0, 0xfffffff0, RO, MAP_PRIVATE, FILE_TEXT, 4, -EINVAL }, /* comes before */
		/* what cannot be mapped so */
		{ 0, 1, RO, MAP_SHARED, FILE_COPY, 0, -ENODEV },
		{ 0, PG(2), RO, MAP_SHARED, FILE_RAM, PG(5), -ENODEV },
		{ 0, 1, RO, MAP_SHARED, FILE_RAM, PG(6), -ENODEV },
		{ 0, 1, RO, MAP_SHARED, FILE_TAIL, PG(4), -ENODEV },
		{ 0, 1, RX, MAP_SHARED, FILE_MMIO, 0, -ENODEV },
		{ 0, 1, RO, MAP_PRIVATE, FILE_MMIO, 0, -ENODEV },
		{ 0, PG(2), RO, MAP_PRIVATE, FILE_COPY, 0x80000000 - PG(1), -EOVERFLOW },
		{ 0, PG(2), RW | PROT_EXEC, MAP_PRIVATE, FILE_COPY, 0x80000000 - PG(1),
		  -EOVERFLOW },
		{ 0, 1, RW | PROT_EXEC, MAP_SHARED, FILE_COPY, 0, -ENODEV }, /* comes before */
		/* W^X */
		{ 0, 1, RW | PROT_EXEC, ANON, -1, 0, -ENOTSUP },
		{ 0, 1, PROT_WRITE | PROT_EXEC, ANON, -1, 0, -ENOTSUP },
		{ 0, PG(1000), RW | PROT_EXEC, ANON, -1, 0, -ENOTSUP },
		{ 0, 1, RW | PROT_EXEC, MAP_PRIVATE, FILE_TEXT, 0, -ENOTSUP },
		{ 0, 1, RW | PROT_EXEC, MAP_SHARED, FILE_RAM, 0, -ENOTSUP },
		/* no memory, or not there */
		{ 0, PG(1000), RW, ANON, -1, 0, -ENOMEM },
		{ 0, PG(70000), RW, ANON, -1, 0, -ENOMEM },
		{ 0, PG(40), RW, ANON, -1, 0, -ENOMEM },
		{ 0, 0xf8000001, RW, ANON | MAP_STACK, -1, 0, -ENOMEM },
		{ RAM_A, 1, RW, ANON | MAP_FIXED, -1, 0, -ENOMEM }, /* the kernel's */
		{ FLASH_AT, 1, RO, ANON | MAP_FIXED, -1, 0, -ENOMEM },
		{ DEVICE_AT, 1, RO, ANON | MAP_FIXED, -1, 0, -ENOMEM },
		{ RAM_A + PG(RAM_A_PAGES - 1), PG(2), RW, ANON | MAP_FIXED, -1, 0, -ENOMEM },
		{ 0xfffff000u & ~PAGE_MASK, PG(2), RW, ANON | MAP_FIXED, -1, 0, -ENOMEM },
		{ 0, 1, RW, ANON | MAP_FIXED, -1, 0, -ENOMEM },
		{ RAM_B + PG(7), PG(3), RW, ANON | MAP_FIXED | MAP_STACK, -1, 0, -ENOMEM },
		{ RAM_B + PG(7), 1, RO, MAP_PRIVATE | MAP_FIXED, FILE_TEXT, 0, -ENOMEM },
		{ RAM_B + PG(7), 1, RW, MAP_SHARED | MAP_FIXED, FILE_RAM, 0, -ENOMEM },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		char *before;
		struct map_request request = {
			.addr = rows[i].addr,
			.len = rows[i].len,
			.prot = rows[i].prot,
			.flags = rows[i].flags,
			.offset = rows[i].off,
			.can_write = true,
			.backing = rows[i].which < 0 ? NULL : file((enum env_file)rows[i].which),
		};
		addr_t at = 0;
		int err;

		if ((request.flags & MAP_STACK) && (request.flags & MAP_FIXED) &&
		    mpu_one_entry(request.addr, request.len))
			continue; /* lies well, where an entry can grant any range */
		before = strdup(env_snapshot());
		err = env_map(A, &request, &at);
		if (err != rows[i].err)
			fail_msg("row %u: %d, not %d", i, err, rows[i].err);
		assert_string_equal(before, env_snapshot());
		free(before);
	}
}

/* What a file mapping is made of, and what mprotect may make of it. */
static void test_files(void **state)
{
	enum { DIRECT, SHARED_COPY, OWN_COPY };
	static const struct {
		int which;
		uint32_t page, npages;
		int prot, flags;
		bool can_write;
		int is;
		unsigned int max_prot;
	} rows[] = {
		{ FILE_TEXT, 0, 8, RX, MAP_PRIVATE, false, DIRECT, RX },
		{ FILE_TEXT, 3, 2, RO, MAP_SHARED, false, DIRECT, RX },
		{ FILE_TEXT, 7, 2, RO, MAP_PRIVATE, false, SHARED_COPY, RX }, /* over the end */
		{ FILE_TEXT, 0, 8, RW, MAP_PRIVATE, false, OWN_COPY, RW | PROT_EXEC },
		{ FILE_TEXT, 20, 2, RO, MAP_PRIVATE, false, SHARED_COPY, RX }, /* behind the end */
		{ FILE_TAIL, 0, 4, RO, MAP_PRIVATE, false, DIRECT, RX },
		{ FILE_TAIL, 0, 5, RO, MAP_PRIVATE, false, SHARED_COPY, RX },
		{ FILE_TAIL, 4, 1, RX, MAP_PRIVATE, false, SHARED_COPY, RX },
		{ FILE_COPY, 0, 6, RO, MAP_PRIVATE, false, SHARED_COPY, RX },
		{ FILE_COPY, 2, 9, RW, MAP_PRIVATE, false, OWN_COPY, RW | PROT_EXEC },
		{ FILE_RAM, 0, 6, RW, MAP_SHARED, true, DIRECT, RW | PROT_EXEC },
		{ FILE_RAM, 1, 1, RO, MAP_SHARED, false, DIRECT, RX },
		{ FILE_RAM, 1, 1, RO, MAP_SHARED, true, DIRECT, RW | PROT_EXEC },
		{ FILE_RAM, 0, 6, RO, MAP_PRIVATE, true, DIRECT, RX },
		{ FILE_RAM, 2, 2, RW, MAP_PRIVATE, false, OWN_COPY, RW | PROT_EXEC },
		{ FILE_MMIO, 0, 2, RW, MAP_SHARED, true, DIRECT, RW },
		{ FILE_MMIO, 1, 1, RO, MAP_SHARED, false, DIRECT, RO },
		{ FILE_RAM, 0, 1, PROT_NONE, MAP_SHARED_VALIDATE, false, DIRECT, RX },
		{ FILE_RAM, 0, 1, PROT_WRITE, MAP_SHARED, true, DIRECT, RW | PROT_EXEC },
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		enum env_file which = (enum env_file)rows[i].which;
		uint32_t nfree = page_nfree(), copied = region_stats.private_pages;
		addr_t at = map_file(A, 0, rows[i].npages, rows[i].prot, rows[i].flags, which,
				     rows[i].page, rows[i].can_write, 0);
		struct vma *vma = mm_find(A, at);

		assert_int_equal(vma->max_prot, rows[i].max_prot);
		if ((vma->region->is_store) != (rows[i].is == DIRECT) ||
		    vma->region->is_shared != (rows[i].is == SHARED_COPY))
			fail_msg("row %u: kind %u", i, region_kind(vma->region));
		assert_int_equal(region_stats.private_pages - copied,
				 rows[i].is == DIRECT ? 0 : rows[i].npages);
		if (rows[i].is == DIRECT)
			assert_true(nfree - page_nfree() <= 2); /* records alone */
		for (uint32_t b = 0; which != FILE_MMIO && b < PG(rows[i].npages); b++)
			if (*(uint8_t *)addr_ptr(at + b) != file_byte(which, PG(rows[i].page) + b))
				fail_msg("row %u: byte %u", i, b);
		mm_unmap_all(A);
		env_check();
	}
}

/* N1: who comes later shares the region; an inexact overlap of a copy makes another. */
static void test_sharing(void **state)
{
	static const struct {
		uint32_t page, npages;
		bool shares;
	} rows[] = {
		{ 1, 3, true },	 { 2, 1, true },  { 1, 2, true },  { 3, 1, true },
		{ 0, 2, false }, { 3, 2, false }, { 0, 5, false }, { 4, 1, false },
	};
	addr_t text = map_file(A, 0, 4, RX, MAP_PRIVATE, FILE_TEXT, 0, false, 0);
	addr_t copy;

	(void)state;
	assert_int_equal(text, FLASH_AT);
	assert_int_equal(map_file(B, 0, 2, RX, MAP_PRIVATE, FILE_TEXT, 1, false, 0), text + PG(1));
	assert_int_equal(region_find(text)->usage, 2);
	copy = map_file(A, 0, 3, RO, MAP_PRIVATE, FILE_COPY, 1, false, 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		addr_t at = map_file(B, 0, rows[i].npages, RX, MAP_PRIVATE, FILE_COPY, rows[i].page,
				     false, 0);

		assert_int_equal(at == copy + PG(rows[i].page) - PG(1), rows[i].shares);
		assert_int_equal(mm_unmap(B, at, PG(rows[i].npages)), 0);
	}
	/* A copy of one's own is neither given nor taken. */
	assert_true(map_file(B, 0, 3, RW, MAP_PRIVATE, FILE_COPY, 1, false, 0) != copy);
	mm_unmap_all(A);
	env_check();
	assert_true(map_file(A, 0, 3, RO, MAP_PRIVATE, FILE_COPY, 1, false, 0) != 0);
	assert_int_equal(region_stats.private_pages, 6);
}

/* N4, and new memory is zero although what was free was not. */
static void test_anonymous(void **state)
{
	static const uint32_t trims[] = { 1, 0, 7, 8 };
	static const uint32_t costs[] = { 9, 16, 9, 16 };

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(trims); i++) {
		addr_t at;

		mm_nr_trim_pages = trims[i];
		at = map_anon(A, 0, 9, RW, MAP_UNINITIALIZED, 0);
		assert_int_equal(region_stats.private_pages, costs[i]);
		assert_int_equal(region_stats.waste_pages, costs[i] - 9);
		for (uint32_t b = 0; b < PG(9); b++)
			assert_int_equal(*(uint8_t *)addr_ptr(at + b), 0);
		memset(addr_ptr(at), 0xff, PG(9));
		assert_int_equal(mm_unmap(A, at, PG(9)), 0);
		env_check();
	}
	/* Shared without a file is private: there is no fork. */
	struct map_request request = { .len = 1, .prot = RW, .flags = MAP_SHARED | MAP_ANONYMOUS };
	addr_t at;

	assert_int_equal(env_map(A, &request, &at), 0);
	assert_int_equal(mm_find(A, at)->flags, 0);
}

/* Every one of them in one entry, and the waste is known. */
static void test_stacks(void **state)
{
	(void)state;
	for (uint32_t n = 1; n <= 14; n++) {
		addr_t at = map_anon(A, 0, n, RW, MAP_STACK, 0);
		struct mm_stack stack;

		assert_int_equal(mm_stack_find(A, at + PG(n), &stack), 0);
		mm_activate(A, &stack);
		env_check();
		for (addr_t byte = at; byte < at + PG(n); byte += PAGE_SIZE / 2)
			assert_int_equal(mpu_grants(byte), RW);
		assert_int_equal(mpu_grants(at - 4), 0);
		assert_int_equal(mpu_grants(stack.end), 0);
		assert_int_equal(region_stats.waste_pages, cover_round(PG(n)) / PAGE_SIZE - n);
		assert_int_equal(mm_unmap(A, at, PG(n)),
				 0); /* what it was rounded up by goes too */
		assert_true(mm_is_empty(A));
		assert_int_equal(mpu_grants(at), 0);
	}
}

/* Nothing gets at a guard, which may hold what others left; above it memory is zero. */
static void test_guard(void **state)
{
	addr_t dirty = map_anon(B, 0, 8, RW, 0, 0), at;
	struct map_request request = { .len = PG(4),
				       .prot = RW,
				       .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK,
				       .guard = 1 };

	(void)state;
	memset(addr_ptr(dirty), 0xff, PG(8));
	assert_int_equal(mm_unmap(B, dirty, PG(8)), 0);
	assert_int_equal(env_map(A, &request, &at), 0);
	env_check();
	assert_int_equal(mm_find(A, at)->end, at + PG(1));
	assert_int_equal(mm_find(A, at)->prot, PROT_NONE);
	assert_int_equal(mm_find(A, at + PG(1))->end, at + PG(4));
	assert_int_equal(mm_find(A, at + PG(1))->prot, RW);
	for (addr_t byte = at + PG(1); byte < at + PG(4); byte += 4)
		assert_int_equal(*(uint32_t *)addr_ptr(byte), 0);
	assert_int_equal(mm_protect(A, at, PG(1), PROT_READ), -EACCES);
	assert_int_equal(mm_protect(A, at, PG(4), RW), -EACCES);
	assert_int_equal(mm_unmap(A, at, PG(4)), 0);
	assert_true(mm_is_empty(A));
}

static void test_hints(void **state)
{
	addr_t at = map_anon(A, RAM_B + PG(9) + 40, 3, RW, 0, 0);

	(void)state;
	assert_int_equal(at, RAM_B + PG(9));
	assert_true(map_anon(A, RAM_B + PG(9), 3, RW, 0, 0) != RAM_B + PG(9));
	assert_true(map_anon(A, FLASH_AT, 1, RW, 0, 0) != FLASH_AT);
	assert_true(map_anon(A, RAM_B + PG(RAM_B_PAGES - 1), 2, RW, 0, 0) != 0);
	assert_int_equal(map_file(A, RAM_B + PG(2), 1, RO, MAP_PRIVATE, FILE_TEXT, 0, false, 0),
			 FLASH_AT);
}

static void test_fixed(void **state)
{
	addr_t base = RAM_B + PG(4);

	(void)state;
	/* free */
	assert_int_equal(map_anon(A, base, 8, RW, MAP_FIXED, 0), base);
	memset(addr_ptr(base), 0x11, PG(8));
	/* the middle of one's own, replaced and zero */
	assert_int_equal(map_anon(A, base + PG(2), 2, RO, MAP_FIXED, 0), base + PG(2));
	assert_string_equal(env_maps(A, base), "0-2 rw-p, 2-4 r--p, 4-8 rw-p");
	assert_int_equal(*(uint8_t *)addr_ptr(base + PG(2)), 0);
	assert_int_equal(*(uint8_t *)addr_ptr(base + PG(4) - 1), 0);
	assert_int_equal(*(uint8_t *)addr_ptr(base + PG(4)), 0x11);
	/* several at once, over a hole and free pages on both sides */
	assert_int_equal(mm_unmap(A, base + PG(5), PG(1)), 0);
	assert_int_equal(map_anon(A, base - PG(1), 10, RW, MAP_FIXED, 0), base - PG(1));
	assert_string_equal(env_maps(A, base), "-1-9 rw-p");
	/* others' pages: not, and all is as it was */
	assert_int_equal(map_anon(B, base + PG(8), 2, RW, MAP_FIXED, -ENOMEM), 0);
	assert_int_equal(map_anon(B, base - PG(2), 2, RW, MAP_FIXED, -ENOMEM), 0);
	assert_true(mm_is_empty(B));
	/* a page that someone else holds as well */
	page_get(base, 1);
	assert_int_equal(map_anon(A, base, 1, RW, MAP_FIXED, -ENOMEM), 0);
	page_put(base, 1);
	/* a private copy of a file at a place */
	assert_int_equal(map_file(A, base, 2, RW, MAP_PRIVATE | MAP_FIXED, FILE_TEXT, 0, false, 0),
			 base);
	assert_int_equal(*(uint8_t *)addr_ptr(base + 5), file_byte(FILE_TEXT, 5));
	/* a stack in one entry */
	assert_int_equal(map_anon(A, RAM_B + PG(16), 8, RW, MAP_FIXED | MAP_STACK, 0),
			 RAM_B + PG(16));
}

static void test_noreplace(void **state)
{
	addr_t base = RAM_B + PG(4);

	(void)state;
	assert_int_equal(map_anon(A, base, 4, RW, MAP_FIXED_NOREPLACE, 0), base);
	map_anon(A, base + PG(3), 2, RW, MAP_FIXED_NOREPLACE, -EEXIST);
	map_anon(A, base - PG(1), 2, RW, MAP_FIXED_NOREPLACE, -EEXIST);
	map_anon(B, base, 1, RW, MAP_FIXED_NOREPLACE, -ENOMEM);
	map_anon(A, RAM_A, 1, RW, MAP_FIXED_NOREPLACE, -ENOMEM);
	map_file(A, base, 1, RW, MAP_PRIVATE | MAP_FIXED_NOREPLACE, FILE_TEXT, 0, false, -EEXIST);
	map_file(A, base, 1, RO, MAP_PRIVATE | MAP_FIXED_NOREPLACE, FILE_TEXT, 0, false, -EEXIST);
	map_file(A, FLASH_AT, 1, RO, MAP_PRIVATE | MAP_FIXED_NOREPLACE, FILE_TEXT, 0, false, 0);
	map_file(A, FLASH_AT, 1, RO, MAP_PRIVATE | MAP_FIXED_NOREPLACE, FILE_TEXT, 0, false,
		 -EEXIST);
	assert_int_equal(A->nvmas, 2);
}

/* N5: every coinciding layer is replaced, and the store's region outlives its last view. */
static void test_fixed_over_layers(void **state)
{
	addr_t store = map_file(A, 0, 6, RO, MAP_SHARED, FILE_RAM, 0, true, 0);

	(void)state;
	for (int i = 0; i < 2; i++)
		map_file(A, 0, 3, RW, MAP_SHARED, FILE_RAM, 2, true, 0);
	assert_string_equal(env_maps(A, store), "0-6 r--s, 2-5 rw-s, 2-5 rw-s");
	map_file(A, store + PG(1), 2, RO, MAP_SHARED | MAP_FIXED, FILE_RAM, 1, true, 0);
	assert_string_equal(env_maps(A, store), "0-1 r--s, 1-3 r--s, 3-5 rw-s, 3-5 rw-s, 3-6 r--s");
	map_file(A, store, 6, RO, MAP_SHARED | MAP_FIXED, FILE_RAM, 0, true, 0);
	assert_string_equal(env_maps(A, store), "0-6 r--s");
	/* alone in the store, and in flash where the region goes with its last view */
	map_file(A, store, 6, RO, MAP_SHARED | MAP_FIXED, FILE_RAM, 0, true, 0);
	map_file(B, 0, 2, RX, MAP_PRIVATE, FILE_TEXT, 0, false, 0);
	map_file(B, FLASH_AT, 2, RO, MAP_PRIVATE | MAP_FIXED, FILE_TEXT, 0, false, 0);
	assert_string_equal(env_maps(B, FLASH_AT), "0-2 r--p");
	/* shared copies too */
	addr_t copy = map_file(B, 0, 2, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0);

	map_file(B, copy, 2, RX, MAP_PRIVATE | MAP_FIXED, FILE_COPY, 0, false, 0);
	/* what the store placed cannot be replaced by other memory */
	map_anon(A, store, 1, RW, MAP_FIXED, -ENOMEM);
	/* the caller's only, alone: a copy that nobody else maps */
	assert_int_equal(map_anon(B, copy, 1, RW, MAP_FIXED, 0), copy);
	map_file(A, 0, 1, RO, MAP_PRIVATE, FILE_COPY, 1, false, 0);
	map_anon(B, copy + PG(1), 1, RW, MAP_FIXED, -ENOMEM);
}

/* I7 over views and processes. */
static void test_write_xor_execute(void **state)
{
	addr_t at = map_file(A, 0, 3, RW, MAP_SHARED, FILE_RAM, 0, true, 0);

	(void)state;
	map_file(B, 0, 2, RX, MAP_SHARED, FILE_RAM, 1, false, -ENOTSUP);
	map_file(A, 0, 2, RX, MAP_PRIVATE, FILE_RAM, 1, false, -ENOTSUP);
	map_file(B, 0, 2, RX, MAP_SHARED, FILE_RAM, 3, false, 0); /* other bytes */
	map_file(A, 0, 1, RW, MAP_SHARED, FILE_RAM, 4, true, -ENOTSUP);
	map_file(A, 0, 1, RW, MAP_SHARED, FILE_RAM, 5, true, 0);
	assert_int_equal(mm_unmap(A, at + PG(1), PG(1)), 0);
	map_file(B, 0, 1, RX, MAP_SHARED, FILE_RAM, 1, false, 0);
	map_file(B, 0, 1, RX, MAP_SHARED, FILE_RAM, 2, false, -ENOTSUP);
	map_file(B, 0, 6, RW, MAP_PRIVATE, FILE_RAM, 0, false, 0); /* a copy is no view */
}

static void test_limits(void **state)
{
	addr_t base;

	(void)state;
	A->max_vmas = 2;
	base = map_anon(A, 0, 4, RW, 0, 0);
	map_anon(A, 0, 1, RW, 0, 0);
	map_anon(A, 0, 1, RW, 0, -ENOMEM);
	map_file(A, 0, 1, RO, MAP_PRIVATE, FILE_TEXT, 0, false, -ENOMEM);
	assert_int_equal(mm_unmap(A, base + PG(1), PG(1)), -ENOMEM);
	assert_int_equal(mm_protect(A, base + PG(1), PG(1), RO), -ENOMEM);
	assert_int_equal(mm_unmap(A, base, PG(1)), 0);
	B->max_pages = 5;
	map_anon(B, 0, 6, RW, 0, -ENOMEM);
	map_anon(B, 0, 3, RW, 0, 0);
	map_file(B, 0, 3, RO, MAP_PRIVATE, FILE_TEXT, 0, false, -ENOMEM); /* over all of them */
	base = map_file(B, 0, 2, RO, MAP_PRIVATE, FILE_TEXT, 0, false, 0);
	map_anon(B, 0, 1, RW, 0, -ENOMEM);
	/* what is replaced no longer counts; more than that does */
	map_file(B, base, 2, RO, MAP_PRIVATE | MAP_FIXED, FILE_TEXT, 0, false, 0);
	map_file(B, base, 3, RO, MAP_PRIVATE | MAP_FIXED, FILE_TEXT, 0, false, -ENOMEM);
	B->max_vmas = B->nvmas;
	map_file(B, base, 2, RO, MAP_PRIVATE | MAP_FIXED, FILE_TEXT, 0, false, 0);
	map_file(B, base, 1, RO, MAP_PRIVATE | MAP_FIXED, FILE_TEXT, 0, false, -ENOMEM);
}

/* A view that goes is no obstacle to what comes in its place. */
static void test_replaced_view(void **state)
{
	addr_t at = map_file(A, 0, 2, RW, MAP_SHARED, FILE_RAM, 0, true, 0);

	(void)state;
	map_file(A, 0, 2, RX, MAP_SHARED, FILE_RAM, 0, true, -ENOTSUP);
	map_file(A, at, 2, RX, MAP_SHARED | MAP_FIXED | MAP_FIXED_NOREPLACE, FILE_RAM, 0, true,
		 -ENOTSUP);
	map_file(A, at, 2, RX, MAP_SHARED | MAP_FIXED, FILE_RAM, 0, true, 0);
	map_file(A, at, 2, RW, MAP_SHARED | MAP_FIXED, FILE_RAM, 0, true, 0);
	map_file(B, at, 2, RX, MAP_SHARED | MAP_FIXED, FILE_RAM, 0, true, -ENOTSUP);
}

/* A file that cannot be read is not there, and shows nothing of who had the pages before. */
static void test_unreadable(void **state)
{
	addr_t at;

	(void)state;
	env_files[FILE_COPY].fails = true;
	at = map_file(A, 0, 1, RW, MAP_PRIVATE, FILE_COPY, 0, false, 0);
	for (uint32_t b = 0; b < PG(1); b++)
		assert_int_equal(*(uint8_t *)addr_ptr(at + b), 0);
}

/* Another thread takes away what is being filled; the next owner's bytes stay. */
static void test_filled_while_unmapped(void **state)
{
	struct map_request request = {
		.addr = PLACE, .len = PG(4), .prot = RW, .flags = ANON | MAP_FIXED
	};
	struct mm_job job, other;
	addr_t at;

	(void)state;
	for (int kind = 0; kind < 3; kind++) {
		request.backing = kind == 1 ? file(FILE_COPY) : NULL;
		if (kind == 1)
			request.flags &= ~MAP_ANONYMOUS;
		else
			request.flags |= MAP_ANONYMOUS;
		assert_int_equal(mm_map(A, &request, &at, &job), 0);
		assert_int_equal(env_replace(&job), 0);
		mm_job_step(&job);
		assert_int_equal(mm_unmap(A, PLACE + PG(kind == 2), PG(4)), 0);
		map_anon(kind ? A : B, PLACE + PG(1), 3, RW, MAP_FIXED, 0);
		memset(addr_ptr(PLACE + PG(1)), 0x77, PG(3));
		env_finish(&job);
		for (uint32_t i = PG(1); i < PG(4); i++)
			assert_int_equal(byte_at(PLACE + i), 0x77);
		mm_unmap_all(A);
		mm_unmap_all(B);
	}
	/* moved away from memory that goes meanwhile */
	map_anon(A, PLACE, 4, RW, MAP_FIXED, 0);
	map_anon(B, PLACE + PG(4), 1, RW, MAP_FIXED, 0);
	memset(addr_ptr(PLACE), 0x77, PG(4));
	assert_int_equal(mm_remap(A, PLACE, PG(4), PG(5), MREMAP_MAYMOVE, 0, &at, &other), 0);
	mm_job_step(&other);
	assert_int_equal(mm_unmap(A, PLACE, PG(4)), 0);
	env_finish(&other);
	env_check();
	assert_int_equal(byte_at(at + PG(4)), 0);
	/* a copy is not shared before it is whole */
	request = (struct map_request){
		.len = PG(3), .prot = RO, .flags = MAP_PRIVATE, .backing = file(FILE_COPY)
	};
	assert_int_equal(mm_map(A, &request, &at, &job), 0);
	assert_int_not_equal(map_file(B, 0, 3, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0), at);
	env_finish(&job);
	assert_int_equal(byte_at(at + 1), file_byte(FILE_COPY, 1));
}

/* mlock as a flag, and for all that is mapped later. */
static void test_locked(void **state)
{
	addr_t at = map_anon(A, RAM_B + PG(8), 2, RW, MAP_LOCKED | MAP_FIXED, 0);
	char *maps;

	(void)state;
	env_pin(A);
	assert_int_equal(mpu_grants(at + PG(1)), RW);
	/* so many entries that no instruction could run: refused, and nothing is mapped */
	assert_int_equal(env_lock_all(A, MCL_FUTURE), 0);
	for (uint32_t n = 1; n < MM_SLOTS; n++) {
		map_anon(A, 0, 1, RW, 0, 0);
		env_pin(A);
	}
	maps = strdup(env_maps(A, RAM_B));
	map_anon(A, 0, 1, RW, 0, -EAGAIN);
	assert_string_equal(env_maps(A, RAM_B), maps);
	assert_int_equal(A->nvmas, MM_SLOTS);
	free(maps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_errors),
		TEST(test_files),
		TEST(test_sharing),
		TEST(test_anonymous),
		TEST(test_stacks),
		TEST(test_guard),
		TEST(test_hints),
		TEST(test_fixed),
		TEST(test_noreplace),
		TEST(test_fixed_over_layers),
		TEST(test_write_xor_execute),
		TEST(test_limits),
		TEST(test_replaced_view),
		TEST(test_unreadable),
		TEST(test_filled_while_unmapped),
		TEST(test_locked),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
