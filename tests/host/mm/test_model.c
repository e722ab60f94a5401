/* SPDX-License-Identifier: MIT */
/*
 * Random calls, compared with a model after each.
 *
 * The model knows nothing of VMAs, regions or entries.  It keeps, for each page of the machine
 * and each process, the layers that are mapped there, oldest first, each with what it grants; and
 * for each page of RAM the bytes that it must hold.  After every call the trees must say the same
 * as the layers, every check of mm/check.c must hold, the MPU must grant no more than the layers,
 * and memory must hold the bytes.
 *
 *	OPS=n	calls in all (1,000,000)
 *	SEED=n	where to begin; a failure prints its own
 *	SHOW=1	print every call
 *
 * Calls are records, and a record means the same in any sequence, so a sequence that fails is
 * made shorter by leaving out parts of it while it still fails, each try in a process of its own.
 */
#include <mm_env.h>

#include <errno.h>
#include <host_mpu.h>
#include <mm/uaccess.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define EPISODE	   2000u /* calls from an empty machine to an empty machine */
#define NRAM	   (RAM_A_PAGES + RAM_B_PAGES)
#define NPAGES	   (NRAM + FLASH_PAGES + DEVICE_PAGES)
#define MAX_LAYERS 8
#define OFF_MAX	   INT32_MAX

#define VMA_KINDS (VMA_STACK | VMA_SHARED | VMA_HEAP)

enum kind { OWN, COMMON_COPY, STORE };

struct layer {
	uint32_t serial;
	uint32_t off; /* in the file: bytes */
	uint8_t prot, max_prot, flags, kind;
	int8_t file; /* -1: anonymous */
};

struct page_layers {
	struct layer layer[MAX_LAYERS];
	unsigned int n;
};

struct model_proc {
	struct page_layers at[NPAGES];
	uint32_t serial;
	addr_t heap_start, heap_end;
	addr_t asked[2 * EPISODE]; /* by serial: where a stack ends as asked for, 0: as mapped */
	struct mm_stack stack;
	bool has_stack;
};

static struct model_proc model[NPROCS];
static uint8_t bytes[NRAM][1 << CONFIG_PAGE_SHIFT];
static bool is_known[NRAM];
static struct {
	int file;
	uint32_t off;
} copy_of[NRAM]; /* of pages of a common copy */
static unsigned int pins[NRAM];
static addr_t user_sp;
static unsigned int running;

/* Of the call that is made now. */
static bool was_free[NRAM];
static uint32_t nfree_before;
static int verbose;

struct op {
	uint8_t what, proc, fail, pad;
	uint32_t a, b, c, d;
};

/* Saying what goes on, and what is wrong. */

static void say(const char *format, ...)
{
	va_list args;

	if (!verbose)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
}

#define wrong panic

/* Pages. */

static addr_t addr_of(unsigned int page)
{
	if (page < RAM_A_PAGES)
		return RAM_A + PG(page);
	if (page < NRAM)
		return RAM_B + PG(page - RAM_A_PAGES);
	if (page < NRAM + FLASH_PAGES)
		return FLASH_AT + PG(page - NRAM);
	return DEVICE_AT + PG(page - NRAM - FLASH_PAGES);
}

/* -1: no page of the machine. */
static int page_at(addr_t at)
{
	if (at - RAM_A < PG(RAM_A_PAGES))
		return (int)((at - RAM_A) >> CONFIG_PAGE_SHIFT);
	if (at - RAM_B < PG(RAM_B_PAGES))
		return (int)(RAM_A_PAGES + ((at - RAM_B) >> CONFIG_PAGE_SHIFT));
	if (at - FLASH_AT < PG(FLASH_PAGES))
		return (int)(NRAM + ((at - FLASH_AT) >> CONFIG_PAGE_SHIFT));
	if (at - DEVICE_AT < PG(DEVICE_PAGES))
		return (int)(NRAM + FLASH_PAGES + ((at - DEVICE_AT) >> CONFIG_PAGE_SHIFT));
	return -1;
}

static struct page_layers *layers(unsigned int proc, addr_t at)
{
	static struct page_layers none;
	int page = page_at(at);

	return page < 0 ? &none : &model[proc].at[page];
}

static int rights(unsigned int proc, addr_t at)
{
	struct page_layers *l = layers(proc, at);
	int all = 0;

	for (unsigned int i = 0; i < l->n; i++)
		all |= l->layer[i].prot;
	return l->n ? all : -1;
}

static unsigned int youngest(const struct page_layers *l)
{
	unsigned int best = 0;

	for (unsigned int i = 1; i < l->n; i++)
		if (l->layer[i].serial > l->layer[best].serial)
			best = i;
	return best;
}

static void drop(struct page_layers *l, unsigned int i)
{
	l->layer[i] = l->layer[--l->n];
}

static struct layer *find(unsigned int proc, addr_t at, uint32_t serial)
{
	struct page_layers *l = layers(proc, at);

	for (unsigned int i = 0; i < l->n; i++)
		if (l->layer[i].serial == serial)
			return &l->layer[i];
	return NULL;
}

/* Are the two, of neighbouring pages, of one VMA? */
static bool joins(const struct layer *a, const struct layer *b)
{
	return a && b && a->serial == b->serial && a->prot == b->prot;
}

/* The piece of a mapping, all of which grants the same, around a page. */
static void piece(unsigned int proc, addr_t at, const struct layer *l, addr_t *start, addr_t *end)
{
	*start = at;
	*end = at + PAGE_SIZE;
	while (joins(l, find(proc, *start - PAGE_SIZE, l->serial)))
		*start -= PAGE_SIZE;
	while (joins(l, find(proc, *end, l->serial)))
		*end += PAGE_SIZE;
}

static void count(unsigned int proc, uint32_t *npieces, uint32_t *npages, bool *has_common)
{
	*npieces = *npages = 0;
	*has_common = false;
	for (unsigned int p = 0; p < NPAGES; p++) {
		struct page_layers *l = &model[proc].at[p];

		*npages += l->n;
		for (unsigned int i = 0; i < l->n; i++) {
			*has_common |= l->layer[i].kind == COMMON_COPY;
			if (!joins(&l->layer[i],
				   find(proc, addr_of(p) - PAGE_SIZE, l->layer[i].serial)))
				++*npieces;
		}
	}
}

/* Bytes. */

static uint8_t expected_byte(int which, uint32_t off)
{
	struct backing *backing = file((enum env_file)which);

	if (backing->kind == BACKING_RAM) {
		int page = off < backing->size ? page_at(backing->store->start + off) : -1;

		return page < 0 ? 0 : bytes[page][off & PAGE_MASK];
	}
	return file_byte((enum env_file)which, off);
}

static void set_page(addr_t at, int which, uint32_t off)
{
	int page = page_at(at);

	if (page < 0 || page >= (int)NRAM)
		wrong("new memory at %08x", at);
	for (uint32_t i = 0; i < PAGE_SIZE; i++)
		bytes[page][i] = which < 0 ? 0 : expected_byte(which, off + i);
	is_known[page] = true;
}

static void check_page(unsigned int page)
{
	if (page < NRAM && is_known[page] &&
	    memcmp(addr_ptr(addr_of(page)), bytes[page], PAGE_SIZE) != 0)
		for (uint32_t i = 0; i < PAGE_SIZE; i++)
			if (((uint8_t *)addr_ptr(addr_of(page)))[i] != bytes[page][i])
				wrong("byte %08x is %02x and not %02x", addr_of(page) + i,
				      ((uint8_t *)addr_ptr(addr_of(page)))[i], bytes[page][i]);
}

/* The model against the trees. */

static void compare_vma(unsigned int proc, struct vma *vma)
{
	for (addr_t at = vma->start; at < vma->end; at += PAGE_SIZE) {
		struct layer *l = find(proc, at, vma->serial);
		struct region *r = vma->region;
		int kind = r->kind == REGION_STORE ? STORE : r->is_shared ? COMMON_COPY : OWN;

		if (!l)
			wrong("process %u: %08x serial %u is mapped", proc, at, vma->serial);
		if (l->prot != vma->prot || l->max_prot != vma->max_prot || l->kind != kind ||
		    l->flags != (vma->flags & VMA_KINDS))
			wrong("process %u: %08x serial %u is prot %x of %x flags %x kind %d, "
			      "not %x of %x %x %d",
			      proc, at, vma->serial, vma->prot, vma->max_prot, vma->flags, kind,
			      l->prot, l->max_prot, l->flags, l->kind);
		if ((l->file >= 0) != (r->backing != NULL) ||
		    (r->backing && (r->backing != file((enum env_file)l->file) ||
				    r->offset + (at - r->start) != l->off)))
			wrong("process %u: %08x shows file %d at %x, not at %x", proc, at, l->file,
			      r->offset + (at - r->start), l->off);
	}
}

static void compare(void)
{
	for (unsigned int proc = 0; proc < NPROCS; proc++) {
		uint32_t npieces, npages;
		bool has_common;
		struct vma *vma;

		RB_FOREACH(vma, vma_tree, &procs[proc].vmas)
			compare_vma(proc, vma);
		count(proc, &npieces, &npages, &has_common);
		if (procs[proc].npages != npages)
			wrong("process %u has %u pages, not %u", proc, procs[proc].npages, npages);
		if (procs[proc].nvmas != npieces && (!has_common || procs[proc].nvmas < npieces))
			wrong("process %u has %u vmas, not %u", proc, procs[proc].nvmas, npieces);
		if (procs[proc].heap_end != model[proc].heap_end)
			wrong("process %u: the break is %08x, not %08x", proc, procs[proc].heap_end,
			      model[proc].heap_end);
	}
}

/* May this page be in use, although no layer and no store holds it? */
static bool may_be_held(unsigned int page)
{
	struct region *r = region_find(addr_of(page));

	if (pins[page])
		return true;
	return r && (r->kind == REGION_STORE || r->is_shared || addr_of(page) >= r->end);
}

/* What holds which page: pages in use and nobody's are records, and only so many. */
static void compare_pages(void)
{
	uint32_t nobodys = 0;

	env_pinned = 0;
	for (unsigned int page = 0; page < NRAM; page++) {
		bool is_free = page_count(addr_of(page)) == 0, is_mapped = false;

		for (unsigned int proc = 0; proc < NPROCS; proc++)
			is_mapped |= model[proc].at[page].n > 0;
		if (is_free)
			is_known[page] = false;
		if (is_free && (is_mapped || pins[page]))
			wrong("page %08x is mapped and free", addr_of(page));
		nobodys += !is_free && !is_mapped && !may_be_held(page);
		if (pins[page] && !region_find(addr_of(page)))
			env_pinned++;
	}
	if (nobodys > pool_pages() + 2) /* and the records of two zones */
		wrong("%u pages are in use by nobody, records take %u", nobodys, pool_pages());
}

/* The protection unit, by the rules of the manual, against the layers of who runs. */
static void compare_hardware(void)
{
	for (unsigned int page = 0; page < NPAGES; page++) {
		addr_t at = addr_of(page);
		int may = MAX(rights(running, at), 0);

		for (unsigned int i = 0; i < 3; i++) {
			addr_t byte = at + (i == 0 ? 0 : i == 1 ? PAGE_SIZE / 2 + 4 : PAGE_MASK);

			/* All that is granted or nothing: less would never be refilled. */
			if (mpu_grants(byte) && mpu_grants(byte) != (unsigned int)may)
				wrong("the MPU grants %x at %08x, not %x", mpu_grants(byte), byte,
				      (unsigned int)may);
		}
	}
}

/* What a call did has to be what it may. */
static bool judge(const char *call, int err, int expected, bool may_lack)
{
	say(" = %d\n", err);
	if (err != expected && !(err == -ENOMEM && (may_lack || env_failed())))
		wrong("%s gives %d, not %d", call, err, expected);
	return err == 0;
}

/* Memory is so short that records might not be had beside @npages. */
static bool is_short(uint32_t npages)
{
	return nfree_before < npages + 2;
}

static bool was_free_at(addr_t at)
{
	int page = page_at(at);

	return page >= 0 && page < (int)NRAM && was_free[page];
}

static bool were_free(addr_t at, uint32_t npages)
{
	for (uint32_t i = 0; i < npages; i++)
		if (!was_free_at(at + PG(i)))
			return false;
	return true;
}

/* Would one entry grant exactly this?  Tries every size. */
static bool one_entry(addr_t start, addr_t len)
{
	for (unsigned int log2 = CONFIG_PAGE_SHIFT; log2 < 32; log2++) {
		uint64_t block = 1ull << log2, base = start & ~(block - 1);

		if (start + (uint64_t)len <= base + block && start % (block / 8) == 0 &&
		    (start + (uint64_t)len) % (block / 8) == 0)
			return true;
	}
	return false;
}

/* Pages of a stack of so many: eighths of the smallest block that holds them. */
static uint32_t stack_pages(uint32_t npages)
{
	uint32_t block = 1, eighth;

	while (block < npages)
		block *= 2;
	eighth = MAX(block / 8, 1u);
	return (npages + eighth - 1) / eighth * eighth;
}

/* Does it lie within one block of the smallest size that holds it? */
static bool in_small_block(addr_t start, addr_t len)
{
	addr_t block = PAGE_SIZE;

	while (block < len)
		block *= 2;
	return (start & ~(block - 1)) == ((start + len - 1) & ~(block - 1)) &&
	       one_entry(start, len);
}

/* 1: there is room for it, 0: none, -1: a stack might be squeezed into a larger block. */
static int has_place(uint32_t npages, bool is_stack)
{
	int found = 0;

	for (unsigned int page = 0; page < NRAM; page++)
		if (were_free(addr_of(page), npages)) {
			if (!is_stack || in_small_block(addr_of(page), PG(npages)))
				return 1;
			if (one_entry(addr_of(page), PG(npages)))
				found = -1;
		}
	return found;
}

/* mmap */

static bool is_opposed(int which, uint32_t off, uint32_t npages, int prot, int without,
		       bool *only_own, unsigned int self)
{
	int opposite = prot & PROT_WRITE ? PROT_EXEC : prot & PROT_EXEC ? PROT_WRITE : 0;
	bool found = false;

	*only_own = true;
	for (unsigned int proc = 0; opposite && proc < NPROCS; proc++)
		for (unsigned int page = 0; (int)proc != without && page < NPAGES; page++)
			for (unsigned int i = 0; i < model[proc].at[page].n; i++) {
				struct layer *l = &model[proc].at[page].layer[i];

				if (l->kind == STORE && l->file == which && l->off >= off &&
				    l->off < off + PG(npages) && (l->prot & opposite)) {
					found = true;
					if (proc != self)
						*only_own = false;
				}
			}
	return found;
}

static void cut(unsigned int proc, addr_t start, addr_t end, bool all);

/* May MAP_FIXED take the range?  -1: an implementation may say either. */
static int can_take(unsigned int proc, addr_t at, uint32_t npages)
{
	int answer = 1;

	for (uint32_t i = 0; i < npages; i++) {
		struct page_layers *l = layers(proc, at + PG(i));
		int page = page_at(at + PG(i));

		if (page < 0 || page >= (int)NRAM)
			return 0;
		if (was_free[page])
			continue;
		if (l->n == 0 || l->layer[0].kind == STORE || page_count(at + PG(i)) != 1)
			return 0;
		for (unsigned int other = 0; other < NPROCS; other++)
			if (other != proc && model[other].at[page].n)
				return 0;
		if (l->layer[0].kind == COMMON_COPY)
			answer = -1;
	}
	return answer;
}

static bool any_layer(unsigned int proc, addr_t at, uint32_t npages)
{
	for (uint32_t i = 0; i < npages; i++)
		if (layers(proc, at + PG(i))->n)
			return true;
	return false;
}

static bool any_full(unsigned int proc, addr_t at, uint32_t npages)
{
	for (uint32_t i = 0; i < npages; i++)
		if (layers(proc, at + PG(i))->n == MAX_LAYERS)
			return true;
	return false;
}

/* Is there a common copy, in one piece of some process, that has to be shared? */
static bool must_share(int which, uint32_t off, uint32_t npages)
{
	for (unsigned int proc = 0; proc < NPROCS; proc++)
		for (unsigned int page = 0; page < NRAM; page++)
			for (unsigned int i = 0; i < model[proc].at[page].n; i++) {
				struct layer *l = &model[proc].at[page].layer[i];
				uint32_t n = 0;

				if (l->kind != COMMON_COPY || l->file != which || l->off != off)
					continue;
				while (n < npages &&
				       joins(l, find(proc, addr_of(page) + PG(n), l->serial)))
					n++;
				if (n == npages)
					return true;
			}
	return false;
}

static bool is_common_copy(addr_t at, uint32_t npages, int which, uint32_t off)
{
	for (uint32_t i = 0; i < npages; i++) {
		int page = page_at(at + PG(i));

		if (page < 0 || page >= (int)NRAM || was_free[page] || !is_known[page] ||
		    copy_of[page].file != which || copy_of[page].off != off + PG(i))
			return false;
	}
	return true;
}

static void push(unsigned int proc, addr_t at, uint32_t npages, struct layer l)
{
	for (uint32_t i = 0; i < npages; i++) {
		struct page_layers *p = layers(proc, at + PG(i));

		p->layer[p->n++] = l;
		l.off += l.file >= 0 ? PAGE_SIZE : 0;
	}
}

/* Fill, but perhaps be killed meanwhile; then true. */
static bool finish(unsigned int proc, struct mm_job *job, uint32_t chance);

static bool over_limits(unsigned int proc, uint32_t npages)
{
	uint32_t npieces, have;
	bool has_common;

	count(proc, &npieces, &have, &has_common);
	return procs[proc].nvmas >= procs[proc].max_vmas || have + npages > procs[proc].max_pages;
}

static void map_store(unsigned int proc, const struct map_request *request, struct layer l,
		      uint32_t npages)
{
	struct extent extent;
	bool fixed = request->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE), only_own;
	bool may = is_short(0);
	struct mm_job job;
	addr_t at = 0, place;
	int expected = 0, err;

	file((enum env_file)l.file)->ops->direct(request->backing, &extent);
	place = extent.start + request->offset;
	if ((l.prot & PROT_WRITE) && (l.prot & PROT_EXEC))
		expected = -ENOTSUP;
	else if (is_opposed(l.file, request->offset, npages, l.prot, -1, &only_own, proc)) {
		expected = -ENOTSUP;
		if (fixed && only_own)
			return; /* which is replaced, as far as it lies in the range: test_mmap */
	} else if ((request->flags & MAP_FIXED_NOREPLACE) &&
		   any_layer(proc, request->addr, npages)) {
		expected = -EEXIST;
		may = false;
	} else if (fixed && request->addr != place) {
		expected = -ENOMEM;
	} else if (over_limits(proc, npages)) {
		if (fixed && any_layer(proc, request->addr, npages))
			may = true; /* what is replaced does not count, but its pieces do */
		else
			expected = -ENOMEM;
	} else if (fixed && procs[proc].max_vmas < 1000) {
		may = true; /* pieces on both sides of what is replaced */
	}
	if (any_full(proc, place, npages))
		return;
	err = mm_map(&procs[proc], request, &at, &job);
	if (!judge("mmap", err, expected, may))
		return;
	say("\tat %08x\n", at);
	if (at != place || !mm_job_is_done(&job))
		wrong("a store is mapped at %08x, not %08x", at, place);
	if (fixed)
		cut(proc, at, at + PG(npages), true);
	l.off = request->offset;
	l.serial = ++model[proc].serial;
	push(proc, at, npages, l);
}

static void map_new(unsigned int proc, const struct map_request *request, struct layer l,
		    uint32_t npages, uint32_t chance)
{
	bool fixed = request->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
	bool is_stack = l.flags & VMA_STACK, is_shared = false;
	uint32_t held = is_stack && !fixed ? stack_pages(npages) : npages;
	bool may = is_short(fixed ? 0 : held);
	addr_t hint = page_floor(request->addr), at = 0;
	struct mm_job job = { 0 };
	int expected = 0, err, take;

	if ((l.prot & PROT_WRITE) && (l.prot & PROT_EXEC)) {
		expected = -ENOTSUP;
	} else if (l.kind == COMMON_COPY && must_share(l.file, request->offset, npages)) {
		if (fixed)
			return; /* at another address: see the tests of mmap */
		is_shared = true;
	} else if (l.kind == COMMON_COPY && fixed) {
		return;
	} else if (fixed) {
		if (request->addr + PG(npages) < request->addr)
			expected = -ENOMEM;
		else if ((request->flags & MAP_FIXED_NOREPLACE) &&
			 any_layer(proc, request->addr, npages))
			expected = -EEXIST;
		else if (is_stack && !one_entry(request->addr, PG(npages)))
			expected = -ENOMEM;
		else {
			take = can_take(proc, request->addr, npages);
			if (take <= 0)
				expected = take ? 0 : -ENOMEM;
			may |= take != 1 || procs[proc].max_vmas < 1000;
		}
	} else if (has_place(held, is_stack) == 0) {
		expected = -ENOMEM;
	} else if (has_place(held, is_stack) < 0) {
		may = true;
	}
	if (!expected && over_limits(proc, held)) {
		if (fixed && any_layer(proc, request->addr, npages))
			may = true; /* what is replaced does not count, but its pieces do */
		else
			expected = -ENOMEM;
	}
	if (l.kind == COMMON_COPY) {
		for (unsigned int page = 0; page < NRAM; page++)
			if (model[proc].at[page].n == MAX_LAYERS)
				return;
		if (expected == -ENOMEM && !over_limits(proc, held))
			expected = 0, may = true; /* a copy that nobody wholly maps now */
	}
	err = mm_map(&procs[proc], request, &at, &job);
	if (!judge("mmap", err, expected, may))
		return;
	say("\tat %08x\n", at);
	if (mm_job_is_done(&job) && !(l.kind == COMMON_COPY))
		wrong("new memory is not filled");
	if (fixed && at != request->addr)
		wrong("MAP_FIXED gives %08x", at);
	if (!fixed && hint && l.kind != COMMON_COPY && !(l.flags & (VMA_STACK | VMA_HEAP)) &&
	    were_free(hint, npages) && at != hint && !env_failed())
		wrong("the hint %08x was free", hint);
	if (is_stack && !one_entry(at, PG(held)))
		wrong("a stack at %08x of %u pages takes more than one entry", at, held);
	if (is_shared || (l.kind == COMMON_COPY && mm_job_is_done(&job))) {
		if (!is_common_copy(at, npages, l.file, request->offset))
			wrong("%08x is no copy of file %d", at, l.file);
	} else {
		if (!fixed && !were_free(at, held))
			wrong("memory at %08x was not free", at);
		if (fixed)
			cut(proc, at, at + PG(held), true);
		for (uint32_t i = 0; i < held; i++) {
			set_page(at + PG(i), l.file, request->offset + PG(i));
			copy_of[page_at(at + PG(i))].file = l.kind == COMMON_COPY ? l.file : -1;
			copy_of[page_at(at + PG(i))].off = request->offset + PG(i);
		}
	}
	l.off = l.file >= 0 ? request->offset : 0;
	l.serial = ++model[proc].serial;
	model[proc].asked[l.serial] = held > npages ? at + PG(npages) : 0;
	push(proc, at, held, l);
	if (finish(proc, &job, chance))
		return;
	for (uint32_t i = 0; i < held; i++)
		check_page((unsigned int)page_at(at + PG(i)));
}

static const int prots[] = {
	PROT_READ | PROT_WRITE,
	PROT_READ | PROT_WRITE,
	PROT_READ,
	PROT_READ | PROT_EXEC,
	PROT_NONE,
	PROT_WRITE,
	PROT_EXEC,
	PROT_READ | PROT_WRITE | PROT_EXEC,
};

static int implied(int prot)
{
	return prot & (PROT_WRITE | PROT_EXEC) ? prot | PROT_READ : prot;
}

/* An address worth trying: mostly near what is mapped. */
static addr_t some_address(unsigned int proc, uint32_t random)
{
	unsigned int from = random % NPAGES, step = random >> 8;

	if (step % 4)
		for (unsigned int i = 0; i < NPAGES; i++) {
			unsigned int page = (from + i) % NPAGES;

			if (model[proc].at[page].n)
				return addr_of(page) + PG(step / 4 % 8 == 0) -
				       PG(step / 4 % 8 == 1);
		}
	if (step % 32 == 0)
		return step % 64 ? 0xfffff000u & ~PAGE_MASK : 0x08000000u;
	return addr_of(from);
}

static uint32_t some_length(uint32_t random)
{
	return random % 16 == 0 ? 1 + random / 16 % 40 : 1 + random / 16 % 6;
}

static const char *place_name(int flags)
{
	return flags & MAP_FIXED_NOREPLACE ? " NOREPLACE" : flags & MAP_FIXED ? " FIXED" : "";
}

static void op_map(const struct op *op, bool is_file)
{
	unsigned int proc = op->proc;
	uint32_t npages = some_length(op->b);
	struct map_request request = {
		.len = PG(npages) - (op->b >> 16 & 1 ? op->b % PAGE_SIZE : 0),
		.prot = prots[op->c % 8],
		.flags = MAP_PRIVATE | MAP_ANONYMOUS,
	};
	struct layer l = { .file = -1, .max_prot = 7, .prot = (uint8_t)implied(request.prot) };
	bool is_direct, is_private;
	struct extent extent;

	if (model[proc].serial > 2 * EPISODE - 10)
		return;
	if (!is_file && op->d % 16 == 0) { /* a stack that is rounded up */
		npages = 9 + op->b % 11;
		request.len = PG(npages);
	}
	if (op->c >> 8 & 3) {
		static const int fixed[] = { 0, MAP_FIXED, MAP_FIXED, MAP_FIXED_NOREPLACE };

		request.addr = some_address(proc, op->a);
		request.flags |= fixed[op->c >> 10 & 3];
		if (is_file && (op->c >> 12 & 1)) {
			enum env_file which = (enum env_file)(op->d % ENV_FILES);

			if (file(which)->ops->direct(file(which), &extent) == 0)
				request.addr = extent.start + PG(op->d >> 8 & 7);
		}
	}
	if (!is_file) {
		if (op->d % 8 == 0) {
			request.flags |= MAP_STACK;
			l.flags = VMA_STACK;
		}
		l.kind = OWN;
		say("P%u mmap(%08x, %zx, %d, ANON%s%s)", proc, request.addr, request.len,
		    request.prot, place_name(request.flags), l.flags ? " STACK" : "");
		map_new(proc, &request, l, npages, op->d >> 16);
		return;
	}
	l.file = (int8_t)(op->d % ENV_FILES);
	request.backing = file((enum env_file)l.file);
	request.offset = PG(op->d >> 8 & 7);
	if (op->d >> 12 & 1)
		request.flags ^= MAP_PRIVATE | MAP_SHARED;
	request.flags &= ~MAP_ANONYMOUS;
	request.can_write = (op->d >> 13 & 3) || (request.prot & PROT_WRITE);
	is_private = request.flags & MAP_PRIVATE;
	if (op->d >> 20 == 77)
		request.offset = OFF_MAX & ~PAGE_MASK;
	say("P%u mmap(%08x, %zx, %d, %s%s, file %d, %x%s)", proc, request.addr, request.len,
	    request.prot, is_private ? "PRIVATE" : "SHARED", place_name(request.flags), l.file,
	    request.offset, request.can_write ? "" : ", read-only");
	is_direct = request.backing->ops->direct(request.backing, &extent) == 0 &&
		    request.offset + (uint64_t)PG(npages) <= extent.end - extent.start;
	l.max_prot = PROT_READ | PROT_EXEC;
	if ((!is_direct && !is_private) ||
	    (l.file == FILE_MMIO && (is_private || (l.prot & PROT_EXEC)))) {
		struct mm_job job;
		addr_t at;

		judge("mmap", mm_map(&procs[proc], &request, &at, &job), -ENODEV, false);
		return;
	}
	if (request.offset + (uint64_t)request.len > OFF_MAX) {
		struct mm_job job;
		addr_t at;

		judge("mmap", mm_map(&procs[proc], &request, &at, &job), -EOVERFLOW, false);
		return;
	}
	if (!is_private) {
		l.flags |= VMA_SHARED;
		if (request.can_write)
			l.max_prot |= PROT_WRITE;
		if (l.file == FILE_MMIO)
			l.max_prot &= (uint8_t)~PROT_EXEC;
	}
	if (is_private && (l.prot & PROT_WRITE)) {
		l.kind = OWN;
		l.max_prot |= PROT_WRITE;
	} else {
		l.kind = is_direct ? STORE : COMMON_COPY;
	}
	if (l.kind == STORE)
		map_store(proc, &request, l, npages);
	else
		map_new(proc, &request, l, npages, op->d >> 16);
}

/* munmap and friends */

/* Take layers off; a stack whose last byte goes loses what it was rounded up by. */
static void cut(unsigned int proc, addr_t start, addr_t end, bool all)
{
	for (addr_t at = start; at < end; at += PAGE_SIZE) {
		struct page_layers *l = layers(proc, at);

		for (unsigned int i = l->n; i-- > 0;) {
			uint32_t serial = l->layer[i].serial;
			addr_t *asked = &model[proc].asked[serial];
			bool is_stack = l->layer[i].flags & VMA_STACK;

			if (!all && i != youngest(l))
				continue;
			drop(l, i);
			if (is_stack && *asked && at == *asked - PAGE_SIZE && end == *asked) {
				for (addr_t rest = end; find(proc, rest, serial); rest += PAGE_SIZE)
					drop(layers(proc, rest), 0);
				*asked = 0;
			}
			if (is_stack && at >= *asked)
				*asked = 0;
			if (!all)
				break;
		}
	}
}

/* Could so many pieces more, for cutting in [@start, @end), be too many? */
static bool may_lack_pieces(unsigned int proc, addr_t start, addr_t end)
{
	uint32_t more = 0;

	if (procs[proc].max_vmas >= 1000)
		return false;
	for (unsigned int page = 0; page < NPAGES; page++)
		if (addr_of(page) >= start && addr_of(page) < end)
			more += 2 * model[proc].at[page].n;
	return procs[proc].nvmas + more > procs[proc].max_vmas;
}

static void op_unmap(const struct op *op)
{
	unsigned int proc = op->proc;
	addr_t start = some_address(proc, op->a), end;
	size_t len = PG(some_length(op->b)) - (op->b >> 16 & 1 ? op->b % PAGE_SIZE : 0);
	struct page_layers *l = layers(proc, start);
	int expected = 0;

	if (op->c % 4 == 0 && l->n)
		piece(proc, start, &l->layer[youngest(l)], &start, &end), len = end - start;
	if (op->c % 64 == 1)
		start += 4;
	if (op->c % 64 == 2)
		len = 0;
	say("P%u munmap(%08x, %zx)", proc, start, len);
	if (len == 0 || (start & PAGE_MASK) || start + (uint64_t)len > 0x100000000ull - PAGE_SIZE)
		expected = -EINVAL;
	end = start + page_ceil((addr_t)len);
	if (judge("munmap", mm_unmap(&procs[proc], start, len), expected,
		  is_short(0) || may_lack_pieces(proc, start, end)))
		cut(proc, start, end, false);
}

static void op_protect(const struct op *op)
{
	unsigned int proc = op->proc;
	addr_t start = some_address(proc, op->a), end;
	uint32_t npages = some_length(op->b);
	int requested = prots[op->c % 8], prot = implied(requested), expected = 0;
	struct page_layers *l = layers(proc, start);
	bool unmapped = false, denied = false, opposed = false, own;

	if (op->c >> 8 & 1 && l->n) {
		piece(proc, start, &l->layer[youngest(l)], &start, &end);
		npages = (end - start) >> CONFIG_PAGE_SHIFT;
	}
	end = start + PG(npages);
	say("P%u mprotect(%08x, %x, %d)", proc, start, PG(npages), requested);
	for (addr_t at = start; at != end; at += PAGE_SIZE) {
		l = layers(proc, at);
		unmapped |= l->n == 0;
		for (unsigned int i = 0; i < l->n; i++) {
			denied |= prot & ~l->layer[i].max_prot;
			if (l->layer[i].kind == STORE)
				opposed |= is_opposed(l->layer[i].file, l->layer[i].off, 1, prot,
						      (int)proc, &own, proc);
		}
	}
	if (unmapped || end < start)
		expected = -ENOMEM;
	else if (denied)
		expected = -EACCES;
	else if (((prot & PROT_WRITE) && (prot & PROT_EXEC)) || opposed)
		expected = -ENOTSUP;
	if (!judge("mprotect", mm_protect(&procs[proc], start, PG(npages), requested), expected,
		   is_short(0) || may_lack_pieces(proc, start, end)))
		return;
	for (addr_t at = start; at != end; at += PAGE_SIZE) {
		l = layers(proc, at);
		for (unsigned int i = 0; i < l->n; i++) {
			addr_t *asked = &model[proc].asked[l->layer[i].serial];
			addr_t edge = at == start ? start : end;

			/* Splitting behind what was asked for makes the rest part of it. */
			if ((l->layer[i].flags & VMA_STACK) && l->layer[i].prot != prot &&
			    edge >= *asked && (at == start || at == end - PAGE_SIZE)) {
				struct layer *next = find(proc,
							  edge - (at == start ? PAGE_SIZE : 0),
							  l->layer[i].serial);
				if (joins(&l->layer[i], next))
					*asked = 0;
			}
			if ((l->layer[i].flags & VMA_STACK) && l->layer[i].prot != prot &&
			    at == end - PAGE_SIZE && end >= *asked &&
			    joins(&l->layer[i], find(proc, end, l->layer[i].serial)))
				*asked = 0;
		}
		for (unsigned int i = 0; i < l->n; i++)
			l->layer[i].prot = (uint8_t)prot;
	}
}

static void op_remap(const struct op *op)
{
	unsigned int proc = op->proc;
	addr_t old = some_address(proc, op->a), start, end, at = 0, to = 0;
	struct page_layers *l = layers(proc, old);
	uint32_t old_pages = some_length(op->b), new_pages = some_length(op->b >> 8), held;
	int flags = (int)(op->c & 1) * MREMAP_MAYMOVE, expected = 0, err, take = 1;
	bool may = is_short(0), moves = false, can_resize, is_rounding;
	struct layer was;
	struct layer *exact = NULL;
	addr_t asked, mapped_end = 0;
	uint32_t asked_pages = old_pages;
	struct mm_job job;

	if (model[proc].serial > 2 * EPISODE - 10)
		return;
	if (l->n && op->c >> 4 & 7) {
		piece(proc, old, &l->layer[youngest(l)], &start, &end);
		old = start;
		old_pages = (end - start) >> CONFIG_PAGE_SHIFT;
		l = layers(proc, old);
		asked = model[proc].asked[l->layer[youngest(l)].serial];
		if (asked > start && asked < end && (op->c >> 7 & 1)) /* a stack as asked for */
			old_pages = (asked - start) >> CONFIG_PAGE_SHIFT;
		asked_pages = old_pages;
	}
	if ((op->c >> 8 & 3) == 0) {
		flags = MREMAP_MAYMOVE | MREMAP_FIXED;
		to = some_address(proc, op->d);
	}
	if (op->c >> 12 & 1)
		new_pages = old_pages + (op->c >> 13 & 3);
	say("P%u mremap(%08x, %x, %x, %d, %08x)", proc, old, PG(old_pages), PG(new_pages), flags,
	    to);
	for (unsigned int i = 0; i < l->n; i++) {
		piece(proc, old, &l->layer[i], &start, &end);
		asked = model[proc].asked[l->layer[i].serial];
		if (start == old &&
		    (end == old + PG(old_pages) ||
		     (asked > start && asked < end && asked == old + PG(old_pages))) &&
		    (!exact || l->layer[i].serial > exact->serial)) {
			exact = &l->layer[i];
			mapped_end = end;
		}
	}
	end = old + PG(old_pages);
	held = new_pages;
	if (exact) { /* with what a stack was rounded up by */
		was = *exact;
		end = mapped_end;
		asked_pages = old_pages;
		old_pages = (end - old) >> CONFIG_PAGE_SHIFT;
	}
	can_resize = exact && exact->kind == OWN;
	if (exact && new_pages > old_pages && find(proc, old + PG(new_pages), was.serial))
		return; /* two pieces that touch, and are not joined: the model knows no such thing */
	if (end <= old ||
	    (flags & MREMAP_FIXED && to < (uint64_t)end && old < to + (uint64_t)PG(new_pages)))
		expected = -EINVAL;
	else if (!l->n)
		expected = -EFAULT;
	else if (!exact)
		expected = -EINVAL;
	else if (!can_resize && (flags & MREMAP_FIXED || new_pages > asked_pages))
		expected = -EPERM;
	else if (flags & MREMAP_FIXED) {
		moves = true;
		if (to + PG(new_pages) < to)
			expected = -ENOMEM;
		else if (was.flags & VMA_STACK && !one_entry(to, PG(new_pages)))
			expected = -ENOMEM;
		else
			take = can_take(proc, to, new_pages);
		if (take == 0)
			expected = -ENOMEM;
		may |= take != 1 || procs[proc].max_vmas < 1000;
		if (over_limits(proc, new_pages))
			may = true;
	} else if (new_pages > old_pages &&
		   (!were_free(end, new_pages - old_pages) ||
		    (was.flags & VMA_STACK && !one_entry(old, PG(new_pages))) ||
		    procs[proc].npages + new_pages - old_pages > procs[proc].max_pages)) {
		struct region *r = region_find(old);

		if (r && r->top > r->end)
			may = true; /* pages that were not trimmed */
		held = was.flags & VMA_STACK ? stack_pages(new_pages) : new_pages;
		moves = true;
		if (!(flags & MREMAP_MAYMOVE) || !has_place(held, was.flags & VMA_STACK) ||
		    over_limits(proc, held))
			expected = -ENOMEM;
		may |= is_short(held) || has_place(held, was.flags & VMA_STACK) < 0;
		if (r && r->top > r->end && expected == -ENOMEM)
			expected = 0;
	}
	/* Pieces of a common copy need not be joined again. */
	for (unsigned int i = 0; i < l->n; i++)
		if (l->layer[i].kind == COMMON_COPY)
			return;
	is_rounding = exact && new_pages >= asked_pages && new_pages <= old_pages;
	err = mm_remap(&procs[proc], old, PG(asked_pages), PG(new_pages), flags, to, &at, &job);
	if (!judge("mremap", err, expected, may))
		return;
	say("\tat %08x\n", at);
	if (moves && !(flags & MREMAP_FIXED) && at == old)
		moves = false; /* into pages that were not trimmed */
	if (!moves && env_failed() && at != old && (flags & MREMAP_MAYMOVE)) {
		moves = true; /* the pages behind could not be had */
		held = was.flags & VMA_STACK ? stack_pages(new_pages) : new_pages;
	}
	if (!moves) {
		if (at != old)
			wrong("mremap in place moves to %08x", at);
		for (addr_t gone = old + PG(new_pages); !is_rounding && gone < end;
		     gone += PAGE_SIZE)
			drop(layers(proc, gone), (unsigned int)(find(proc, gone, was.serial) -
								layers(proc, gone)->layer));
		if (new_pages != asked_pages && model[proc].asked[was.serial] > old &&
		    model[proc].asked[was.serial] <= end)
			model[proc].asked[was.serial] = 0;
		if (new_pages > old_pages) {
			for (uint32_t i = old_pages; i < new_pages; i++)
				set_page(old + PG(i), -1, 0);
			if (was.file >= 0)
				was.off += PG(old_pages);
			push(proc, end, new_pages - old_pages, was);
		}
	} else {
		uint32_t both = MIN(old_pages, new_pages);

		if (flags & MREMAP_FIXED ? at != to : !were_free(at, held))
			wrong("mremap moves to %08x", at);
		if (flags & MREMAP_FIXED)
			cut(proc, at, at + PG(held), true);
		for (uint32_t i = 0; i < held; i++) {
			set_page(at + PG(i), -1, 0);
			if (i < both)
				memcpy(bytes[page_at(at + PG(i))], bytes[page_at(old + PG(i))],
				       PAGE_SIZE);
		}
		was.serial = ++model[proc].serial;
		was.flags &= VMA_STACK;
		model[proc].asked[was.serial] = held > new_pages ? at + PG(new_pages) : 0;
		push(proc, at, held, was);
		if (finish(proc, &job, op->d >> 16))
			return;
		cut(proc, old, end, false);
		held = MAX(held, 1u);
		for (uint32_t i = 0; i < held; i++)
			check_page((unsigned int)page_at(at + PG(i)));
		return;
	}
	if (finish(proc, &job, op->d >> 16))
		return;
	for (uint32_t i = 0; i < new_pages; i++)
		check_page((unsigned int)page_at(at + PG(i)));
}

static void op_sbrk(const struct op *op)
{
	unsigned int proc = op->proc;
	struct model_proc *m = &model[proc];
	intptr_t increment = (intptr_t)(op->a % PG(4)) - (intptr_t)PG(2);
	addr_t old, old_end = page_ceil(m->heap_end), end = 0;
	addr_t to = m->heap_end + (addr_t)increment;
	struct mm_job job;
	int expected = 0;
	bool may = is_short(0);

	switch (op->b % 8) {
	case 0:
		increment = 0;
		break;
	case 1:
	case 2: /* back, but not too far */
		increment = -(intptr_t)(op->a % (m->heap_end - m->heap_start + 1));
		break;
	case 3:
	case 4:
		increment = op->a % 500;
		break;
	}
	to = m->heap_end + (addr_t)increment;
	if (m->heap_end == 0) { /* what exec does: a mapping with room behind */
		struct map_request request = { .len = PG(1 + op->c % 3),
					       .prot = PROT_READ | PROT_WRITE,
					       .flags = MAP_PRIVATE | MAP_ANONYMOUS,
					       .is_heap = true };
		struct layer l = { .file = -1, .prot = 3, .max_prot = 7, .flags = VMA_HEAP };
		uint32_t serial = m->serial;

		if (serial > 2 * EPISODE - 10)
			return;
		say("P%u heap of %x", proc, (unsigned int)request.len);
		map_new(proc, &request, l, 1 + op->c % 3, 1);
		if (m->serial == serial)
			return;
		for (unsigned int page = 0; page < NRAM; page++)
			if (find(proc, addr_of(page), m->serial))
				end = addr_of(page) + PAGE_SIZE;
		m->heap_start = m->heap_end = end - (op->c >> 8) % PAGE_SIZE;
		procs[proc].heap_start = procs[proc].heap_end = m->heap_end;
		return;
	}
	end = page_ceil(to);
	say("P%u sbrk(%ld)", proc, (long)increment);
	if (increment < 0 && to < m->heap_start) {
		expected = -EINVAL;
	} else if (increment > 0) {
		struct page_layers *l = layers(proc, old_end - 1);
		struct region *r = region_find(old_end - 1);
		uint32_t npieces, have;
		bool has_common;

		if (l->n && end > old_end && find(proc, end, l->layer[0].serial))
			return; /* it would touch another piece of its own, and stay two */
		count(proc, &npieces, &have, &has_common);
		if (!l->n || !(l->layer[0].flags & VMA_HEAP) || !(l->layer[0].prot & PROT_WRITE))
			expected = -ENOMEM;
		else if (end > old_end &&
			 (joins(&l->layer[0], find(proc, old_end, l->layer[0].serial)) ||
			  have + ((end - old_end) >> CONFIG_PAGE_SHIFT) > procs[proc].max_pages))
			expected = -ENOMEM;
		else if (end > old_end &&
			 !were_free(old_end, (end - old_end) >> CONFIG_PAGE_SHIFT)) {
			expected = r->top > r->end ? 0 : -ENOMEM;
			may = true;
		}
	} else if (increment < 0) {
		may |= may_lack_pieces(proc, end, old_end);
	}
	if (!judge("sbrk", mm_sbrk(&procs[proc], increment, &old, &job), expected, may))
		return;
	if (old != m->heap_end)
		wrong("sbrk says %08x", old);
	if (increment > 0) {
		if (old < old_end)
			memset(bytes[page_at(old)] + (old & PAGE_MASK), 0, MIN(to, old_end) - old);
		if (end > old_end) {
			struct layer l = layers(proc, old_end - 1)->layer[0];

			l.off += l.file >= 0 ? PAGE_SIZE : 0;
			for (addr_t at = old_end; at < end; at += PAGE_SIZE)
				set_page(at, -1, 0);
			push(proc, old_end, (end - old_end) >> CONFIG_PAGE_SHIFT, l);
		}
	} else if (end < old_end) {
		cut(proc, end, old_end, true);
	}
	m->heap_end = to;
	if (finish(proc, &job, 1))
		return;
	if (increment > 0)
		for (addr_t at = page_floor(old); at < to; at += PAGE_SIZE)
			check_page((unsigned int)page_at(at));
}

static void op_advise(const struct op *op)
{
	unsigned int proc = op->proc;
	addr_t start = some_address(proc, op->a);
	uint32_t npages = some_length(op->b);
	int advice = (int)(op->c % 7) - 1, expected = 0;
	struct mm_job job;

	say("P%u madvise(%08x, %x, %d)", proc, start, PG(npages), advice);
	for (uint32_t i = 0; i < npages; i++) {
		struct page_layers *l = layers(proc, start + PG(i));
		if (!l->n)
			expected = -ENOMEM;
	}
	if (start + PG(npages) <= start)
		expected = -ENOMEM;
	if (advice < 0 || advice > MADV_DONTNEED)
		expected = -EINVAL;
	if (!judge("madvise", mm_advise(&procs[proc], start, PG(npages), advice, &job), expected,
		   false))
		return;
	for (uint32_t i = 0; advice == MADV_DONTNEED && i < npages; i++) {
		struct page_layers *l = layers(proc, start + PG(i));

		if (l->layer[0].kind == OWN && l->layer[0].file < 0)
			set_page(start + PG(i), -1, 0);
	}
	if (finish(proc, &job, op->d >> 16))
		return;
	for (uint32_t i = 0; i < npages; i++)
		if (page_at(start + PG(i)) < (int)NRAM)
			check_page((unsigned int)page_at(start + PG(i)));
}

static void leave(unsigned int proc)
{
	say("P%u exit\n", proc);
	mm_unmap_all(&procs[proc]);
	mm_destroy(&procs[proc]);
	mm_init(&procs[proc]);
	memset(&model[proc], 0, sizeof(model[proc]));
	if (proc == 1)
		procs[proc].max_vmas = 12;
	if (proc == 2)
		procs[proc].max_pages = 24;
	if (proc == running) {
		user_sp = 0;
		mm_activate(&procs[proc], NULL);
	}
}

static bool finish(unsigned int proc, struct mm_job *job, uint32_t chance)
{
	while (!mm_job_is_done(job)) {
		if (chance % 256 == 0) {
			leave(proc);
			return true;
		}
		mm_job_step(job);
	}
	return false;
}

static void op_fault(const struct op *op)
{
	addr_t at = some_address(running, op->a) + (op->b & PAGE_MASK & ~3u);
	enum mm_access access = op->c % 3 ? ACCESS_DATA : ACCESS_FETCH;
	int may = rights(running, at);
	enum mm_verdict verdict, expected = VERDICT_REFILLED;
	bool resident = mpu_grants(at) != 0;

	if (may < 0)
		expected = VERDICT_MAPERR;
	else if (!(may & (access == ACCESS_FETCH ? PROT_EXEC : PROT_READ)) || resident)
		expected = VERDICT_ACCERR;
	say("P%u %s at %08x", running, access == ACCESS_FETCH ? "fetch" : "access", at);
	verdict = mm_fault(&procs[running], at, access, user_sp);
	say(" = %d\n", verdict);
	if (verdict != expected)
		wrong("the verdict is %d, not %d", verdict, expected);
	if (verdict == VERDICT_REFILLED && mpu_grants(at) != (unsigned int)may)
		wrong("after a refill the MPU grants %x, not %x", mpu_grants(at), may);
}

/* Let another process run, on a stack if it has one. */
static void op_switch(const struct op *op)
{
	struct model_proc *m = &model[op->proc];
	addr_t sp = some_address(op->proc, op->a) + 8;
	struct page_layers *l = layers(op->proc, sp);
	addr_t start, end;

	running = op->proc;
	if (m->has_stack && op->b % 4) {
		bool held = m->stack.end != 0, holds;
		struct mm_stack was = m->stack;

		l = layers(op->proc, was.start);
		if (held &&
		    (!l->n || !(l->layer[0].flags & VMA_STACK) || !(l->layer[0].prot & PROT_WRITE)))
			held = false;
		if (held) {
			piece(op->proc, was.start, &l->layer[0], &start, &end);
			held = start == was.start && end == was.end;
		}
		holds = mm_stack_holds(&procs[running], &m->stack);
		say("P%u runs on stack %08x: %d\n", running, was.start, holds);
		if (held != holds && !(l->n && holds && end > was.end))
			wrong("the stack holds: %d, not %d", holds, held);
		mm_activate(&procs[running], &m->stack);
		user_sp = m->stack.end ? m->stack.end - 16 : 0;
		if (!holds)
			m->has_stack = false;
		return;
	}
	m->has_stack = mm_stack_find(&procs[running], sp, &m->stack) == 0;
	say("P%u runs on %08x: %d\n", running, sp, m->has_stack);
	if (m->has_stack !=
	    (l->n && (l->layer[0].flags & VMA_STACK) && (l->layer[0].prot & PROT_WRITE)))
		wrong("is it a stack? %d", m->has_stack);
	mm_activate(&procs[running], m->has_stack ? &m->stack : NULL);
	user_sp = m->has_stack ? sp : 0;
	if (m->has_stack && mpu_grants(sp - 1) != (unsigned int)l->layer[0].prot)
		wrong("the stack at %08x has rights %x", sp, mpu_grants(sp - 1));
}

static void op_write(const struct op *op)
{
	addr_t at = some_address(op->proc, op->a) + (op->b & PAGE_MASK & ~15u);
	int may = rights(op->proc, at), page = page_at(at);

	if (may < 0 || !(may & PROT_WRITE) || page >= (int)NRAM)
		return;
	say("P%u writes at %08x\n", op->proc, at);
	memset(addr_ptr(at), (int)op->c | 1, 16);
	memset(bytes[page] + (at & PAGE_MASK), (int)op->c | 1, 16);
}

static void op_pin(const struct op *op)
{
	unsigned int page = op->a % NRAM;

	for (unsigned int i = 0; i < NRAM; i++)
		if (pins[i] && (op->b & 1)) {
			say("unpin %08x\n", addr_of(i));
			pins[i]--;
			page_put(addr_of(i), 1);
			return;
		}
	for (unsigned int i = 0; i < NPROCS; i++)
		if (model[i].at[page].n && (op->b & 2)) {
			say("pin %08x\n", addr_of(page));
			pins[page]++;
			page_get(addr_of(page), 1);
			return;
		}
}

static void op_uaccess(const struct op *op)
{
	addr_t at = some_address(op->proc, op->a) + (op->b & PAGE_MASK);
	size_t len = op->c % PG(3);
	unsigned int want = op->d & 1 ? PROT_WRITE : PROT_READ;
	int expected = 0, err;
	void *ptr;

	if (op->d % 64 == 2)
		len = SIZE_MAX - at - 5;
	if (op->d % 64 == 4)
		len = 0u - at;
	for (size_t i = 0; i < len && !expected; i = i + PAGE_SIZE - ((at + i) & PAGE_MASK))
		if (at + i > UINT32_MAX || rights(op->proc, (addr_t)(at + i)) < 0 ||
		    !((unsigned int)rights(op->proc, (addr_t)(at + i)) & want))
			expected = -EFAULT;
	err = user_range(&procs[op->proc], (uaddr_t){ at }, len, want, &ptr);
	say("P%u pointer %08x, %zx, %u = %d\n", op->proc, at, len, want, err);
	if (err != expected)
		wrong("a pointer is judged %d, not %d", err, expected);
}

static void op_trim(const struct op *op)
{
	mm_nr_trim_pages = op->a % 2 ? 1 : op->b % 4;
	say("nr_trim_pages = %u\n", mm_nr_trim_pages);
}

/* A RAM file is cut, or grows. */
static void op_truncate(const struct op *op)
{
	enum env_file which = op->a & 1 ? FILE_RAM : FILE_RAM2;
	struct backing *backing = file(which);
	uint32_t size = op->b % PG(8), capacity = store_capacity(backing);
	uint32_t need = page_ceil(size) >> CONFIG_PAGE_SHIFT;
	bool shown = false, any = false;
	addr_t old = backing->store ? backing->store->start : 0;
	int err;

	for (unsigned int proc = 0; proc < NPROCS; proc++)
		for (unsigned int page = 0; page < NPAGES; page++)
			for (unsigned int i = 0; i < model[proc].at[page].n; i++) {
				struct layer *l = &model[proc].at[page].layer[i];

				if (l->file != (int)which)
					continue;
				any |= l->kind == STORE;
				if ((l->flags & VMA_SHARED) && l->off + PAGE_SIZE > size)
					shown = true;
			}
	say("truncate file %u to %x", which, size);
	if (size < backing->size) {
		err = store_shrink(backing, size);
		if (!judge("truncate", err, shown ? -ETXTBSY : 0, false))
			return;
		backing->size = size;
		for (unsigned int proc = 0; proc < NPROCS; proc++)
			for (unsigned int page = 0; page < NPAGES; page++) {
				struct page_layers *l = &model[proc].at[page];

				for (unsigned int i = l->n; i-- > 0;)
					if (l->layer[i].file == (int)which &&
					    l->layer[i].off >= page_ceil(size))
						drop(l, i);
			}
		/* What lies behind the end in the last page is zero: its owner's duty. */
		if (size & PAGE_MASK) {
			addr_t end = backing->store->start + size;

			memset(addr_ptr(end), 0, PAGE_SIZE - (end & PAGE_MASK));
			memset(bytes[page_at(end)] + (end & PAGE_MASK), 0,
			       PAGE_SIZE - (end & PAGE_MASK));
		}
		return;
	}
	err = store_grow(backing, need);
	{
		uint32_t had = capacity >> CONFIG_PAGE_SHIFT;
		bool in_place = need <= had || (had && were_free(old + capacity, need - had));
		bool can = in_place || (!any && has_place(need, false));

		if (!judge("grow", err, can ? 0 : -ENOMEM, is_short(need)))
			return;
		if (in_place && old && backing->store->start != old && !env_failed())
			wrong("the store has moved");
	}
	backing->size = size;
	if (!backing->store)
		return;
	for (uint32_t i = 0; i < capacity >> CONFIG_PAGE_SHIFT; i++)
		if (backing->store->start != old) {
			memcpy(bytes[page_at(backing->store->start + PG(i))],
			       bytes[page_at(old + PG(i))], PAGE_SIZE);
			is_known[page_at(backing->store->start + PG(i))] = true;
		}
	for (uint32_t i = capacity >> CONFIG_PAGE_SHIFT; i < need; i++) {
		memset(addr_ptr(backing->store->start + PG(i)), 0, PAGE_SIZE);
		set_page(backing->store->start + PG(i), -1, 0);
	}
}

/* Running. */

enum {
	OP_ANON,
	OP_FILE,
	OP_UNMAP,
	OP_PROTECT,
	OP_REMAP,
	OP_SBRK,
	OP_ADVISE,
	OP_EXIT,
	OP_FAULT,
	OP_SWITCH,
	OP_WRITE,
	OP_PIN,
	OP_UACCESS,
	OP_TRIM,
	OP_TRUNCATE,
	NOPS,
};

static const unsigned int weight[NOPS] = {
	[OP_ANON] = 12,	 [OP_FILE] = 16,  [OP_UNMAP] = 16,  [OP_PROTECT] = 12, [OP_REMAP] = 10,
	[OP_SBRK] = 6,	 [OP_ADVISE] = 3, [OP_EXIT] = 1,    [OP_FAULT] = 14,   [OP_SWITCH] = 5,
	[OP_WRITE] = 10, [OP_PIN] = 2,	  [OP_UACCESS] = 5, [OP_TRIM] = 1,     [OP_TRUNCATE] = 3,
};

static void run_op(const struct op *op, unsigned int index)
{
	nfree_before = page_nfree();
	for (unsigned int page = 0; page < NRAM; page++)
		was_free[page] = page_count(addr_of(page)) == 0;
	env_fail_at(op->fail);
	switch (op->what) {
	case OP_ANON:
		op_map(op, false);
		break;
	case OP_FILE:
		op_map(op, true);
		break;
	case OP_UNMAP:
		op_unmap(op);
		break;
	case OP_PROTECT:
		op_protect(op);
		break;
	case OP_REMAP:
		op_remap(op);
		break;
	case OP_SBRK:
		op_sbrk(op);
		break;
	case OP_ADVISE:
		op_advise(op);
		break;
	case OP_EXIT:
		leave(op->proc);
		break;
	case OP_FAULT:
		op_fault(op);
		break;
	case OP_SWITCH:
		op_switch(op);
		break;
	case OP_WRITE:
		op_write(op);
		break;
	case OP_PIN:
		op_pin(op);
		break;
	case OP_UACCESS:
		op_uaccess(op);
		break;
	case OP_TRIM:
		op_trim(op);
		break;
	default:
		op_truncate(op);
		break;
	}
	env_fail_at(0);
	compare();
	compare_pages();
	env_check();
	compare_hardware();
	for (unsigned int i = 0; i < NRAM; i++)
		if (index % 64 == 0 || i % 16 == index % 16)
			check_page(i);
}

static uint64_t random_state;

static uint32_t next_random(void)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 32);
}

static void make_ops(struct op *ops, unsigned int n, uint64_t seed)
{
	random_state = seed * 0x9e3779b97f4a7c15u + 1;
	for (unsigned int i = 0; i < n; i++) {
		unsigned int pick = 0, total = 0;

		for (unsigned int k = 0; k < NOPS; k++)
			total += weight[k];
		pick = next_random() % total;
		ops[i] = (struct op){ 0 };
		while (pick >= weight[ops[i].what])
			pick -= weight[ops[i].what++];
		ops[i].proc = (uint8_t)(next_random() % NPROCS);
		ops[i].fail = (uint8_t)(next_random() % 10 ? 0 : 1 + next_random() % 4);
		ops[i].a = next_random();
		ops[i].b = next_random();
		ops[i].c = next_random();
		ops[i].d = next_random();
	}
}

static __attribute__((noinline)) void run_ops(const struct op *ops, unsigned int n)
{
	memset(model, 0, sizeof(model));
	memset(pins, 0, sizeof(pins));
	memset(is_known, 0, sizeof(is_known));
	running = 0;
	user_sp = 0;
	env_begin(NULL);
	for (unsigned int which = FILE_RAM; which <= FILE_RAM2; which++)
		for (uint32_t off = 0; off < file((enum env_file)which)->size; off++) {
			int page = page_at(file((enum env_file)which)->store->start + off);

			bytes[page][off & PAGE_MASK] = file_byte((enum env_file)which, off);
			is_known[page] = true;
		}
	for (unsigned int i = 0; i < NPROCS; i++)
		leave(i);
	for (unsigned int i = 0; i < n; i++)
		run_op(&ops[i], i);
	for (unsigned int page = 0; page < NRAM; page++)
		while (pins[page]) {
			pins[page]--;
			page_put(addr_of(page), 1);
		}
	env_pinned = 0;
	env_end(NULL);
}

/* End a child, with what it counted for `make cov`. */
static __attribute__((noreturn)) void end_run(int status)
{
#ifdef COVERAGE
	extern void __gcov_dump(void);

	__gcov_dump();
#endif
	fflush(stdout);
	_exit(status);
}

/* In a process of its own: does it fail?  A child that a signal or the sanitizer ends has. */
static pid_t start_run(const struct op *ops, unsigned int n, bool loud)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		jmp_buf buf;

		if (!loud)
			fclose(stderr);
		verbose = loud;
		env_panic = &buf;
		if (setjmp(buf) == 0) {
			run_ops(ops, n);
			end_run(0);
		}
		if (loud)
			printf("\n%s\n", env_panic_text);
		end_run(1);
	}
	return pid;
}

static bool fails(const struct op *ops, unsigned int n)
{
	int status = 0;

	waitpid(start_run(ops, n, false), &status, 0);
	return status != 0;
}

/* Leave out ever smaller parts while it still fails. */
static unsigned int make_shorter(struct op *ops, unsigned int n)
{
	struct op *fewer = malloc(n * sizeof(*ops));

	for (unsigned int part = n / 2; part > 0; part = part == 1 ? 0 : (part + 1) / 2) {
		bool again = true;

		while (again) {
			again = false;
			for (unsigned int at = 0; at < n;) {
				unsigned int gone = MIN(part, n - at);

				memcpy(fewer, ops, at * sizeof(*ops));
				memcpy(fewer + at, ops + at + gone, (n - at - gone) * sizeof(*ops));
				if (fails(fewer, n - gone)) {
					n -= gone;
					memcpy(ops, fewer, n * sizeof(*ops));
					again = part == 1;
				} else {
					at += gone;
				}
			}
		}
	}
	free(fewer);
	return n;
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *value = getenv(name);

	return value && *value ? strtoull(value, NULL, 0) : otherwise;
}

static void test_model(void **state)
{
	uint64_t nops = setting("OPS", 1000000), seed = setting("SEED", (uint64_t)time(NULL));
	unsigned int n = (unsigned int)MIN(nops, (uint64_t)EPISODE), wide = 2;
	struct op *ops = malloc(n * sizeof(*ops));
	struct {
		pid_t pid;
		uint64_t seed;
	} child[2] = { 0 };
	uint64_t bad = 0;

	(void)state;
	printf("%llu calls, SEED=%llu\n", (unsigned long long)nops, (unsigned long long)seed);
	for (uint64_t done = 0; (done < nops && !bad) || child[0].pid || child[1].pid; done += n) {
		unsigned int slot = (unsigned int)(done / n % wide);
		int status = 0;

		if (child[slot].pid) {
			waitpid(child[slot].pid, &status, 0);
			if (status)
				bad = child[slot].seed;
			child[slot].pid = 0;
		}
		if (done >= nops || bad)
			continue;
		child[slot].seed = seed + done / n;
		make_ops(ops, n, child[slot].seed);
		child[slot].pid = start_run(ops, n, setting("SHOW", 0));
	}
	if (bad) {
		int status;

		make_ops(ops, n, bad);
		n = make_shorter(ops, n);
		printf("%u calls fail:\n", n);
		waitpid(start_run(ops, n, true), &status, 0);
		free(ops);
		fail_msg("SEED=%llu OPS=%u fails", (unsigned long long)bad, EPISODE);
	}
	free(ops);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
