/* SPDX-License-Identifier: MIT */
/* malloc() and its kin: no byte beside a block is touched, and a size that wraps is refused. */
#include <malloc.h>
#include <stdint.h>

#include "tap.h"

static int is_refused(void *p)
{
	int error = errno;

	free(p);
	errno = 0;
	return !p && error == ENOMEM;
}

/* The block that moves is the last of the heap, and what it moves to is larger than all behind it. */
static void test_move(void)
{
	size_t len = 2 * (size_t)getpagesize();
	char *hole = malloc(len), *wall = malloc(16), *last = malloc(16), *moved;

	OK(hole && wall && last && sbrk(0) == last + malloc_usable_size(last),
	   "a block at the end of the heap");
	memcpy(last, "fifteen letters", 16);
	free(hole);
	moved = realloc(last, len);
	OK(moved == hole, "it moves to a hole before it");
	OK(moved && !memcmp(moved, "fifteen letters", 16), "with what is in it");
	free(moved);
	free(wall);
}

static void test_resize(void)
{
	char *p = realloc(NULL, 40), *q;

	OK(p != NULL, "realloc() of nothing is malloc()");
	memset(p, 'x', 40);
	q = realloc(p, 20);
	OK(q && q[0] == 'x' && q[19] == 'x', "it shrinks");
	errno = 0;
	p = realloc(q, SIZE_MAX);
	OK(!p && errno == ENOMEM && q[19] == 'x', "it cannot grow: it stays as it is");
	if (p)
		q = p;
	free(q);
}

static void test_sizes_that_wrap(void)
{
	size_t many = SIZE_MAX / 3;
	volatile size_t odd = 24;
	void *to = NULL;
	char *p;

	OK(is_refused(calloc(many, 4)), "calloc() of what wraps");
	OK(is_refused(calloc(4, many)), "the other way round");
	OK(is_refused(reallocarray(NULL, many, 4)), "reallocarray()");
	OK(is_refused(malloc(SIZE_MAX)), "malloc() of all");
	OK(is_refused(memalign(64, SIZE_MAX - 8)), "memalign()");
	OK(is_refused(aligned_alloc(64, SIZE_MAX - 63)), "aligned_alloc()");
	errno = 0;
	p = aligned_alloc(odd, 48);
	OK(!p && errno == EINVAL, "aligned_alloc() to what is no power of two");
	free(p);
	IS(posix_memalign(&to, 64, SIZE_MAX - 40), ENOMEM, "posix_memalign()");
	free(to);
	p = calloc(3, 5);
	OK(p && !p[0] && !p[14], "calloc() of three");
	free(p);
	p = memalign(64, 100);
	OK(p && (uintptr_t)p % 64 == 0, "memalign() to 64");
	free(p);
}

static void test(void)
{
	test_move();
	test_resize();
	test_sizes_that_wrap();
}

TAP_MAIN(NO_PARTS, test)
