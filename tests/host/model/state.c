/* SPDX-License-Identifier: MIT */
/* What the model knows, and how it is asked.  See model.h. */
#include "model.h"

#include <stdarg.h>

struct model_proc model[NPROCS];
uint8_t bytes[NRAM][1 << CONFIG_PAGE_SHIFT];
bool is_known[NRAM];
struct page_origin copy_of[NRAM];
unsigned int pins[NRAM];
addr_t user_sp;
unsigned int running;
bool was_free[NRAM];
uint32_t nfree_before;
int verbose;

void say(const char *format, ...)
{
	va_list args;

	if (!verbose)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
}

/* Pages. */

addr_t addr_of(unsigned int page)
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
int page_at(addr_t at)
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

struct page_layers *layers(unsigned int proc, addr_t at)
{
	static struct page_layers none;
	int page = page_at(at);

	return page < 0 ? &none : &model[proc].at[page];
}

int rights(unsigned int proc, addr_t at)
{
	struct page_layers *l = layers(proc, at);
	int all = 0;

	for (unsigned int i = 0; i < l->n; i++)
		all |= l->layer[i].prot;
	return l->n ? all : -1;
}

unsigned int youngest(const struct page_layers *l)
{
	unsigned int best = 0;

	for (unsigned int i = 1; i < l->n; i++)
		if (l->layer[i].serial > l->layer[best].serial)
			best = i;
	return best;
}

void drop(struct page_layers *l, unsigned int i)
{
	l->layer[i] = l->layer[--l->n];
}

struct layer *find(unsigned int proc, addr_t at, uint32_t serial)
{
	struct page_layers *l = layers(proc, at);

	for (unsigned int i = 0; i < l->n; i++)
		if (l->layer[i].serial == serial)
			return &l->layer[i];
	return NULL;
}

/* Are the two, of neighbouring pages, of one VMA? */
bool joins(const struct layer *a, const struct layer *b)
{
	return a && b && a->serial == b->serial && a->prot == b->prot;
}

/* The piece of a mapping, all of which grants the same, around a page. */
void piece(unsigned int proc, addr_t at, const struct layer *l, addr_t *start, addr_t *end)
{
	*start = at;
	*end = at + PAGE_SIZE;
	while (joins(l, find(proc, *start - PAGE_SIZE, l->serial)))
		*start -= PAGE_SIZE;
	while (joins(l, find(proc, *end, l->serial)))
		*end += PAGE_SIZE;
}

void count(unsigned int proc, uint32_t *npieces, uint32_t *npages, bool *has_common)
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

void push(unsigned int proc, addr_t at, uint32_t npages, struct layer l)
{
	for (uint32_t i = 0; i < npages; i++) {
		struct page_layers *p = layers(proc, at + PG(i));

		p->layer[p->n++] = l;
		l.off += l.file >= 0 ? PAGE_SIZE : 0;
	}
}

/* Bytes. */

static uint8_t expected_byte(int which, uint32_t off)
{
	struct backing *backing = file((enum env_file)which);

	if (backing->kind == BACKING_RAM) {
		int page = off < backing->size ? page_at(backing->store.start + off) : -1;

		return page < 0 ? 0 : bytes[page][off & PAGE_MASK];
	}
	return file_byte((enum env_file)which, off);
}

void set_page(addr_t at, int which, uint32_t off)
{
	int page = page_at(at);

	if (page < 0 || page >= (int)NRAM)
		wrong("new memory at %08x", at);
	for (uint32_t i = 0; i < PAGE_SIZE; i++)
		bytes[page][i] = which < 0 ? 0 : expected_byte(which, off + i);
	is_known[page] = true;
}

void check_page(unsigned int page)
{
	if (page < NRAM && is_known[page] &&
	    memcmp(addr_ptr(addr_of(page)), bytes[page], PAGE_SIZE) != 0)
		for (uint32_t i = 0; i < PAGE_SIZE; i++)
			if (((uint8_t *)addr_ptr(addr_of(page)))[i] != bytes[page][i])
				wrong("byte %08x is %02x and not %02x", addr_of(page) + i,
				      ((uint8_t *)addr_ptr(addr_of(page)))[i], bytes[page][i]);
}
