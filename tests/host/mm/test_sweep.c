/* SPDX-License-Identifier: MIT */
/*
 * D.31: every call with its first, second, third... allocation failing, until none fails.  After
 * each failure all is as it was before the call, and at the end nothing is lost.
 *
 * A scenario is a machine that is made ready and one call.  Each runs twice: with records at
 * hand, and with slabs so full that every record takes a page as well.
 */
#include <mm_test.h>

#include <mm/shm.h>

static const struct shm_caller root = { .pid = 1 };
static addr_t base;
static int id;

static int map(addr_t addr, uint32_t npages, int prot, int flags, int which, uint32_t page)
{
	struct map_request request = {
		.addr = addr,
		.len = PG(npages),
		.prot = prot,
		.offset = PG(page),
		.flags = flags | (which < 0 ? MAP_ANONYMOUS : 0),
		.can_write = true,
		.backing = which < 0 ? NULL : file((enum env_file)which),
	};
	struct mm_job job;
	addr_t at;
	int err = mm_map(A, &request, &at, &job);

	if (!err)
		err = env_finish(&job);
	if (!err)
		base = at;
	return err;
}

static int remap(size_t old_len, size_t new_len, int flags, addr_t to)
{
	struct mm_job job;
	addr_t at;
	int err = mm_remap(A, base, old_len, new_len, flags, to, &at, &job);

	if (!err)
		err = env_finish(&job);
	return err;
}

static void ready_none(void)
{
}

static void ready_anon(void)
{
	map(PLACE, 6, RW, MAP_PRIVATE | MAP_FIXED, -1, 0);
}

static void ready_two(void)
{
	ready_anon();
	map(PLACE + PG(6), 6, RW, MAP_PRIVATE | MAP_FIXED, -1, 0);
}

static void ready_blocked(void)
{
	ready_anon();
	map_anon(B, PLACE + PG(6), 1, RW, MAP_FIXED, 0);
}

static void ready_layers(void)
{
	map(0, 6, RO, MAP_SHARED, FILE_RAM, 0);
	map(0, 1, RO, MAP_SHARED, FILE_RAM, 1);
	map(0, 1, RO, MAP_SHARED, FILE_RAM, 3);
	base = file(FILE_RAM)->store.start;
}

static void ready_copy(void)
{
	map(0, 4, RO, MAP_PRIVATE, FILE_COPY, 0);
}

static void ready_stack(void)
{
	map(0, STACK_OF_TEN, RW, MAP_PRIVATE | MAP_STACK, -1, 0);
}

static void ready_heap(void)
{
	struct map_request request = {
		.len = PG(3), .prot = RW, .is_heap = true, .flags = MAP_PRIVATE | MAP_ANONYMOUS
	};

	env_map(A, &request, &base);
	A->heap_start = base + 50;
	A->heap_end = base + PG(3);
}

static void ready_no_store(void)
{
	store_destroy(file(FILE_RAM2));
}

static void ready_segment(void)
{
	id = shm_get(&root, 77, PG(2), IPC_CREAT | 0600);
}

static int sbrk_by(intptr_t increment)
{
	struct mm_job job;
	addr_t old;
	int err = mm_sbrk(A, increment, &old, &job);

	if (!err)
		env_finish(&job);
	return err;
}

static int anon(void)
{
	return map(0, 3, RW, MAP_PRIVATE, -1, 0);
}
static int hinted(void)
{
	return map(PLACE, 3, RW, MAP_PRIVATE, -1, 0);
}
static int untrimmed(void)
{
	mm_nr_trim_pages = 0;
	return map(0, 5, RW, MAP_PRIVATE, -1, 0);
}
static int stack(void)
{
	return map(0, STACK_OF_TEN, RW, MAP_PRIVATE | MAP_STACK, -1, 0);
}
static int guarded(void)
{
	struct map_request request = { .len = PG(4),
				       .prot = RW,
				       .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK,
				       .guard = 1 };
	struct mm_job job;
	int err = mm_map(A, &request, &base, &job);

	if (!err)
		env_finish(&job);
	return err;
}
static int fixed_free(void)
{
	return map(PLACE, 3, RW, MAP_PRIVATE | MAP_FIXED, -1, 0);
}
static int fixed_over(void)
{
	return map(PLACE + PG(2), 2, RW, MAP_PRIVATE | MAP_FIXED, -1, 0);
}
static int fixed_wide(void)
{
	return map(PLACE - PG(1), 8, RW, MAP_PRIVATE | MAP_FIXED, -1, 0);
}
static int text(void)
{
	return map(0, 3, RX, MAP_PRIVATE, FILE_TEXT, 0);
}
static int copy(void)
{
	return map(0, 3, RO, MAP_PRIVATE, FILE_COPY, 0);
}
static int own_copy(void)
{
	return map(0, 3, RW, MAP_PRIVATE, FILE_COPY, 0);
}
static int shared(void)
{
	return map(0, 3, RW, MAP_SHARED, FILE_RAM, 0);
}
static int shared_fixed(void)
{
	return map(base + PG(2), 3, RW, MAP_SHARED | MAP_FIXED, FILE_RAM, 2);
}
static int locked(void)
{
	return map(0, 3, RW, MAP_PRIVATE | MAP_LOCKED, -1, 0);
}
static int unmap_middle(void)
{
	return mm_unmap(A, base + PG(2), PG(1));
}
static int unmap_all(void)
{
	return mm_unmap(A, base, PG(6));
}
static int unmap_two(void)
{
	return mm_unmap(A, PLACE + PG(3), PG(5));
}
static int unmap_layers(void)
{
	return mm_unmap(A, base, PG(5));
}
static int protect_middle(void)
{
	return mm_protect(A, base + PG(2), PG(1), RO);
}
static int protect_layers(void)
{
	return mm_protect(A, base + PG(2), PG(1), RW);
}
static int protect_stack(void)
{
	return mm_protect(A, base + PG(9), PG(1), RO);
}
static int grow(void)
{
	return remap(PG(6), PG(8), 0, 0);
}
static int grow_or_move(void)
{
	return remap(PG(6), PG(8), MREMAP_MAYMOVE, 0);
}
static int move(void)
{
	return remap(PG(6), PG(3), MREMAP_MAYMOVE | MREMAP_FIXED, PLACE + PG(9));
}
static int move_over(void)
{
	base = PLACE;
	return remap(PG(6), PG(2), MREMAP_MAYMOVE | MREMAP_FIXED, PLACE + PG(8));
}
static int heap_grow(void)
{
	return sbrk_by((intptr_t)PG(2));
}
static int heap_shrink(void)
{
	return sbrk_by(-(intptr_t)PG(2));
}
static int store_more(void)
{
	return env_store_grow(file(FILE_RAM), 9);
}
static int store_new(void)
{
	return store_grow(file(FILE_RAM2), 3);
}
static int segment(void)
{
	int got = shm_get(&root, 78, PG(2), IPC_CREAT);

	return MIN(got, 0);
}
static int attach(void)
{
	addr_t at;
	int err;

	do
		err = shm_attach(A, &root, id, 0, 0, &at);
	while (err == 1);
	return err;
}

static const struct scenario {
	const char *name;
	void (*ready)(void);
	int (*call)(void);
} scenarios[] = {
#define S(ready, call)                                                                             \
	{                                                                                          \
#ready " " #call, ready_##ready, call                                              \
	}
	S(none, anon),
	S(none, hinted),
	S(none, untrimmed),
	S(none, stack),
	S(none, guarded),
	S(none, fixed_free),
	S(anon, fixed_over),
	S(anon, fixed_wide),
	S(none, text),
	S(none, copy),
	S(copy, copy),
	S(none, own_copy),
	S(none, shared),
	S(layers, shared_fixed),
	S(none, locked),
	S(anon, unmap_middle),
	S(anon, unmap_all),
	S(two, unmap_two),
	S(layers, unmap_layers),
	S(copy, unmap_middle),
	S(stack, unmap_middle),
	S(anon, protect_middle),
	S(layers, protect_layers),
	S(stack, protect_stack),
	S(copy, protect_middle),
	S(anon, grow),
	S(anon, grow_or_move),
	S(blocked, grow_or_move),
	S(anon, move),
	S(two, move_over),
	S(heap, heap_grow),
	S(heap, heap_shrink),
	S(none, store_more),
	S(no_store, store_new),
	S(none, segment),
	S(segment, attach),
};

/* Records so many that each one more takes a page; and giving them back. */
static struct vma *filler[200];

static void fill_slabs(void)
{
	uint32_t slabs = pool_pages();
	unsigned int n = 0;

	while (n < ARRAY_SIZE(filler) && (n == 0 || pool_pages() == slabs)) {
		filler[n++] = vma_reserve();
		if (n == 1)
			slabs = pool_pages();
	}
	vma_unreserve(filler[--n]);
	filler[n] = NULL;
}

static void empty_slabs(void)
{
	for (unsigned int n = 0; n < ARRAY_SIZE(filler); n++) {
		vma_unreserve(filler[n]);
		filler[n] = NULL;
	}
}

static void sweep(const struct scenario *scenario, bool full)
{
	bool failed = true;

	for (unsigned int n = 1; failed; n++) {
		char *before;
		int err;

		env_begin(NULL);
		scenario->ready();
		if (full)
			fill_slabs();
		env_check();
		before = strdup(env_snapshot());
		env_fail_at(n);
		err = scenario->call();
		failed = env_failed();
		env_fail_at(0);
		if (err && !failed)
			fail_msg("%s: %d without a failure", scenario->name, err);
		if (err && err != -ENOMEM)
			fail_msg("%s, %u: %d", scenario->name, n, err);
		if (err && strcmp(before, env_snapshot()) != 0)
			fail_msg("%s, %u: not undone:\n%s\n%s", scenario->name, n, before,
				 env_snapshot());
		free(before);
		env_check();
		empty_slabs();
		for (int slot = 0; slot < CONFIG_SHMMNI; slot++) {
			struct shmid_ds ds;
			int found = shm_stat_slot(&root, slot, &ds);

			mm_unmap_all(A);
			if (found >= 0)
				shm_remove(&root, found);
		}
		env_end(NULL);
		if (n > 50)
			fail_msg("%s: it never ends", scenario->name);
	}
}

static void adversary_31_records_at_hand(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(scenarios); i++)
		sweep(&scenarios[i], false);
}

static void adversary_31_slabs_full(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(scenarios); i++)
		sweep(&scenarios[i], true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adversary_31_records_at_hand),
		cmocka_unit_test(adversary_31_slabs_full),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
