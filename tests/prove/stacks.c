/* SPDX-License-Identifier: MIT */
/*
 * Two threads of one process that run on pieces of one stack mapping: every pair of pieces, through the very
 * files of mm/.
 *
 * The pieces may coincide with each other and with what is loaded for the mapping as a whole.
 * The threads take turns, and fault at any page.  At every moment the MPU, by its rules, grants the whole stack that
 * runs, of every other page of the mapping all or nothing, and after a fault there all.
 */
#include "prove.h"

#include <host_mpu.h>
#include <mm_env.h>

#define NPAGES (is_quick ? 6u : 8u)
#define TURNS  6u
#define RW     (PROT_READ | PROT_WRITE)

static struct mm *const mm = &procs[0];
static addr_t base;
static uint64_t npairs, nfaults;

/* The stack of a thread that runs while only its piece may be written. */
static struct mm_stack stack_of(uint32_t first, uint32_t last)
{
	struct mm_stack stack;
	int err = mm_protect(mm, base, PG(NPAGES), PROT_READ);

	err |= mm_protect(mm, base + PG(first), PG(last - first + 1), RW);
	err |= mm_stack_find(mm, base + PG(last + 1), &stack);
	if (err)
		wrong("pages %u-%u are no stack", first, last);
	return stack;
}

static void check_pages(const struct mm_stack *stack)
{
	for (addr_t at = base - PAGE_SIZE; at <= base + PG(NPAGES); at += PAGE_SIZE) {
		bool is_mapped = at >= base && at < base + PG(NPAGES);
		bool is_stack = at >= stack->start && at < stack->end;
		struct pmsa_answer lo = mpu_look(at), hi = mpu_look(at + PAGE_MASK);

		if (lo.program != hi.program || (lo.program && (!is_mapped || lo.program != RW)))
			wrong("page %08x: the MPU grants %x and %x", at, lo.program, hi.program);
		if (is_stack && lo.program != RW)
			wrong("page %08x of the stack %08x-%08x is not granted", at, stack->start,
			      stack->end);
		if (!(lo.kernel & MAY_WRITE))
			wrong("page %08x: the kernel may %x", at, lo.kernel);
	}
}

static void fault(const struct mm_stack *stack)
{
	addr_t at = base + PG(pick(NPAGES)) + pick(PAGE_SIZE);
	bool was_granted = mpu_grants(at) != 0;
	enum mm_verdict verdict = mm_fault(mm, at, ACCESS_DATA, stack->end);

	if ((verdict == VERDICT_REFILLED) == was_granted)
		wrong("%08x: the verdict is %d", at, verdict);
	if (mpu_grants(at) != RW)
		wrong("%08x is not granted", at);
	check_pages(stack);
	nfaults++;
}

static void prove_pair(struct mm_stack *a, struct mm_stack *b)
{
	static const struct mm_stack none;

	if (mm_protect(mm, base, PG(NPAGES), RW))
		wrong("the stack cannot be made whole");
	for (unsigned int turn = 0; turn < TURNS; turn++) {
		const struct mm_stack *next = pick(4) ? turn % 2 ? a : b : &none;

		if (pick(4) == 0)
			mm_activate(&procs[1], NULL);
		if (!mm_stack_holds(mm, a) || !mm_stack_holds(mm, b))
			wrong("a stack is lost");
		mm_activate(mm, next);
		check_pages(next);
		for (uint32_t i = 0; i < NPAGES; i++)
			fault(next);
	}
	mm_activate(mm, NULL);
	npairs++;
}

void prove_stacks(void)
{
	struct map_request request = { .len = PG(NPAGES),
				       .prot = RW,
				       .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK };

	env_begin(NULL);
	if (env_map(mm, &request, &base))
		wrong("no room for a stack");
	for (uint32_t i = 0; i < NPAGES; i++)
		for (uint32_t k = i; k < NPAGES; k++)
			for (uint32_t m = 0; m < NPAGES; m++)
				for (uint32_t n = m; n < NPAGES; n++) {
					struct mm_stack a = stack_of(i, k), b = stack_of(m, n);

					prove_pair(&a, &b);
				}
	env_end(NULL);
	proven("pairs of stacks in %u pages: %llu, %llu faults", NPAGES, (unsigned long long)npairs,
	       (unsigned long long)nfaults);
}
