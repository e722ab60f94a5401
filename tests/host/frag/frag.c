/* SPDX-License-Identifier: MIT */
/*
 * How well memory stays together: replays traces of allocations with Croft's own page allocator
 * (the very same mm/page.c and the cover.c of ARMv7-M) and with the one it is compared with (buddy.c), and
 * prints figures of both beside each other.
 *
 *	frag [-s seed] [-n seeds] [-c]	  all kinds of traces on both geometries
 *	frag [-c] trace.txt ...		  traces from files instead
 *	frag [-s seed] -p kind geometry	  print a trace of a kind (geometry 0 or 1)
 *
 * -c checks the allocator and each page against a map of the memory after every step.
 *
 * Each replay has a process of its own, so each finds the allocator as at boot.  A request that
 * fails is left out.  Growth that finds no room in place is a further piece elsewhere, as malloc
 * does it, so both allocators carry the same load.
 *
 * docs/placement.md has the figures and what follows from them.
 */
#include <arch/memory.h>
#include <arch/cover.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The host's own call: its header would redefine constants of Croft's. */
void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t off);
#define HOST_READ_WRITE 3
#define HOST_SHARED	0x21	 /* MAP_SHARED | MAP_ANONYMOUS */
#define HOST_FIXED	0x104022 /* MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE */

unsigned int frag_page_shift;

static const struct geometry geometries[] = {
	{ "56 pages of 1 KiB (a part with 64 KiB)", 10, 0x20002000, 56, 1 },
	{ "4096 pages of 4 KiB (16 MiB)", 12, 0x21000000, 4096, 4 },
};

/* The part of the memory that the offer aims at in the steady runs. */
#define STEADY_PERCENT 85

enum { STEADY, RAMP }; /* a ramp ends at the first failure */

static bool checking;

void panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

bool mm_may_fail(void)
{
	return false;
}

/* Croft's own. */

static void croft_init(const struct geometry *geometry)
{
	static struct zone zone;
	addr_t len = geometry->npages << frag_page_shift;

	if (mmap(addr_ptr(geometry->start), len, HOST_READ_WRITE, HOST_FIXED, -1, 0) !=
	    addr_ptr(geometry->start))
		panic("no memory at %#x", geometry->start);
	zone.name = "ram";
	zone.start = geometry->start;
	zone.end = geometry->start + len;
	page_zone_add(&zone);
}

static bool croft_alloc(uint32_t npages, enum page_place place, addr_t *at)
{
	return page_alloc(npages, place, at) == 0;
}

static bool croft_take(addr_t at, uint32_t npages)
{
	return page_take(at, npages) == 0;
}

const struct allocator croft = { "Croft",  croft_init, croft_alloc,	  croft_take,
				 page_put, page_nfree, page_longest_free, page_check };

/* Memory of one number: pieces, and how many protection entries cover them. */
struct piece {
	addr_t at;
	uint32_t n;
};
struct object {
	struct piece *pieces;
	uint32_t npieces, entries;
	bool is_slab;
};

struct figures {
	uint32_t nallocs, nfailures, ngrows, nin_place;
	double used_at_failure; /* of all memory; where none failed, the most that was used */
	bool has_failed;
	double largest, longest_run, last_largest; /* of what is free */
	double entries;				   /* for each mapping */
};

struct replay {
	const struct allocator *allocator;
	const struct geometry *geometry;
	struct object *objects;
	uint8_t *used; /* for each page */
	uint32_t nused;
	uint64_t live, live_entries; /* mappings now; slabs are none */
	bool failed;		     /* just now */
	struct figures figures;
};

static uint32_t page_number(const struct replay *r, addr_t at)
{
	return (at - r->geometry->start) >> frag_page_shift;
}

/* The map of the memory is independent of the allocator: it must be right about each page. */
static void mark(struct replay *r, addr_t at, uint32_t n, bool used)
{
	uint32_t page = page_number(r, at);

	if (at < r->geometry->start || page < r->geometry->own || page + n > r->geometry->npages)
		panic("%s: %#x is no memory", r->allocator->name, at);
	for (uint32_t i = page; i < page + n; i++) {
		if (r->used[i] == used)
			panic("%s: page %u is %s twice", r->allocator->name, i,
			      used ? "taken" : "freed");
		r->used[i] = used;
	}
	r->nused += used ? n : -n;
}

static uint32_t entries_of(const struct piece *piece)
{
	addr_t end = piece->at + (piece->n << frag_page_shift);
	uint32_t entries = 0;

	for (addr_t at = piece->at; at < end; entries++) {
		struct cover cover = cover_find(piece->at, end, at);

		while (at < end && cover_grants(&cover, at))
			at += PAGE_SIZE;
	}
	if (checking && entries != cover_count(piece->at, end))
		panic("cover_count(%#x, %#x) is wrong", piece->at, end);
	return entries;
}

static void count_entries(struct replay *r, struct object *object)
{
	if (object->is_slab)
		return;
	r->live_entries -= object->entries;
	r->live -= object->entries > 0;
	object->entries = 0;
	for (uint32_t i = 0; i < object->npieces; i++)
		object->entries += entries_of(&object->pieces[i]);
	r->live_entries += object->entries;
	r->live += object->entries > 0;
}

static void add_piece(struct object *object, addr_t at, uint32_t n)
{
	object->pieces = realloc(object->pieces, (object->npieces + 1) * sizeof(*object->pieces));
	if (!object->pieces)
		panic("no memory");
	object->pieces[object->npieces++] = (struct piece){ at, n };
}

static void alloc_piece(struct replay *r, struct object *object, uint32_t n, enum page_place place)
{
	addr_t at;

	r->figures.nallocs++;
	if (!r->allocator->alloc(n, place, &at)) {
		r->figures.nfailures++;
		r->failed = true;
		return;
	}
	mark(r, at, n, true);
	add_piece(object, at, n);
}

static void put_pages(struct replay *r, addr_t at, uint32_t n)
{
	r->allocator->put(at, n);
	mark(r, at, n, false);
}

static void grow(struct replay *r, struct object *object, uint32_t n)
{
	struct piece *last = object->npieces ? &object->pieces[object->npieces - 1] : NULL;
	addr_t end = last ? last->at + (last->n << frag_page_shift) : 0;

	if (last) {
		r->figures.ngrows++;
		if (n <= r->geometry->npages - page_number(r, end) && r->allocator->take(end, n)) {
			mark(r, end, n, true);
			last->n += n;
			r->figures.nin_place++;
			return;
		}
	}
	alloc_piece(r, object, n, PLACE_ANY);
}

static void shrink(struct replay *r, struct object *object, uint32_t n)
{
	while (n > 0 && object->npieces > 0) {
		struct piece *last = &object->pieces[object->npieces - 1];
		uint32_t part = MIN(n, last->n);

		last->n -= part;
		n -= part;
		put_pages(r, last->at + (last->n << frag_page_shift), part);
		if (last->n == 0)
			object->npieces--;
	}
}

/* What of @from is from its page @n on becomes @to. */
static void cut(struct object *from, uint32_t n, struct object *to)
{
	uint32_t i = 0, kept;

	while (i < from->npieces && n >= from->pieces[i].n)
		n -= from->pieces[i++].n;
	kept = i;
	for (; i < from->npieces; i++) {
		struct piece *piece = &from->pieces[i];

		add_piece(to, piece->at + (n << frag_page_shift), piece->n - n);
		if (n > 0) {
			piece->n = n;
			kept = i + 1;
			n = 0;
		}
	}
	from->npieces = kept;
}

static void step(struct replay *r, const struct op *op)
{
	struct object *object = &r->objects[op->id];

	r->failed = false;
	switch (op->what) {
	case 'a':
		shrink(r, object, UINT32_MAX); /* a text may use a number again */
		object->is_slab = op->place == OP_SLAB;
		alloc_piece(r, object, op->n,
			    object->is_slab ? PLACE_ANY : (enum page_place)op->place);
		break;
	case 'f':
		shrink(r, object, UINT32_MAX);
		break;
	case 'g':
		grow(r, object, op->n);
		break;
	case 's':
		shrink(r, object, op->n);
		break;
	case 'c':
		cut(object, op->n, &r->objects[op->other]);
		count_entries(r, &r->objects[op->other]);
		break;
	}
	count_entries(r, object);
}

static uint32_t longest_run(const struct replay *r)
{
	uint32_t longest = 0, run = 0;

	for (uint32_t i = r->geometry->own; i < r->geometry->npages; i++) {
		run = r->used[i] ? 0 : run + 1;
		longest = MAX(longest, run);
	}
	return longest;
}

static void check(const struct replay *r)
{
	const struct geometry *geometry = r->geometry;

	r->allocator->check();
	if (r->allocator->nfree() != geometry->npages - geometry->own - r->nused)
		panic("%s: wrong number of free pages", r->allocator->name);
	if (r->allocator == &croft && page_longest_free() != longest_run(r))
		panic("Croft: wrong longest run");
	for (uint32_t i = geometry->own; i < geometry->npages && r->allocator == &croft; i++)
		if (page_count(geometry->start + (i << frag_page_shift)) != r->used[i])
			panic("Croft: page %u has the wrong count", i);
}

static void replay(struct replay *r, const struct trace *trace, int what)
{
	uint32_t usable = r->geometry->npages - r->geometry->own;
	uint32_t every = 1 + r->geometry->npages / 128, nsamples = 0, nmapped = 0, peak = 0;
	struct figures *figures = &r->figures;

	r->allocator->init(r->geometry);
	r->objects = calloc(trace->nids, sizeof(*r->objects));
	r->used = calloc(r->geometry->npages, 1);
	if (!r->objects || !r->used)
		panic("no memory");
	for (uint32_t i = 0; i < trace->nops; i++) {
		uint32_t nfree;

		step(r, &trace->ops[i]);
		if (checking)
			check(r);
		peak = MAX(peak, r->nused);
		if (r->failed && figures->used_at_failure == 0)
			figures->used_at_failure = (double)r->nused / usable;
		figures->has_failed |= r->failed;
		if (what == RAMP && r->failed)
			break;
		nfree = r->allocator->nfree();
		if ((i % every && i != trace->nops - 1) || what == RAMP)
			continue;
		if (r->live) {
			figures->entries += (double)r->live_entries / (double)r->live;
			nmapped++;
		}
		if (nfree) {
			figures->last_largest = (double)r->allocator->largest() / nfree;
			figures->largest += figures->last_largest;
			figures->longest_run += (double)longest_run(r) / nfree;
			nsamples++;
		}
	}
	if (figures->used_at_failure == 0)
		figures->used_at_failure = (double)peak / usable;
	figures->largest /= MAX(nsamples, 1u);
	figures->longest_run /= MAX(nsamples, 1u);
	figures->entries /= MAX(nmapped, 1u);
}

/* Both allocators at once, each in a process of its own.  false: one has ended badly. */
static bool replay_both(const struct geometry *geometry, const struct trace *trace, int what,
			struct figures figures[2])
{
	static struct figures *shared;
	const struct allocator *const allocators[] = { &croft, &buddy };
	bool good = true;
	pid_t pids[2];
	int status;

	if (!shared)
		shared = mmap(NULL, 2 * sizeof(*shared), HOST_READ_WRITE, HOST_SHARED, -1, 0);
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct replay r = { .allocator = allocators[i], .geometry = geometry };

			replay(&r, trace, what);
			shared[i] = r.figures;
			_exit(0);
		}
	}
	for (int i = 0; i < 2; i++)
		if (waitpid(pids[i], &status, 0) != pids[i] || status != 0)
			good = false;
	memcpy(figures, shared, 2 * sizeof(*shared));
	return good;
}

static void sum(struct figures *total, const struct figures *part, double weight)
{
	total->nallocs += part->nallocs;
	total->nfailures += part->nfailures;
	total->ngrows += part->ngrows;
	total->nin_place += part->nin_place;
	total->largest += part->largest * weight;
	total->longest_run += part->longest_run * weight;
	total->last_largest += part->last_largest * weight;
	total->entries += part->entries * weight;
}

static void print_head(const struct geometry *geometry)
{
	printf("\n%s\n"
	       "            used at first   failed          grown in        MemLargest / MemFree"
	       "                    entries per\n"
	       "            failure         requests        place           mean                  at "
	       "the end      mapping\n"
	       "            Croft   buddy   Croft   buddy   Croft   buddy   Croft   buddy  (block)"
	       "  Croft   buddy   Croft   buddy\n",
	       geometry->name);
}

static void print_share(uint32_t part, uint32_t whole)
{
	if (whole)
		printf(" %6.2f%%", 100.0 * part / whole);
	else
		printf("       -");
}

static void print_row(const char *name, const struct figures f[2])
{
	printf("%-10s", name);
	for (int i = 0; i < 2; i++)
		printf(" %s%5.1f%%", f[i].has_failed ? " " : ">", 100 * f[i].used_at_failure);
	for (int i = 0; i < 2; i++)
		print_share(f[i].nfailures, f[i].nallocs);
	for (int i = 0; i < 2; i++)
		print_share(f[i].nin_place, f[i].ngrows);
	printf("   %5.3f   %5.3f  (%5.3f)", f[0].longest_run, f[1].longest_run, f[1].largest);
	printf("  %5.3f   %5.3f", f[0].last_largest, f[1].last_largest);
	printf("   %5.2f   %5.2f\n", f[0].entries, f[1].entries);
	fflush(stdout);
}

static bool run_kind(const struct geometry *geometry, const struct trace_kind *kind, uint64_t seed,
		     unsigned int nseeds)
{
	uint32_t usable = geometry->npages - geometry->own;
	struct offer offer = { .geometry = geometry, .nsteps = checking ? 2000 : 20000 };
	struct figures total[2] = { 0 }, part[2];
	struct trace trace = { .name = kind->name };
	bool good = true;

	for (unsigned int i = 0; i < nseeds && good; i++) {
		offer.seed = seed + i;
		offer.from = offer.to = usable * STEADY_PERCENT / 100;
		kind->write(&trace, &offer);
		good = replay_both(geometry, &trace, STEADY, part);
		for (int k = 0; k < 2; k++)
			sum(&total[k], &part[k], 1.0 / nseeds);
		trace_free(&trace);

		offer.from = usable * 30 / 100;
		offer.to = usable;
		kind->write(&trace, &offer);
		good = good && replay_both(geometry, &trace, RAMP, part);
		for (int k = 0; k < 2; k++) {
			total[k].used_at_failure += part[k].used_at_failure / nseeds;
			total[k].has_failed |= part[k].has_failed;
		}
		trace_free(&trace);
	}
	if (good)
		print_row(kind->name, total);
	else
		fprintf(stderr, "frag: %s, seed %llu: stopped\n", kind->name,
			(unsigned long long)offer.seed);
	return good;
}

static bool run_file(const struct geometry *geometry, const char *path)
{
	const char *name = strrchr(path, '/');
	struct trace trace = { .name = path };
	struct figures figures[2];
	bool good = trace_read(&trace, path) && replay_both(geometry, &trace, STEADY, figures);

	if (good)
		print_row(name ? name + 1 : path, figures);
	trace_free(&trace);
	return good;
}

static int print_trace(const char *kind, const char *geometry_name, uint64_t seed)
{
	const struct geometry *geometry = &geometries[geometry_name[0] == '1'];
	uint32_t pages = (geometry->npages - geometry->own) * STEADY_PERCENT / 100;
	struct offer offer = { geometry, seed, 20000, pages, pages };
	struct trace trace = { .name = kind };

	frag_page_shift = geometry->page_shift;
	for (unsigned int i = 0; i < ntrace_kinds; i++)
		if (strcmp(trace_kinds[i].name, kind) == 0)
			trace_kinds[i].write(&trace, &offer);
	trace_print(&trace);
	trace_free(&trace);
	return 0;
}

/* The port's. */
void arch_fill(uint32_t *at, uint32_t word, size_t len)
{
	for (size_t i = 0; i < len / sizeof(*at); i++)
		at[i] = word;
}

int main(int argc, char **argv)
{
	unsigned int nseeds = 0;
	const char *kind = NULL;
	uint64_t seed = 1;
	bool good = true;
	int c;

	while ((c = getopt(argc, argv, "s:n:cp:")) != -1) {
		if (c == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (c == 'n')
			nseeds = (unsigned int)strtoul(optarg, NULL, 0);
		else if (c == 'c')
			checking = true;
		else if (c == 'p')
			kind = optarg;
		else
			return 2;
	}
	if (kind)
		return print_trace(kind, optind < argc ? argv[optind] : "0", seed);
	if (optind == argc)
		printf("%s: seeds from %llu on; offered load %d %%\n", checking ? "check" : "frag",
		       (unsigned long long)seed, STEADY_PERCENT);
	for (unsigned int g = 0; g < ARRAY_SIZE(geometries); g++) {
		const struct geometry *geometry = &geometries[g];
		unsigned int n = nseeds ? nseeds : geometry->npages < 256 ? 40 : 6;

		frag_page_shift = geometry->page_shift;
		print_head(geometry);
		for (int i = optind; i < argc; i++)
			good = run_file(geometry, argv[i]) && good;
		for (unsigned int i = 0; i < ntrace_kinds && optind == argc; i++)
			good = run_kind(geometry, &trace_kinds[i], seed, n) && good;
	}
	return good ? 0 : 1;
}
