/* SPDX-License-Identifier: MIT */
/* mm/grant.c: private memory moves, shared memory is shared; the rest stays where it is. */
#include <mm_test.h>

#include <mm/grant.h>
#include <mm/shm.h>

static void test_private_memory_moves(void **state)
{
	addr_t at = map_anon(A, PLACE, 2, RW, MAP_FIXED, 0);

	(void)state;
	memset(addr_ptr(at), 7, PG(2));
	assert_int_equal(mm_protect(A, at, PG(2), RO), 0);
	assert_int_equal(mm_grant(A, at, PG(2), B), 0);
	assert_null(mm_find(A, at));
	assert_maps(B, PLACE, "0-2 r--p");
	assert_int_equal(byte_at(at + PG(2) - 1), 7);
	assert_int_equal(mm_protect(B, at, PG(2), RW), 0); /* what it could become, it still can */
	env_check();
	assert_int_equal(mm_grant(B, at, PG(2), A), 0);
	assert_maps(A, PLACE, "0-2 rw-p");
	env_check();
}

static void test_shared_memory_is_shared(void **state)
{
	addr_t at = map_file(A, 0, 2, RW, MAP_SHARED, FILE_RAM, 1, true, 0);

	(void)state;
	assert_int_equal(mm_grant(A, at, PG(2), B), 0);
	assert_int_equal(mm_find(B, at)->region->usage, 2);
	env_files[FILE_RAM].nattached++; /* as mm_map() in a test is counted */
	assert_int_equal(mm_grant(A, at, PG(2), C), 0);
	env_files[FILE_RAM].nattached++;
	env_check();
	assert_int_equal(mm_unmap(A, at, PG(2)), 0);
	assert_non_null(mm_find(B, at));
	assert_null(mm_find(A, at));
}

static void test_errors(void **state)
{
	addr_t own = map_anon(A, PLACE, 2, RW, MAP_FIXED, 0);
	addr_t stack = map_anon(A, 0, 1, RW, MAP_STACK, 0);
	addr_t copy = map_file(A, 0, 2, RO, MAP_PRIVATE, FILE_COPY, 0, false, 0);
	addr_t shared = map_file(A, 0, 2, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	uint32_t most = B->max_pages;

	(void)state;
	assert_unchanged(mm_grant(A, own, PG(1), B), -EINVAL);
	assert_unchanged(mm_grant(A, own, PG(3), B), -EINVAL);
	assert_unchanged(mm_grant(A, own + PG(1), PG(1), B), -EINVAL);
	assert_unchanged(mm_grant(A, own + PG(4), PG(1), B), -EINVAL);
	assert_unchanged(mm_grant(A, 0xfffff000, PG(8), B), -EINVAL);
	assert_unchanged(mm_grant(A, own, PG(2), A), -EEXIST);
	assert_unchanged(mm_grant(A, stack, PG(1), B), -EPERM);
	assert_unchanged(mm_grant(A, copy, PG(2), B), -EPERM);
	assert_int_equal(env_lock(A, own, PG(2)), 0);
	assert_unchanged(mm_grant(A, own, PG(2), B), -EPERM);
	assert_int_equal(env_unlock(A, own, PG(2)), 0);
	B->max_pages = 1;
	assert_unchanged(mm_grant(A, own, PG(2), B), -ENOMEM);
	assert_unchanged(mm_grant(A, shared, PG(2), B), -ENOMEM);
	B->max_pages = most;
	B->max_vmas = 0;
	assert_unchanged(mm_grant(A, own, PG(2), B), -ENOMEM);
	B->max_vmas = CONFIG_MAX_MAP_COUNT;
	env_fail_at(1);
	assert_unchanged(mm_grant(A, shared, PG(2), B), -ENOMEM);
	env_fail_at(0);
	assert_int_equal(mm_grant(A, own, PG(2), B), 0);
	env_check();
}

/* Of several that are exactly the range it is the youngest; and a segment counts one more. */
static void test_which(void **state)
{
	struct shm_caller root = { .pid = 1 };
	addr_t at = map_file(A, 0, 2, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	struct shmid_ds ds;
	int id;

	(void)state;
	map_file(A, 0, 1, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	map_file(A, 0, 2, RW, MAP_SHARED, FILE_RAM, 0, true, 0);
	map_file(A, 0, 3, RO, MAP_SHARED, FILE_RAM, 0, true, 0);
	assert_int_equal(mm_grant(A, at, PG(2), B), 0);
	assert_int_equal(mm_find(B, at)->prot, RW);
	assert_int_equal(mm_find(B, at)->end, at + PG(2));

	id = shm_get(&root, IPC_PRIVATE, PG(1), 0600);
	while (shm_attach(A, &root, id, 0, 0, &at) > 0)
		;
	assert_int_equal(mm_grant(A, at, PG(1), B), 0);
	assert_int_equal(shm_stat(&root, id, &ds), 0);
	assert_int_equal(ds.shm_nattch, 2);
	env_check();
	assert_int_equal(shm_remove(&root, id), 0);
}

/* Memory that is being filled, or is a copy, stays. */
static void test_not_yet(void **state)
{
	addr_t own = map_anon(A, 0, 2, RW, 0, 0);
	addr_t copy = map_file(A, 0, 2, RW, MAP_PRIVATE, FILE_COPY, 0, false, 0);

	(void)state;
	assert_unchanged(mm_grant(A, copy, PG(2), B), -EPERM);
	A->job.at = own;
	A->job.end = own + PG(1);
	assert_int_equal(mm_grant(A, own, PG(2), B), -EPERM);
	mm_job_clear(&A->job);
	assert_int_equal(mm_grant(A, own, PG(2), B), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_private_memory_moves),
		TEST(test_shared_memory_is_shared),
		TEST(test_errors),
		TEST(test_which),
		TEST(test_not_yet),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
