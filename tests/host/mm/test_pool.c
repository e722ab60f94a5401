/* SPDX-License-Identifier: MIT */
/* mm/pool.c: records are zeroed, do not overlap, and their slabs go with the last of them. */
#include <mm_env.h>

#include <mm_host.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct small {
	char bytes[13];
};

struct large {
	char bytes[(1 << CONFIG_PAGE_SHIFT) / 3];
};

static struct pool small_pool = POOL_INIT(struct small);
static struct pool large_pool = POOL_INIT(struct large);

static void test_slabs(void **state)
{
	static char *records[1000];
	struct pool *pools[] = { &small_pool, &large_pool };

	(void)state;
	for (unsigned int p = 0; p < 2; p++) {
		struct pool *pool = pools[p];
		uint32_t nfree = page_nfree();
		unsigned int n = 0;

		while (pool_pages() < 3) {
			records[n] = pool_alloc(pool);
			assert_non_null(records[n]);
			assert_int_equal(ptr_addr(records[n]) % sizeof(void *), 0);
			for (size_t i = 0; i < pool->size; i++)
				assert_int_equal(records[n][i], 0);
			memset(records[n], (int)(n + 1), pool->size);
			n++;
		}
		assert_int_equal(page_nfree(), nfree - 3);
		for (unsigned int i = 0; i < n; i++)
			assert_int_equal((unsigned char)records[i][pool->size - 1],
					 (unsigned char)(i + 1));
		/* Out of a full slab and in again; then every second, then the rest. */
		pool_free(pool, records[0]);
		records[0] = pool_alloc(pool);
		for (unsigned int i = 0; i < n; i += 2)
			pool_free(pool, records[i]);
#ifdef __SANITIZE_ADDRESS__
		assert_true(__asan_address_is_poisoned(records[2]));
#endif
		for (unsigned int i = 1; i < n; i += 2)
			pool_free(pool, records[i]);
		assert_int_equal(pool_pages(), 0);
		assert_int_equal(page_nfree(), nfree);
		page_check();
	}
	pool_free(&small_pool, NULL);
}

static void test_no_memory(void **state)
{
	addr_t at;
	void *record;

	(void)state;
	env_fail_at(1);
	assert_null(pool_alloc(&small_pool));
	env_fail_at(2); /* the slab */
	assert_null(pool_alloc(&small_pool));
	env_fail_at(0);
	while (page_nfree()) {
		assert_int_equal(page_alloc(1, PLACE_ANY, &at), 0);
		env_pinned++;
	}
	assert_null(pool_alloc(&small_pool));
	assert_int_equal(pool_pages(), 0);
	page_put(at, 1);
	record = pool_alloc(&small_pool);
	assert_non_null(record);
	pool_free(&small_pool, record);
	for (addr_t page = RAM_A + PG(1); page < RAM_B + PG(RAM_B_PAGES); page += PAGE_SIZE)
		if (page_count(page) == 1 && page != RAM_B && !region_find(page))
			page_put(page, 1);
	env_pinned = 0;
}

/* Without stores, whose regions are records too. */
static int begin(void **state)
{
	env_begin(state);
	env_drop_ram_files();
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, env_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_slabs),
		TEST(test_no_memory),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
