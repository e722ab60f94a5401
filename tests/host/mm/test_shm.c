/* SPDX-License-Identifier: MIT */
/* mm/shm.c: System V segments: ids, keys, rights, attachments (N8, I6), and what removal means. */
#include <mm_test.h>

#include <mm/shm.h>

static const struct shm_caller root = { 1, 0, 0 };
static const struct shm_caller owner = { 2, 100, 10 };
static const struct shm_caller group = { 3, 101, 10 };
static const struct shm_caller other = { 4, 102, 12 };

static int attach(struct mm *mm, const struct shm_caller *who, int id, addr_t addr, int flags,
		  addr_t *at)
{
	int err;

	do {
		err = shm_attach(mm, who, id, addr, flags, at);
		env_check();
	} while (err == 1);
	return err;
}

static unsigned int nattch(int id)
{
	struct shmid_ds ds;

	assert_int_equal(shm_stat(&root, id, &ds), 0);
	return (unsigned int)ds.shm_nattch;
}

/* All segments go, whatever a test left. */
static int end(void **state)
{
	struct shmid_ds ds;

	for (unsigned int i = 0; i < NPROCS; i++)
		mm_unmap_all(&procs[i]);
	for (int slot = 0; slot < CONFIG_SHMMNI; slot++) {
		int id = shm_stat_slot(&root, slot, &ds);

		if (id >= 0)
			assert_int_equal(shm_remove(&root, id), 0);
	}
	return env_end(state);
}

static void test_get(void **state)
{
	int id = shm_get(&owner, 5, 100, IPC_CREAT | 0640);
	const struct {
		const struct shm_caller *who;
		key_t key;
		size_t size;
		int flags, result;
	} rows[] = {
		{ &owner, 5, 0, 0, id },
		{ &owner, 5, 100, IPC_CREAT, id },
		{ &owner, 5, 101, 0, -EINVAL }, /* larger than it is */
		{ &owner, 5, 100, IPC_CREAT | IPC_EXCL, -EEXIST },
		{ &owner, 6, 100, 0, -ENOENT },
		{ &owner, 6, 0, IPC_CREAT, -EINVAL },
		{ &group, 5, 1, 0440, id }, /* the bits of any class ask */
		{ &owner, 5, 1, 0600, id },
		{ &owner, IPC_PRIVATE, 0, 0, -EINVAL },
		{ &owner, 6, (size_t)1 << 31, IPC_CREAT, -EINVAL },
		{ &owner, 6, PG(60), IPC_CREAT, -ENOMEM },
		{ &group, 5, 1, 0040, id },
		{ &group, 5, 1, 0060, -EACCES },
		{ &other, 5, 1, 0004, -EACCES },
		{ &other, 5, 1, 0, id },
		{ &root, 5, 1, 0666, id },
	};

	(void)state;
	assert_true(id >= 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		int got = shm_get(rows[i].who, rows[i].key, rows[i].size, rows[i].flags);

		if (got != rows[i].result)
			fail_msg("row %u: %d, not %d", i, got, rows[i].result);
		env_check();
	}
	assert_true(shm_get(&owner, IPC_PRIVATE, 1, 0600) != id);
	for (int n = 2; n < CONFIG_SHMMNI; n++)
		assert_true(shm_get(&owner, IPC_PRIVATE, 1, 0600) >= 0);
	assert_int_equal(shm_get(&owner, IPC_PRIVATE, 1, 0600), -ENOSPC);
	assert_int_equal(shm_get(&owner, 99, 1, IPC_CREAT), -ENOSPC);
}

static void test_attach(void **state)
{
	int id = shm_get(&owner, 5, PG(2) - 9, IPC_CREAT | 0640);
	struct shmid_ds ds;
	addr_t at = 0;

	(void)state;
	A->pid = B->pid = owner.pid;
	assert_int_equal(attach(A, &owner, id, 0, 0, &at), 0);
	for (uint32_t i = 0; i < PG(2); i++)
		assert_int_equal(byte_at(at + i), 0);
	assert_maps(A, at, "0-2 rw-s");
	assert_int_equal(attach(B, &owner, id, at, SHM_REMAP, &at), -EINVAL);
	assert_int_equal(attach(B, &group, id, at, SHM_RDONLY, &at), 0);
	assert_maps(B, at, "0-2 r--s");
	assert_int_equal(mm_protect(B, at, PG(1), RW), -EACCES);
	assert_int_equal(attach(B, &group, id, 0, 0, &at), -EACCES);
	assert_int_equal(attach(B, &other, id, 0, SHM_RDONLY, &at), -EACCES);
	assert_int_equal(attach(B, &owner, id, at + PG(1), 0, &at), -EINVAL);
	assert_int_equal(attach(B, &owner, id, at + 5, 0, &at), -EINVAL);
	assert_int_equal(attach(B, &owner, id, at + 5, SHM_RND, &at), 0);
	assert_int_equal(attach(B, &owner, id, 0, SHM_EXEC, &at), -ENOTSUP);
	assert_int_equal(attach(B, &owner, id, 0, SHM_EXEC | SHM_RDONLY, &at), -ENOTSUP); /* I7 */
	B->max_vmas = 2;
	assert_int_equal(attach(B, &owner, id, 0, 0, &at), -ENOMEM);
	assert_int_equal(shm_stat(&owner, id, &ds), 0);
	assert_int_equal(ds.shm_nattch, 3);
	assert_int_equal(ds.shm_lpid, owner.pid);
	assert_int_equal(ds.shm_cpid, owner.pid);
	assert_int_equal(ds.shm_segsz, PG(2) - 9);
	B->pid = 77;
	mm_unmap_all(B);
	assert_int_equal(shm_stat(&owner, id, &ds), 0);
	assert_int_equal(ds.shm_nattch, 1);
	assert_int_equal(ds.shm_lpid, 77);
}

/* N8: three times, in every order of releasing, whole and in pieces. */
static void test_nattch(void **state)
{
	int id = shm_get(&owner, 5, PG(4), IPC_CREAT | 0600);
	addr_t at = 0, same;

	(void)state;
	for (unsigned int n = 1; n <= 3; n++) {
		assert_int_equal(attach(A, &owner, id, 0, n == 2 ? SHM_RDONLY : 0, &same), 0);
		assert_true(at == 0 || same == at);
		at = same;
		assert_int_equal(nattch(id), n);
	}
	assert_int_equal(shm_detach(A, at), 0); /* the youngest */
	assert_maps(A, at, "0-4 rw-s, 0-4 r--s");
	assert_int_equal(nattch(id), 2);
	/* pieces are one attachment */
	assert_int_equal(mm_protect(A, at + PG(1), PG(1), PROT_NONE), 0);
	assert_int_equal(nattch(id), 2);
	assert_int_equal(mm_unmap(A, at + PG(2), PG(1)), 0);
	assert_int_equal(nattch(id), 2);
	env_check();
	assert_int_equal(shm_detach(A, at), 0); /* with all its pieces */
	assert_int_equal(nattch(id), 1);
	assert_maps(A, at, "0-1 rw-s, 1-2 ---s, 2-4 rw-s");
	/* and munmap of the last piece ends one */
	assert_int_equal(mm_unmap(A, at, PG(2)), 0);
	assert_int_equal(nattch(id), 1);
	assert_int_equal(mm_unmap(A, at + PG(2), PG(2)), 0);
	assert_int_equal(nattch(id), 0);
	assert_int_equal(shm_detach(A, at), -EINVAL);
	env_check();
}

static void test_detach_errors(void **state)
{
	int id = shm_get(&owner, 5, PG(2), IPC_CREAT | 0600);
	addr_t at, anon = map_anon(A, 0, 2, RW, 0, 0);
	addr_t ram = map_file(A, 0, 2, RW, MAP_SHARED, FILE_RAM, 0, true, 0);

	(void)state;
	assert_int_equal(attach(A, &owner, id, 0, 0, &at), 0);
	assert_int_equal(shm_detach(A, at + PG(1)), -EINVAL);
	assert_int_equal(shm_detach(A, at + 1), -EINVAL);
	assert_int_equal(shm_detach(A, anon), -EINVAL);
	assert_int_equal(shm_detach(A, ram), -EINVAL);
	assert_int_equal(shm_detach(A, 0), -EINVAL);
	assert_int_equal(shm_detach(B, at), -EINVAL);
	assert_int_equal(nattch(id), 1);
}

/* Removed while attached: the key goes at once, the memory with the last detach. */
static void test_remove(void **state)
{
	int id = shm_get(&owner, 5, PG(2), IPC_CREAT | 0600), again;
	struct shmid_ds ds;
	addr_t at, at_b;

	(void)state;
	assert_int_equal(shm_remove(&other, id), -EPERM);
	assert_int_equal(attach(A, &owner, id, 0, 0, &at), 0);
	memset(addr_ptr(at), 0x21, PG(2));
	assert_int_equal(shm_remove(&owner, id), 0);
	assert_int_equal(shm_get(&owner, 5, 1, 0), -ENOENT);
	assert_int_equal(shm_stat(&owner, id, &ds), 0);
	assert_true(ds.shm_perm.mode & SHM_DEST);
	assert_int_equal(attach(B, &owner, id, 0, 0, &at_b), 0); /* the id still works */
	assert_int_equal(byte_at(at_b), 0x21);
	again = shm_get(&owner, 5, PG(2), IPC_CREAT | 0600);
	assert_int_not_equal(again, id);
	assert_int_equal(shm_detach(A, at), 0);
	assert_int_equal(nattch(id), 1);
	mm_unmap_all(B);
	assert_int_equal(shm_stat(&owner, id, &ds), -EIDRM);
	assert_int_equal(attach(A, &owner, id, 0, 0, &at), -EIDRM);
	assert_int_equal(shm_remove(&owner, id), -EIDRM);
	env_check();
	/* what it had is clear for the next, who has another id */
	assert_int_equal(shm_remove(&owner, again), 0);
	again = shm_get(&owner, 7, PG(2), IPC_CREAT | 0600);
	assert_int_not_equal(again, id);
	assert_int_equal(attach(A, &owner, again, 0, 0, &at), 0);
	for (uint32_t i = 0; i < PG(2); i++)
		assert_int_equal(byte_at(at + i), 0);
}

static void test_ids(void **state)
{
	static const int bad[] = { -1, INT32_MIN, INT32_MAX, 100000 };
	int id = shm_get(&owner, 5, 1, IPC_CREAT | 0600);
	struct shmid_ds ds = { 0 };
	addr_t at;

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(shm_attach(A, &owner, bad[i], 0, 0, &at), -EINVAL);
		assert_int_equal(shm_stat(&owner, bad[i], &ds), -EINVAL);
		assert_int_equal(shm_set(&owner, bad[i], &ds), -EINVAL);
		assert_int_equal(shm_remove(&owner, bad[i]), -EINVAL);
		assert_int_equal(shm_touch(&owner, bad[i]), -EINVAL);
		assert_int_equal(shm_stat_slot(&owner, bad[i], &ds), -EINVAL);
	}
	assert_int_equal(shm_stat(&owner, id + 1, &ds), -EINVAL); /* a slot that holds none */
	assert_int_equal(shm_stat(&other, id, &ds), -EACCES);
	assert_int_equal(shm_stat_slot(&other, id % CONFIG_SHMMNI, &ds), -EACCES);
	assert_int_equal(shm_stat_slot(&owner, id % CONFIG_SHMMNI, &ds), id);
	assert_int_equal(shm_touch(&owner, id), 0);
	assert_int_equal(shm_touch(&other, id), -EPERM);
}

static void test_set(void **state)
{
	int id = shm_get(&owner, 5, 1, IPC_CREAT | 0600);
	struct shmid_ds ds;

	(void)state;
	assert_int_equal(shm_stat(&owner, id, &ds), 0);
	ds.shm_perm.uid = other.uid;
	ds.shm_perm.mode = 07644;
	ds.shm_segsz = 12345;
	assert_int_equal(shm_set(&other, id, &ds), -EPERM);
	assert_int_equal(shm_set(&owner, id, &ds), 0);
	assert_int_equal(shm_stat(&group, id, &ds), 0);
	assert_int_equal(ds.shm_perm.mode, 0644);
	assert_int_equal(ds.shm_perm.uid, other.uid);
	assert_int_equal(ds.shm_perm.cuid, owner.uid);
	assert_int_equal(ds.shm_segsz, 1);
	assert_int_equal(shm_set(&owner, id, &ds), 0); /* who made it may still */
}

/* What a segment tells as a backing. */
static void test_backing(void **state)
{
	int id = shm_get(&owner, 0x1234, PG(1), IPC_CREAT | 0600);
	struct backing *backing;
	char name[40], bytes[8];
	addr_t at;

	(void)state;
	assert_int_equal(attach(A, &owner, id, 0, 0, &at), 0);
	strcpy(addr_ptr(at + 5), "inside");
	backing = mm_find(A, at)->region->backing;
	backing->ops->path(backing, name, sizeof(name));
	assert_string_equal(name, "/SYSV00001234 (deleted)");
	assert_int_equal(backing->ops->read(backing, 5, bytes, 7), 7);
	assert_string_equal(bytes, "inside");
}

/* D.36: a record or pages that cannot be had leave nothing; a stale id finds nothing. */
static void test_many_generations(void **state)
{
	struct shmid_ds ds;
	int last = -1;

	(void)state;
	for (int n = 0; n < 100; n++) {
		int id = shm_get(&owner, IPC_PRIVATE, 1, 0600);

		assert_true(id >= 0 && id != last);
		if (last >= 0)
			assert_int_equal(shm_stat(&owner, last, &ds), -EIDRM);
		assert_int_equal(shm_remove(&owner, id), 0);
		last = id;
	}
	for (unsigned int n = 1; n <= 3; n++) {
		env_fail_at(n);
		assert_unchanged(shm_get(&owner, 9, PG(2), IPC_CREAT | 0600), -ENOMEM);
	}
	env_fail_at(0);
	assert_int_equal(shm_get(&owner, 9, 1, 0), -ENOENT);
}

static void test_figures(void **state)
{
	struct shminfo limits;
	struct shm_info usage;
	int id;

	(void)state;
	assert_int_equal(shm_usage(&usage), 0);
	assert_int_equal(usage.used_ids | (int)usage.shm_tot, 0);
	id = shm_get(&owner, 5, PG(3) - 1, IPC_CREAT | 0600);
	shm_get(&owner, 6, 1, IPC_CREAT | 0600);
	assert_int_equal(shm_usage(&usage), 1);
	assert_int_equal(usage.used_ids, 2);
	assert_int_equal(usage.shm_tot, 4);
	assert_int_equal(shm_limits(&limits), 1);
	assert_int_equal(limits.shmmni, CONFIG_SHMMNI);
	assert_int_equal(limits.shmmin, 1);
	shm_remove(&owner, id);
	shm_usage(&usage);
	assert_int_equal(usage.shm_tot, 1);
}

#define TEST_SHM(f) cmocka_unit_test_setup_teardown(f, env_begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_SHM(test_get),
		TEST_SHM(test_attach),
		TEST_SHM(test_nattch),
		TEST_SHM(test_detach_errors),
		TEST_SHM(test_remove),
		TEST_SHM(test_ids),
		TEST_SHM(test_set),
		TEST_SHM(test_backing),
		TEST_SHM(test_many_generations),
		TEST_SHM(test_figures),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
