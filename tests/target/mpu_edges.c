/* SPDX-License-Identifier: MIT */
/*
 * One instruction that needs several protection entries at once, none of which is loaded when it
 * starts: it takes its refills one after the other and then makes progress.
 */
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

#include <croft/limits.h>

#include "tap.h"

#define RW     (PROT_READ | PROT_WRITE)
#define ANON   (MAP_PRIVATE | MAP_ANONYMOUS)
#define OTHERS 16 /* mappings that push everything else out of the MPU */
#define LOCKED 3  /* at least: then the fewest entries are left to the others */
#define THUMB  1

static volatile char *others[OTHERS];
static size_t page;

/* Let nothing stay loaded but code, stack and data. */
static void evict(void)
{
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < OTHERS; i++)
			(void)*others[i];
}

/* Two mappings of a page each, one behind the other.  Returns the edge between them, or 0. */
static char *two_mappings(void)
{
	char *p = mmap(NULL, 2 * page, RW, ANON, -1, 0);

	if (p == MAP_FAILED || mmap(p + page, page, RW, ANON | MAP_FIXED, -1, 0) != p + page)
		return NULL;
	return p + page;
}

static void test_data(char *edge)
{
	uint32_t words[4] = { 0 }, *start = (uint32_t *)(edge - 8);
	uint32_t first, second;
	long refills;

	for (uint32_t i = 0; i < 4; i++)
		start[i] = 0x11111111 * (i + 1);

	evict();
	refills = system_info(INFO_REFILLS);
	__asm volatile("ldmia %4, {r4, r5, r6, r8}\n\t"
		       "mov %0, r4\n\tmov %1, r5\n\tmov %2, r6\n\tmov %3, r8"
		       : "=&r"(words[0]), "=&r"(words[1]), "=&r"(words[2]), "=&r"(words[3])
		       : "r"(start)
		       : "r4", "r5", "r6", "r8");
	OK(memcmp(words, start, sizeof(words)) == 0, "#23 LDM over the edge of two mappings");
	OK(system_info(INFO_REFILLS) - refills >= 2, "it took two refills");

	evict();
	__asm volatile("movw r4, #1\n\tmovw r5, #2\n\tmovw r6, #3\n\tmovw r8, #4\n\t"
		       "stmia %0, {r4, r5, r6, r8}"
		       :
		       : "r"(start)
		       : "r4", "r5", "r6", "r8", "memory");
	OK(start[0] == 1 && start[1] == 2 && start[2] == 3 && start[3] == 4,
	   "STM over the edge of two mappings");

	evict();
	__asm volatile("ldrd %0, %1, [%2]" : "=&r"(first), "=&r"(second) : "r"(edge - 4));
	OK(first == 2 && second == 3, "#23 LDRD over the edge of two mappings");

	memcpy(edge - 2, "\x78\x56\x34\x12", 4);
	evict();
	__asm volatile("ldr %0, [%1]" : "=r"(first) : "r"(edge - 2));
	IS(first, 0x12345678, "#23 an unaligned word over the edge is read");
	evict();
	__asm volatile("str %0, [%1]" : : "r"(0x87654321), "r"(edge - 2) : "memory");
	OK(memcmp(edge - 2, "\x21\x43\x65\x87", 4) == 0,
	   "an unaligned word over the edge is written");
	evict();
	memcpy(edge + page - 4, edge - 2, 4);
	memmove(edge - 64, edge - 63, 127);
	OK(memcmp(edge - 3, "\x21\x43\x65\x87", 4) == 0, "memmove over the edge");
}

/* Put `movw r0, #0x123; bx lr` over the edge, so that the halves of movw are in two mappings. */
static void test_code(char *edge)
{
	static const uint16_t code[] = { 0xf240, 0x1023, 0x4770 };
	int (*run)(void) = (int (*)(void))((uintptr_t)(edge - 2) | THUMB);

	memcpy(edge - 2, code, sizeof(code));
	IS(mprotect(edge - page, 2 * page, PROT_READ | PROT_EXEC), 0, "the two become code");
	evict();
	IS(run(), 0x123, "#23 an instruction over the edge of two mappings");
	evict();
	IS(run(), 0x123, "and again");
}

/* A word that is half in a mapping and half in none. */
static int over_the_end(long a, long b)
{
	char *p = mmap(NULL, 2 * page, RW, ANON, -1, 0);

	(void)b;
	if (p == MAP_FAILED || munmap(p + page, page))
		return 1;
	if (a)
		__asm volatile("str %0, [%1]" : : "r"(0), "r"(p + page - 2) : "memory");
	else
		__asm volatile("ldmia %0, {r4, r5, r6, r8}"
			       :
			       : "r"(p + page - 8)
			       : "r4", "r5", "r6", "r8", "memory");
	return 0; /* it lived */
}

static int set_page(long a, long b, int (*run)(long, long))
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	return run(a, b);
}

static int part_over(long a, long b)
{
	return set_page(a, b, over_the_end);
}

static const struct part parts[] = { { "over", part_over }, { 0 } };

static void test(void)
{
	int nlocked = 0;
	char *edge;

	page = (size_t)sysconf(_SC_PAGESIZE);
	for (int i = 0; i < OTHERS; i++)
		others[i] = mmap(NULL, page, RW, ANON, -1, 0);
	edge = two_mappings();
	if (!OK(edge != NULL && others[OTHERS - 1] != MAP_FAILED, "two mappings side by side"))
		return;
	test_data(edge);
	while (nlocked < OTHERS && mlock((void *)others[nlocked], page) == 0)
		nlocked++;
	OK(nlocked >= LOCKED && nlocked < OTHERS && errno == EAGAIN,
	   "#23 so many are pinned, and no more, so that any instruction makes progress");
	test_data(edge);
	test_code(edge);
	OK(part_died(part_start("over", 0, 0), SIGSEGV), "LDM over the end of a mapping dies");
	OK(part_died(part_start("over", 1, 0), SIGSEGV), "a word over the end of a mapping dies");
}

TAP_MAIN(parts, test)
