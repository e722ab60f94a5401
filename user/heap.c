/* SPDX-License-Identifier: MIT */
/*
 * Where newlib's malloc() gets its memory: _sbrk(), which only malloc() calls.
 *
 * The heap grows in place, as by sbrk(), while it can.  With an MPU and no MMU a neighbour may
 * stop that at any time, and then memory comes from chunks by mmap(): _sbrk() hands out a chunk
 * piece by piece, and tries to grow it in place too before it takes another.
 *
 *	data  bss  |=== heap ===>| neighbour | ... |=== chunk ===>| ... |
 *
 * newlib's nano malloc takes pieces that do not adjoin: it keeps free pieces in a list sorted by
 * address and merges those that touch.  It asks for multiples of 4 bytes, aligned to 4, and never
 * gives back.
 *
 * malloc() holds its lock around this.
 */
#include "syscall.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define ALIGN	  4u   /* CHUNK_ALIGN of nano malloc: sizeof(void *) */
#define CHUNK_MIN 4096 /* bytes taken by mmap() at a time if there are so many: fewer mappings */

static char *chunk_next, *chunk_end; /* what is left of the chunk; both NULL before the first */

/* Grow the heap by @size.  NULL when it cannot, and then nothing changed. */
static char *from_heap(size_t size)
{
	char *p = sbrk((ptrdiff_t)size);
	size_t pad = -(uintptr_t)p & (ALIGN - 1);

	if (p == (void *)-1)
		return NULL;
	/* Only a program that calls sbrk() itself leaves an odd end. */
	if (pad && sbrk((ptrdiff_t)pad) == (void *)-1) {
		sbrk(-(ptrdiff_t)size);
		return NULL;
	}
	return p + pad;
}

static char *from_chunk(size_t size)
{
	char *p = chunk_next;

	if ((size_t)(chunk_end - chunk_next) < size)
		return NULL;
	chunk_next += size;
	return p;
}

static size_t whole_pages(size_t size)
{
	size_t page = (size_t)getpagesize();

	return (size + page - 1) & ~(page - 1);
}

/* Make the chunk longer by @len, whole pages, or start a new one. */
static int grow_chunk(size_t len)
{
	char *p = mmap(chunk_end, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return -1;
	if (p != chunk_end)
		chunk_next = p;
	chunk_end = p + len;
	return 0;
}

void *_sbrk(ptrdiff_t increment)
{
	size_t size = (size_t)increment;
	char *p;

	if (increment <= 0) /* nano malloc asks once where the heap is */
		return sbrk(increment);
	p = from_chunk(size);
	if (!p)
		p = from_heap(size);
	if (!p && ((size < CHUNK_MIN && grow_chunk(whole_pages(CHUNK_MIN)) == 0) ||
		   grow_chunk(whole_pages(size)) == 0))
		p = from_chunk(size);
	if (p)
		return p;
	errno = ENOMEM;
	return (void *)-1;
}
