/* SPDX-License-Identifier: MIT */
/*
 * fuzzsys: random system calls with random and half-sensible arguments.
 *
 *	fuzzsys CALLS SEED [WORKERS]
 *
 *	main.c ----spawns----> worker.c, several at once: make calls, look after a pattern of their own
 *	  |  ^                    |
 *	  |  +--- struct board ---+-> draw.c: which call it is, and what its arguments are
 *	  +-> tally.c: what came of them all
 *
 * Most workers are another user; some are root.  A worker lives for a few hundred calls, or until one
 * of them is its end.  Its calls follow from its seed and their order alone, so what they were is
 * known also of one that was killed; what their arguments were depends on what the kernel answered.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <generated/syscall_nr.h>

#define MAX_WORKERS 8
#define BOARD_FD    3	/* where a worker finds the board */
#define IN_SLOT	    "w" /* argv[1] of a worker with a slot: argv[2] is its number, argv[3] its seed */
#define WITHOUT	    "x" /* argv[1] of one that a worker has started */

/* How workers end.  Those that a random exit() makes are below. */
#define EXIT_MAX     64
#define EXIT_FAULT   64 /* and the signal */
#define EXIT_SETUP   125
#define EXIT_CHANGED 126

/* What the workers tell: one page of shared memory. */
struct slot {
	uint32_t limit;	  /* calls to make */
	uint32_t count;	  /* calls begun */
	uint32_t own;	  /* an address of its own, for others to try */
	uint32_t changed; /* an address whose word another has changed; 0: none */
	uint32_t word;	  /* what was there */
	int32_t pid;
};

struct board {
	struct slot slots[MAX_WORKERS];
};

/*
 * A worker as it knows itself.  It keeps this where it can only be read, with its pattern: a call
 * may write to the program's other memory as it likes.
 */
struct worker {
	struct slot *slot;
	const struct board *board;
	uint32_t seed;
	bool is_root;
	uintptr_t pattern, shared; /* pages that it must not change itself; shared: the board */
	uintptr_t text;		   /* its own, an address */
	size_t page;
	const char *const *self_argv; /* for processes that it starts */
	const char *const *envp;
	void (*thread)(void);
};

/* What calls have given it last. */
extern uintptr_t fuzz_mapped[4];

struct draw {
	unsigned int nr;
	uint32_t arg[6];
};

uint32_t fuzz_mix(uint32_t a, uint32_t b);

/* The number of the call that is @index of a worker: one of the table, or none at all. */
unsigned int draw_number(uint32_t seed, uint32_t index);

/* The name of a call, for the tally; NULL: there is none. */
const char *draw_name(unsigned int nr);

/* Is it a worker of root? */
bool draw_is_root(uint32_t seed);

/* Draw a call: what it is, and its arguments.  What they point to is made, too. */
void draw_call(const struct worker *worker, uint32_t index, struct draw *draw);

/* The life of a worker. */
int worker_main(const struct worker *worker);

/* Make a call as the processor sees it. */
static inline long fuzz_call6(uint32_t nr, uint32_t a, uint32_t b, uint32_t c, uint32_t d,
			      uint32_t e, uint32_t f)
{
	register uint32_t r0 __asm("r0") = a;
	register uint32_t r1 __asm("r1") = b;
	register uint32_t r2 __asm("r2") = c;
	register uint32_t r3 __asm("r3") = d;
	register uint32_t r4 __asm("r4") = e;
	register uint32_t r5 __asm("r5") = f;
	register uint32_t r7 __asm("r7") = nr;

	__asm volatile("svc #0"
		       : "+r"(r0)
		       : "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5), "r"(r7)
		       : "memory");
	return (long)r0;
}

static inline long fuzz_call(const struct draw *draw)
{
	const uint32_t *arg = draw->arg;

	return fuzz_call6(draw->nr, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
}

/* Write strings as one line. */
#define SAY(...) fuzz_say((const char *const[]){ __VA_ARGS__, NULL })
void fuzz_say(const char *const *text);
const char *fuzz_decimal(uint32_t n); /* lasts for 16 calls */

#endif
