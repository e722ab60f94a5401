/* SPDX-License-Identifier: MIT */
/* The machine of host tests.  See tests/host/include/mm_env.h. */
#define _GNU_SOURCE /* MAP_FIXED_NOREPLACE */
#include <mm_env.h>

#include <errno.h>
#include <host_mpu.h>
#include <arch/memory.h>
#include <mm/shm.h>
#include <mm_host.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The host's own calls, whose header would redefine the constants of include/uapi. */
void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off);
int mprotect(void *addr, size_t len, int prot);

struct env_file_info env_files[ENV_FILES];
struct mm procs[NPROCS];
int env_pinned;
jmp_buf *env_panic;
char env_panic_text[256];

static struct zone zone_a = { .name = "a", .start = RAM_A, .end = RAM_A + PG(RAM_A_PAGES) };
static struct zone zone_b = { .name = "b", .start = RAM_B, .end = RAM_B + PG(RAM_B_PAGES) };
static uint32_t nfree_at_boot;
static unsigned int countdown;
static bool failed;
static bool aborts;

void panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(env_panic_text, sizeof(env_panic_text), format, args);
	va_end(args);
	if (env_panic)
		longjmp(*env_panic, 1);
	if (aborts) {
		fprintf(stderr, "%s\n", env_panic_text);
		abort();
	}
	fail_msg("panic: %s", env_panic_text);
	abort();
}

void env_fail_at(unsigned int n)
{
	countdown = n;
	failed = false;
}

bool env_failed(void)
{
	return failed;
}

bool mm_may_fail(void)
{
	if (countdown == 0 || --countdown > 0)
		return false;
	failed = true;
	return true;
}

/* Files. */

uint8_t file_byte(enum env_file which, uint32_t off)
{
	if (off >= env_files[which].backing.size)
		return 0;
	return (uint8_t)((unsigned int)which * 41 + off * 3 + (off >> 8) * 5 + 1);
}

static struct env_file_info *info(struct backing *backing)
{
	return container_of(backing, struct env_file_info, backing);
}

static int file_direct(struct backing *backing, struct extent *extent)
{
	if (backing->kind == BACKING_RAM)
		return store_extent(backing, backing->size, extent);
	*extent = info(backing)->extent;
	return extent->end ? 0 : -ENODEV;
}

static ssize_t file_read(struct backing *backing, uint32_t off, void *to, size_t len)
{
	enum env_file which = (enum env_file)(info(backing) - env_files);
	uint8_t *bytes = to;

	if (len > CONFIG_STEP_BYTES)
		panic("a read of %zu bytes", len);
	if (info(backing)->fails)
		return -EIO;
	if (off >= backing->size)
		return 0;
	len = MIN(len, backing->size - off);
	if (backing->kind == BACKING_RAM) { /* what it holds now */
		memcpy(to, addr_ptr(backing->store.start + off), len);
		return (ssize_t)len;
	}
	for (size_t i = 0; i < len; i++)
		bytes[i] = file_byte(which, off + (uint32_t)i);
	return (ssize_t)len;
}

static void file_get(struct backing *backing)
{
	info(backing)->users++;
}

static void file_put(struct backing *backing)
{
	if (info(backing)->users-- == 0)
		panic("one put too many");
}

static void file_detached(struct backing *backing, struct mm *mm)
{
	(void)mm;
	info(backing)->nattached--;
}

static const struct backing_ops file_ops = {
	.direct = file_direct,
	.read = file_read,
	.detached = file_detached,
	.get = file_get,
	.put = file_put,
};

time_t clock_seconds(void)
{
	return 1;
}

static void file_init(enum env_file which, enum backing_kind kind, uint32_t size, addr_t start,
		      uint32_t npages)
{
	env_files[which] = (struct env_file_info){
		.backing = { .ops = &file_ops, .kind = (uint8_t)kind, .size = size, .ino = which },
		.extent = { start, start + PG(npages) },
	};
	LIST_INIT(&env_files[which].backing.vmas);
}

static void fill(enum env_file which, addr_t start)
{
	uint8_t *bytes = addr_ptr(start);

	for (uint32_t i = 0; i < env_files[which].backing.size; i++)
		bytes[i] = file_byte(which, i);
}

static void ram_file_init(enum env_file which, uint32_t npages)
{
	file_init(which, BACKING_RAM, PG(npages), 0, 0);
	if (store_grow(file(which), npages))
		panic("no pages for a file");
	fill(which, file(which)->store.start);
}

int env_store_grow(struct backing *backing, uint32_t npages)
{
	struct store_move move = { 0 };
	int err = store_grow(backing, npages), more;

	if (!err || !backing->store.end || npages >= page_total())
		return err;
	do
		more = store_move(backing, npages, &move);
	while (more > 0);
	return more;
}

void env_drop_ram_files(void)
{
	store_destroy(file(FILE_RAM));
	store_destroy(file(FILE_RAM2));
}

/* Memory. */

static void host_map(addr_t at, uint32_t npages)
{
	enum { HOST_PRIVATE = 2, HOST_ANON = 0x20, HOST_NOREPLACE = 0x100000 };
	void *got = mmap(addr_ptr(at), PG(npages), PROT_READ | PROT_WRITE,
			 HOST_PRIVATE | HOST_ANON | HOST_NOREPLACE, -1, 0);

	if (got != addr_ptr(at)) {
		fprintf(stderr, "this machine has no room at %08x\n", at);
		exit(1);
	}
}

void env_add_zone(struct zone *zone)
{
	uint32_t before = page_nfree();

	host_map(zone->start, (zone->end - zone->start) >> CONFIG_PAGE_SHIFT);
	page_zone_add(zone);
	nfree_at_boot += page_nfree() - before;
}

int env_setup(void **state)
{
	(void)state;
	host_map(FLASH_AT, FLASH_PAGES);
	host_map(RAM_A, RAM_A_PAGES);
	host_map(RAM_B, RAM_B_PAGES);
	host_map(DEVICE_AT, DEVICE_PAGES);
	file_init(FILE_TEXT, BACKING_FLASH, PG(8) - 100, FLASH_AT, 8);
	file_init(FILE_TAIL, BACKING_FLASH, PG(4) + 10, FLASH_AT + PG(8), 4);
	fill(FILE_TEXT, FLASH_AT);
	fill(FILE_TAIL, FLASH_AT + PG(8));
	memset(addr_ptr(FLASH_AT + PG(12) + 10), 0xee, PG(1) - 10);
	mprotect(addr_ptr(FLASH_AT), PG(FLASH_PAGES), PROT_READ);
	memset(addr_ptr(RAM_A), 0xa5, PG(RAM_A_PAGES)); /* RAM at boot is not zero */
	memset(addr_ptr(RAM_B), 0x5a, PG(RAM_B_PAGES));
	page_zone_add(&zone_a);
	page_zone_add(&zone_b);
	nfree_at_boot = page_nfree();
	return 0;
}

void env_setup_once(void)
{
	if (!aborts)
		env_setup(NULL);
	aborts = true;
}

int env_begin(void **state)
{
	(void)state;
	env_pinned = 0;
	env_fail_at(0);
	mm_nr_trim_pages = CONFIG_NR_TRIM_PAGES;
	file_init(FILE_TEXT, BACKING_FLASH, PG(8) - 100, FLASH_AT, 8);
	file_init(FILE_TAIL, BACKING_FLASH, PG(4) + 10, FLASH_AT + PG(8), 4);
	file_init(FILE_COPY, BACKING_COPY, PG(5) + PG(1) / 2, 0, 0);
	file_init(FILE_MMIO, BACKING_DEVICE, PG(2), DEVICE_AT, 2);
	ram_file_init(FILE_RAM, 6);
	ram_file_init(FILE_RAM2, 3);
	for (unsigned int i = NPROCS; i-- > 0;) /* the last comes first on the list */
		mm_init(&procs[i]);
	mm_activate(&procs[0], NULL);
	return 0;
}

int env_end(void **state)
{
	(void)state;
	env_panic = NULL;
	env_fail_at(0);
	for (unsigned int i = 0; i < NPROCS; i++) {
		mm_unmap_all(&procs[i]);
		mm_destroy(&procs[i]);
	}
	env_check();
	env_drop_ram_files();
	for (unsigned int i = 0; i < ENV_FILES; i++)
		if (env_files[i].users || env_files[i].backing.store.end ||
		    !LIST_EMPTY(&env_files[i].backing.vmas))
			panic("I8: file %u is still in use", i);
	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++)
		if (mpu_slot_spans(slot, (struct pmsa_span[8]){ { 0 } }))
			panic("I5: slot %u still grants", slot);
	if (page_nfree() != nfree_at_boot || pool_pages() || region_find_from(0) ||
	    region_stats.private_pages || region_stats.store_pages || region_stats.waste_pages)
		panic("I8: %u of %u pages free, slabs %u, private %u store %u waste %u",
		      page_nfree(), nfree_at_boot, pool_pages(), region_stats.private_pages,
		      region_stats.store_pages, region_stats.waste_pages);
	return 0;
}

/* Checks. */

static uint32_t npages_of(addr_t start, addr_t end)
{
	return (end - start) >> CONFIG_PAGE_SHIFT;
}

int env_unaccounted(void)
{
	uint32_t used = nfree_at_boot - page_nfree(), own = 0, waste = 0, store = 0;

	for (struct region *r = region_find_from(0); r; r = region_next(r)) {
		if (r->is_store) {
			if (r->backing->kind == BACKING_RAM)
				store += npages_of(r->start, r->end);
			continue;
		}
		own += npages_of(r->start, r->top);
		waste += npages_of(r->end, r->top);
	}
	if (own != region_stats.private_pages || waste != region_stats.waste_pages ||
	    store != region_stats.store_pages)
		panic("figures: private %u of %u, waste %u of %u, store %u of %u",
		      region_stats.private_pages, own, region_stats.waste_pages, waste,
		      region_stats.store_pages, store);
	return (int)(used - own - store - pool_pages()) - env_pinned;
}

void env_check(void)
{
	int lost;

	mm_check();
	shm_check();
	lost = env_unaccounted();
	if (lost)
		panic("I3: %d pages belong to nobody", lost);
	for (unsigned int i = 0; i < NPROCS; i++)
		if (mm_is_active(&procs[i]))
			env_check_hardware(&procs[i]);
}

static unsigned int vma_rights(struct mm *mm, addr_t at)
{
	unsigned int rights = 0;
	struct vma *vma;

	MM_FOREACH(vma, mm)
	if (vma->start <= at && at < vma->end)
		rights |= vma->prot;
	return rights;
}

/* Spans start and end at pages, and all of one is granted alike (I5). */
static void check_span(struct mm *mm, unsigned int slot, const struct pmsa_span *span)
{
	if ((span->start | span->end) & PAGE_MASK)
		panic("I5: slot %u grants parts of pages: %llx-%llx", slot,
		      (unsigned long long)span->start, (unsigned long long)span->end);
	for (uint64_t at = span->start; at < span->end; at += PAGE_SIZE) {
		unsigned int rights = (unsigned int)mpu_slot_grants(slot, (addr_t)at);

		if (rights & ~vma_rights(mm, (addr_t)at))
			panic("I5: slot %u grants %x at %08x, vmas %x", slot, rights, (addr_t)at,
			      vma_rights(mm, (addr_t)at));
	}
}

void env_check_hardware(struct mm *mm)
{
	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++) {
		struct pmsa_span spans[8];
		unsigned int nspans = mpu_slot_spans(slot, spans);

		if (slot < MM_SLOTS && !arch_mpu_is_same(&mpu_hardware[slot], &mm->image[slot]))
			panic("slot %u: the hardware holds something else", slot);
		for (unsigned int i = 0; i < nspans; i++)
			check_span(mm, slot, &spans[i]);
	}
}

bool env_is_refused;

void arch_refused(addr_t at, enum mm_access access, addr_t sp)
{
	(void)at;
	(void)access;
	(void)sp;
	env_is_refused = true;
}

void arch_mpu_replace(unsigned int slot, const struct mpu_entry *old, const struct mpu_entry *entry)
{
	ASSERT(arch_mpu_is_same(old, &mpu_hardware[slot]));
	arch_mpu_load(slot, entry);
}

/* Calls in one line. */

int env_replace(struct mm_job *job)
{
	long result = 0;

	while (!mm_job_is_done(job) && job->kind == JOB_REPLACE) {
		job->result = &result;
		mm_job_step(job);
	}
	return (int)result;
}

unsigned int env_pin(struct mm *mm)
{
	unsigned int nsteps = 0;

	while (!mm_pin_locked(mm))
		if (++nsteps > 1000)
			panic("pinning comes to no end");
	return nsteps;
}

int env_look(struct mm_job *job, int err)
{
	long result = err;

	while (!mm_job_is_done(job) && job->kind >= JOB_LOCK) {
		job->result = &result;
		mm_job_step(job);
	}
	return (int)result;
}

static int look(struct mm *mm, addr_t start, size_t len, enum mm_job_kind kind)
{
	struct mm_job job = { 0 };
	int err = mm_look_begin(mm, start, len, kind, &job);

	return env_look(&job, err);
}

int env_lock(struct mm *mm, addr_t start, size_t len)
{
	int err = look(mm, start, len, JOB_LOCK);

	if (mm_is_active(mm))
		env_pin(mm);
	return err;
}

int env_unlock(struct mm *mm, addr_t start, size_t len)
{
	return look(mm, start, len, JOB_UNLOCK);
}

int env_lock_all(struct mm *mm, int flags)
{
	struct mm_job job = { 0 };
	int err = mm_lock_all(mm, flags, &job);

	return env_look(&job, err);
}

void env_unlock_all(struct mm *mm)
{
	struct mm_job job = { 0 };

	mm_unlock_all(mm, &job);
	env_look(&job, 0);
}

int env_finish(struct mm_job *job)
{
	int err = env_replace(job);

	for (unsigned int steps = 0; !mm_job_is_done(job); steps++) {
		addr_t at = job->at, kind = job->kind;
		bool fills = kind == JOB_FILL || kind == JOB_ADVISE;
		addr_t most = CONFIG_STEP_BYTES * (job->backing || job->from ? 1 : 16);
		long result = 0;

		job->result = &result;
		mm_job_step(job);
		if (result)
			err = (int)result;
		if (fills && kind == job->kind && job->at > at && job->at - at > most)
			panic("a step of %u bytes", job->at - at);
	}
	return err;
}

int env_map(struct mm *mm, const struct map_request *request, addr_t *at)
{
	struct mm_job job = { 0 };
	int err = mm_map_judge(request);

	if (!err)
		err = mm_map(mm, request, at, &job);
	if (!err)
		err = env_finish(&job);
	if (err)
		*at = 0;
	env_check();
	return err;
}

addr_t map_anon(struct mm *mm, addr_t addr, uint32_t npages, int prot, int flags, int err)
{
	struct map_request request = { .addr = addr,
				       .len = PG(npages),
				       .prot = prot,
				       .flags = flags | MAP_PRIVATE | MAP_ANONYMOUS };
	addr_t at = 0;

	assert_int_equal(env_map(mm, &request, &at), err);
	return at;
}

addr_t map_file(struct mm *mm, addr_t addr, uint32_t npages, int prot, int flags,
		enum env_file which, uint32_t page, bool can_write, int err)
{
	struct map_request request = { .addr = addr,
				       .len = PG(npages),
				       .prot = prot,
				       .flags = flags,
				       .backing = file(which),
				       .offset = PG(page),
				       .can_write = can_write };
	addr_t at = 0;

	assert_int_equal(env_map(mm, &request, &at), err);
	return at;
}

static char text[16384];
static size_t used_text;

static void add(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	used_text += (size_t)vsnprintf(text + used_text, sizeof(text) - used_text, format, args);
	va_end(args);
	if (used_text >= sizeof(text))
		panic("text is too long");
}

const char *env_maps(struct mm *mm, addr_t base)
{
	struct vma *vma;

	used_text = 0;
	text[0] = 0;
	MM_FOREACH(vma, mm)
	add("%s%d-%d %c%c%c%c", used_text ? ", " : "",
	    (int32_t)(vma->start - base) >> CONFIG_PAGE_SHIFT,
	    (int32_t)(vma->end - base) >> CONFIG_PAGE_SHIFT, vma->prot & PROT_READ ? 'r' : '-',
	    vma->prot & PROT_WRITE ? 'w' : '-', vma->prot & PROT_EXEC ? 'x' : '-',
	    vma->flags & VMA_SHARED ? 's' : 'p');
	return text;
}

const char *env_snapshot(void)
{
	struct vma *vma;

	used_text = 0;
	add("free %u slabs %u stats %u %u %u\n", page_nfree(), pool_pages(),
	    region_stats.private_pages, region_stats.store_pages, region_stats.waste_pages);
	for (unsigned int i = 0; i < NPROCS; i++) {
		add("mm %u: %u %u serial %u heap %x %x\n", i, procs[i].nvmas, procs[i].npages,
		    procs[i].serial, procs[i].heap_start, procs[i].heap_end);
		MM_FOREACH(vma, &procs[i])
		add("vma %x %x %u %x %x %x of %x\n", vma->start, vma->end, vma->serial, vma->prot,
		    vma->max_prot, vma->flags, vma->region->start);
	}
	for (struct region *r = region_find_from(0); r; r = region_next(r))
		add("region %x %x %x %u %u %u +%x\n", r->start, r->end, r->top, region_kind(r),
		    r->usage, r->is_shared, r->offset);
	for (unsigned int i = 0; i < ENV_FILES; i++)
		add("file %u: %d users %u %u\n", i, env_files[i].users, file(i)->nwrite,
		    file(i)->nexec);
	for (uint32_t i = 0; i < RAM_A_PAGES; i++)
		add("%x", (unsigned int)page_count(RAM_A + PG(i)));
	for (uint32_t i = 0; i < RAM_B_PAGES; i++)
		add("%x", (unsigned int)page_count(RAM_B + PG(i)));
	return text;
}

/* The port's, as plain as can be. */
void arch_clear(void *at, size_t len)
{
	memset(at, 0, len);
}

void arch_fill(uint32_t *at, uint32_t word, size_t len)
{
	for (size_t i = 0; i < len / sizeof(*at); i++)
		at[i] = word;
}
