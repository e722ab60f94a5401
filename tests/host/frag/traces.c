/* SPDX-License-Identifier: MIT */
/* The kinds of traces, and traces as text.  A seed and an offer always give the same trace. */
#include <assert.h>
#include <arch/cover.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void trace_add(struct trace *trace, struct op op)
{
	uint32_t top = MAX(op.id, op.what == 'c' ? op.other : 0) + 1;

	if (trace->nops == trace->room) {
		trace->room = trace->room ? 2 * trace->room : 1024;
		trace->ops = realloc(trace->ops, trace->room * sizeof(op));
		assert(trace->ops);
	}
	trace->ops[trace->nops++] = op;
	trace->nids = MAX(trace->nids, top);
}

void trace_free(struct trace *trace)
{
	free(trace->ops);
	*trace = (struct trace){ .name = trace->name };
}

static const char *const place_names[] = { "any", "entry", "heap" };

static int place_of(const char *name)
{
	if (strcmp(name, "slab") == 0)
		return OP_SLAB;
	for (unsigned int i = 0; i < ARRAY_SIZE(place_names); i++)
		if (strcmp(name, place_names[i]) == 0)
			return (int)i;
	return -1;
}

/* 0, or -1 for a line that makes no sense. */
static int parse(struct trace *trace, const char *line)
{
	struct op op = { 0 };
	char name[16] = "any";
	int fields = sscanf(line, " %c %u %u %15s", &op.what, &op.id, &op.n, name);
	int place = 0;

	if (fields < 1 || op.what == '#')
		return 0;
	if (op.what == 'a')
		place = place_of(name);
	if (op.what == 'c' && sscanf(name, "%u", &op.other) != 1)
		return -1;
	if (!strchr("afgsc", op.what) ||
	    fields < (op.what == 'f'   ? 2
		      : op.what == 'c' ? 4
				       : 3) ||
	    place < 0 || op.id >= 1u << 24 || op.other >= 1u << 24 || op.n >= 1u << 20 ||
	    (op.what != 'f' && op.n == 0))
		return -1;
	op.place = (uint8_t)place;
	trace_add(trace, op);
	return 0;
}

bool trace_read(struct trace *trace, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[128];
	unsigned int number = 0;
	bool good = true;

	if (!file) {
		perror(path);
		return false;
	}
	while (good && fgets(line, sizeof(line), file)) {
		number++;
		good = parse(trace, line) == 0;
	}
	fclose(file);
	if (!good)
		fprintf(stderr, "%s:%u: not a step of a trace\n", path, number);
	return good;
}

void trace_print(const struct trace *trace)
{
	for (uint32_t i = 0; i < trace->nops; i++) {
		const struct op *op = &trace->ops[i];

		if (op->what == 'a')
			printf("a %u %u %s\n", op->id, op->n,
			       op->place == OP_SLAB ? "slab" : place_names[op->place]);
		else if (op->what == 'f')
			printf("f %u\n", op->id);
		else if (op->what == 'c')
			printf("c %u %u %u\n", op->id, op->n, op->other);
		else
			printf("%c %u %u\n", op->what, op->id, op->n);
	}
}

/* What the writers share. */
struct writer {
	struct trace *trace;
	const struct offer *offer;
	uint64_t random;
	uint32_t step, load;
	bool small; /* the small geometry: everything is smaller */
	uint32_t *sizes, nsizes;
};

/* splitmix64 (Steele, Lea and Flood, 2014) */
static uint32_t random_below(struct writer *w, uint32_t below)
{
	uint64_t z = w->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return (uint32_t)(((z >> 32) * below) >> 32);
}

static uint32_t random_from(struct writer *w, uint32_t low, uint32_t high)
{
	return low + random_below(w, high - low + 1);
}

static bool chance(struct writer *w, uint32_t percent)
{
	return random_below(w, 100) < percent;
}

/* Each doubling is as likely as any other. */
static uint32_t random_log(struct writer *w, uint32_t high)
{
	uint32_t top = 1;

	while (top < high && chance(w, 70))
		top *= 2;
	return random_from(w, top / 2 + 1, MIN(top, high));
}

/* n with a likelihood of n^-1.5, up to a limit. */
static uint32_t random_power(struct writer *w, uint32_t high)
{
	uint64_t n, u;

	do {
		u = 1 + random_below(w, 65536); /* n = (65536 / u)^2 */
		n = ((uint64_t)1 << 32) / (u * u);
	} while (n < 1 || n > high);
	return (uint32_t)n;
}

static void writer_start(struct writer *w, struct trace *trace, const struct offer *offer)
{
	*w = (struct writer){ .trace = trace, .offer = offer, .random = offer->seed };
	w->small = offer->geometry->npages < 256;
}

static void writer_end(struct writer *w)
{
	free(w->sizes);
}

static uint32_t limit(const struct writer *w)
{
	return w->offer->from +
	       (uint32_t)((int64_t)((int32_t)w->offer->to - (int32_t)w->offer->from) *
			  MIN(w->step, w->offer->nsteps) / w->offer->nsteps);
}

static bool fits(const struct writer *w, uint32_t n)
{
	return w->load + n <= limit(w);
}

static uint32_t emit_alloc(struct writer *w, uint32_t n, uint8_t place)
{
	uint32_t id = w->nsizes++;

	w->sizes = realloc(w->sizes, w->nsizes * sizeof(*w->sizes));
	assert(w->sizes);
	w->sizes[id] = n;
	w->load += n;
	trace_add(w->trace, (struct op){ 'a', place, id, n, 0 });
	return id;
}

static void emit_free(struct writer *w, uint32_t id)
{
	w->load -= w->sizes[id];
	w->sizes[id] = 0;
	trace_add(w->trace, (struct op){ 'f', 0, id, 0, 0 });
}

static void emit_grow(struct writer *w, uint32_t id, uint32_t n)
{
	w->load += n;
	w->sizes[id] += n;
	trace_add(w->trace, (struct op){ 'g', 0, id, n, 0 });
}

static void emit_shrink(struct writer *w, uint32_t id, uint32_t n)
{
	w->load -= n;
	w->sizes[id] -= n;
	trace_add(w->trace, (struct op){ 's', 0, id, n, 0 });
}

/* A hole in the middle; what is behind it gets the number that is returned. */
static uint32_t emit_hole(struct writer *w, uint32_t id, uint32_t from, uint32_t n)
{
	uint32_t hole = w->nsizes, tail = w->nsizes + 1;

	w->nsizes += 2;
	w->sizes = realloc(w->sizes, w->nsizes * sizeof(*w->sizes));
	assert(w->sizes);
	w->sizes[tail] = w->sizes[id] - from - n;
	w->sizes[hole] = n;
	w->sizes[id] = from;
	trace_add(w->trace, (struct op){ 'c', 0, id, from + n, tail });
	trace_add(w->trace, (struct op){ 'c', 0, id, from, hole });
	emit_free(w, hole);
	return tail;
}

/* What lives until a time, the first to die first: a binary heap. */
struct death {
	uint32_t when, id;
};
struct deaths {
	struct death *all;
	uint32_t n, room;
};

static void death_add(struct deaths *deaths, uint32_t when, uint32_t id)
{
	uint32_t i = deaths->n++;

	if (deaths->n > deaths->room) {
		deaths->room = deaths->room ? 2 * deaths->room : 64;
		deaths->all = realloc(deaths->all, deaths->room * sizeof(*deaths->all));
		assert(deaths->all);
	}
	while (i > 0 && deaths->all[(i - 1) / 2].when > when) {
		deaths->all[i] = deaths->all[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	deaths->all[i] = (struct death){ when, id };
}

static struct death death_next(struct deaths *deaths)
{
	struct death top = deaths->all[0], last = deaths->all[--deaths->n];
	uint32_t i = 0, child;

	while ((child = 2 * i + 1) < deaths->n) {
		if (child + 1 < deaths->n && deaths->all[child + 1].when < deaths->all[child].when)
			child++;
		if (deaths->all[child].when >= last.when)
			break;
		deaths->all[i] = deaths->all[child];
		i = child;
	}
	deaths->all[i] = last;
	return top;
}

/* Time passes until @n more pages may be asked for. */
static void make_room(struct writer *w, struct deaths *deaths, uint32_t *now, uint32_t n)
{
	while (deaths->n && (deaths->all[0].when <= *now || !fits(w, n))) {
		struct death death = death_next(deaths);

		*now = MAX(*now, death.when);
		emit_free(w, death.id);
	}
}

/* A server: requests come with a few sizes of buffers, some are kept for long. */
static void write_server(struct trace *trace, const struct offer *offer)
{
	static const uint8_t sizes[] = { 1, 1, 1, 2, 2, 3, 4, 6, 9, 12, 17, 24 };
	struct deaths deaths = { 0 };
	struct writer w;
	uint32_t now = 0;

	writer_start(&w, trace, offer);
	for (w.step = 0; w.step < offer->nsteps; w.step++) {
		uint32_t n = sizes[random_below(&w, w.small ? 8 : ARRAY_SIZE(sizes))];
		uint32_t life = 1 + random_below(&w, w.small ? 20 : 2000);
		bool is_state = chance(&w, 10);

		now++;
		make_room(&w, &deaths, &now, is_state ? 1 : n);
		if (is_state && fits(&w, 1))
			death_add(&deaths, now + 10 * life, emit_alloc(&w, 1, OP_SLAB));
		else if (!is_state && fits(&w, n))
			death_add(&deaths, now + life, emit_alloc(&w, n, PLACE_ANY));
	}
	free(deaths.all);
	writer_end(&w);
}

/* Sizes of a power law, lives short or long. */
static void write_power(struct trace *trace, const struct offer *offer)
{
	struct deaths deaths = { 0 };
	struct writer w;
	uint32_t now = 0;

	writer_start(&w, trace, offer);
	for (w.step = 0; w.step < offer->nsteps; w.step++) {
		uint32_t n = random_power(&w, offer->geometry->npages / (w.small ? 4 : 16));
		uint32_t scale = w.small ? 30 : 500;
		uint32_t life = random_below(&w, chance(&w, 20) ? 20 * scale : scale);

		now++;
		make_room(&w, &deaths, &now, n);
		if (fits(&w, n))
			death_add(&deaths, now + life, emit_alloc(&w, n, PLACE_ANY));
	}
	free(deaths.all);
	writer_end(&w);
}

/* Streams of pictures, three at a time in a ring, and of sound; tables live on between them. */
#define STREAMS 16
static void write_media(struct trace *trace, const struct offer *offer)
{
	static const uint16_t big[] = { 2, 3, 10, 19, 38, 57, 75, 113, 150 };
	static const uint16_t little[] = { 1, 2, 3, 5, 6, 7 };
	struct stream {
		uint32_t n, ids[3], table, next;
	} streams[STREAMS] = { 0 };
	struct deaths deaths = { 0 };
	struct writer w;
	uint32_t now = 0;

	writer_start(&w, trace, offer);
	for (w.step = 0; w.step < offer->nsteps; w.step++) {
		uint32_t which = random_below(&w, w.small ? 3 : STREAMS);
		struct stream *s = &streams[which];
		uint32_t tables = random_from(&w, 1, w.small ? 2 : 5);
		uint32_t n = w.small ? little[random_below(&w, ARRAY_SIZE(little))]
				     : big[random_below(&w, ARRAY_SIZE(big))];

		now++;
		if (deaths.n && deaths.all[0].when <= now) {
			emit_free(&w, death_next(&deaths).id);
		} else if (!s->n && fits(&w, 3 * n + tables)) {
			s->n = n;
			s->table = emit_alloc(&w, tables, PLACE_ANY);
			for (unsigned int i = 0; i < 3; i++)
				s->ids[i] = emit_alloc(&w, n, PLACE_ANY);
		} else if (s->n && chance(&w, 3)) { /* ends; what was learned of it stays a while */
			for (unsigned int i = 0; i < 3; i++)
				emit_free(&w, s->ids[i]);
			death_add(&deaths, now + random_below(&w, 400), s->table);
			s->n = 0;
		} else if (s->n) { /* the next picture */
			emit_free(&w, s->ids[s->next]);
			s->ids[s->next] = emit_alloc(&w, s->n, PLACE_ANY);
			s->next = (s->next + 1) % 3;
		} else if (fits(&w, 1)) {
			death_add(&deaths, now + 1 + random_below(&w, 10),
				  emit_alloc(&w, 1, PLACE_ANY));
		}
	}
	free(deaths.all);
	writer_end(&w);
}

/* Full of one size, then one of three stays, then a larger size in what is left. */
static void write_sawtooth(struct trace *trace, const struct offer *offer)
{
	uint32_t *live = calloc(offer->geometry->npages, sizeof(*live)), nlive = 0;
	struct writer w;

	assert(live);
	writer_start(&w, trace, offer);
	while (w.step < offer->nsteps) {
		uint32_t size = 1, top = w.small ? 8 : 48, kept;

		for (; size <= top && w.step < offer->nsteps; size += random_from(&w, 1, size)) {
			while (fits(&w, size) && w.step++ < offer->nsteps)
				live[nlive++] = emit_alloc(&w, size, PLACE_ANY);
			kept = 0;
			for (uint32_t i = 0; i < nlive; i++)
				if (i % 3 == 0)
					live[kept++] = live[i];
				else
					emit_free(&w, live[i]);
			nlive = kept;
			w.step++;
		}
		kept = 0;
		for (uint32_t i = 0; i < nlive; i++)
			if (chance(&w, 5))
				live[kept++] = live[i];
			else
				emit_free(&w, live[i]);
		nlive = kept;
	}
	free(live);
	writer_end(&w);
}

/* Programs, as exec, malloc and mmap make them. */
#define MAX_MAPS 12
struct program {
	bool is_there, stays;
	uint32_t heap, heap_min, stack, maps[MAX_MAPS], nmaps;
};

/* Stack and guard, as kernel/load.c lays them out. */
static uint32_t stack_pages(uint32_t n)
{
	addr_t len = n << CONFIG_PAGE_SHIFT, guard = 0;

	do
		guard += PAGE_SIZE;
	while (cover_round(len + guard) != len + guard || guard % cover_unit(len + guard));
	return (len + guard) >> CONFIG_PAGE_SHIFT;
}

static void program_exit(struct writer *w, struct program *p)
{
	emit_free(w, p->stack);
	emit_free(w, p->heap);
	for (uint32_t i = 0; i < p->nmaps; i++)
		emit_free(w, p->maps[i]);
	p->is_there = false;
}

static bool program_start(struct writer *w, struct program *p)
{
	uint32_t data = random_log(w, w->small ? 4 : 24);
	uint32_t stack = stack_pages(random_log(w, w->small ? 2 : 8));

	if (!fits(w, data + stack))
		return false;
	*p = (struct program){ .is_there = true, .stays = chance(w, 30), .heap_min = data };
	p->heap = emit_alloc(w, data, PLACE_HEAP);
	p->stack = emit_alloc(w, stack, PLACE_ENTRY);
	return true;
}

static void program_unmap(struct writer *w, struct program *p)
{
	uint32_t i = random_below(w, p->nmaps), id = p->maps[i], n = w->sizes[id];

	if (n >= 3 && p->nmaps < MAX_MAPS && chance(w, 15)) {
		p->maps[p->nmaps++] = emit_hole(w, id, 1, random_from(w, 1, n - 2));
	} else if (n >= 2 && chance(w, 20)) {
		emit_shrink(w, id, random_from(w, 1, n - 1));
	} else {
		emit_free(w, id);
		p->maps[i] = p->maps[--p->nmaps];
	}
}

static void program_act(struct writer *w, struct program *p, uint32_t heap_percent)
{
	uint32_t n, what = random_below(w, 100);

	if (what < heap_percent) {
		n = random_log(w, w->small ? 2 : 8);
		if (chance(w, 20) && w->sizes[p->heap] >= p->heap_min + n)
			emit_shrink(w, p->heap, n);
		else if (fits(w, n))
			emit_grow(w, p->heap, n);
	} else if (what < heap_percent + (100 - heap_percent) / 2) {
		n = random_log(w, w->small ? 6 : 64);
		if (p->nmaps < MAX_MAPS && fits(w, n))
			p->maps[p->nmaps++] = emit_alloc(w, n, PLACE_ANY);
	} else if (p->nmaps) {
		program_unmap(w, p);
	}
}

#define MAX_PROGRAMS 160
static void write_mix(struct trace *trace, const struct offer *offer, uint32_t heap_percent)
{
	struct program programs[MAX_PROGRAMS] = { 0 };
	uint32_t slabs[MAX_PROGRAMS], nslabs = 0, nprograms = 0;
	struct writer w;

	writer_start(&w, trace, offer);
	for (w.step = 0; w.step < offer->nsteps; w.step++) {
		struct program *p = &programs[random_below(&w, w.small ? 8 : MAX_PROGRAMS)];

		if (!p->is_there) {
			if (fits(&w, 1) && nslabs <= nprograms / 2)
				slabs[nslabs++] = emit_alloc(&w, 1, OP_SLAB);
			nprograms += program_start(&w, p);
		} else if (chance(&w, p->stays ? 1 : 12) ||
			   (limit(&w) - w.load < 8 && chance(&w, 5))) {
			program_exit(&w, p);
			nprograms--;
			if (nslabs > nprograms / 2 + 1) { /* any may be the one that empties */
				uint32_t i = random_below(&w, nslabs);

				emit_free(&w, slabs[i]);
				slabs[i] = slabs[--nslabs];
			}
		} else {
			program_act(&w, p, heap_percent);
		}
	}
	writer_end(&w);
}

static void write_programs(struct trace *trace, const struct offer *offer)
{
	write_mix(trace, offer, 20);
}

static void write_heaps(struct trace *trace, const struct offer *offer)
{
	write_mix(trace, offer, 70);
}

const struct trace_kind trace_kinds[] = {
	{ "programs", write_programs, "start, mmap, munmap with holes, exit" },
	{ "heaps", write_heaps, "the same, growing their heaps most of the time" },
	{ "server", write_server, "buffers of a few sizes, state that stays" },
	{ "media", write_media, "rings of pictures, sound, streams come and go" },
	{ "sawtooth", write_sawtooth, "full, one of three stays, full of larger ones" },
	{ "power", write_power, "sizes of a power law, lives short or long" },
};
const unsigned int ntrace_kinds = ARRAY_SIZE(trace_kinds);
