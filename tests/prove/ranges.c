/* SPDX-License-Identifier: MIT */
/*
 * Every range of pages that can be a mapping, against the rules of the MPU.
 *
 *	range    [======================================)
 *	entries  |  first |     second     |   third    |     one for each place of a fault
 *
 * For each range: whatever address of it faults, the entry that is loaded grants one run of
 * bytes, all of it in the range and the address among it; a fault anywhere in that run would
 * load the very same entry; and the runs follow one another from the start of the range to its
 * end.  So the range falls into as many runs as there are entries, each fault loads the entry of
 * one that was not yet loaded, and whatever the order of faults, they end after that many, when
 * exactly the range is granted.  All entries of a range carry the same rights, so it does
 * not matter in which slots they are.
 *
 * Which addresses are tried: each first and last byte of a page in memories of up to
 * 1024 pages; in larger ones the first and last byte of each run, some within it, and the
 * pages on both sides of its middle.
 */
#include "prove.h"

#include <arch/mpu.h>
#include <board.h>
#include <croft/mman.h>
#include <host_mpu.h>
#include <stdio.h>

#define EVERY_PAGE   1024u   /* pages of a memory in which each address is tried */
#define SAMPLE	     100000u /* ranges that a quick run takes from a larger one */
#define MAX_RUNS     64u
#define MORE_IN_RUNS 2u

struct run {
	addr_t start, end;
	struct mpu_entry entry;
};

static struct {
	uint64_t ranges, entries, faults;
} total;

static bool is_same(const struct cover *a, const struct cover *b)
{
	struct span x = cover_block(a), y = cover_block(b);

	return x.start == y.start && x.last == y.last && cover_off(a) == cover_off(b);
}

/* Moved to another slot, an entry is the one that is made for that. */
static void check_move(const struct cover *cover, enum mpu_memory memory,
		       const struct mpu_entry *entry)
{
	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++) {
		struct mpu_entry made =
			arch_mpu_encode(slot, cover, PROT_READ | PROT_WRITE, memory);
		struct mpu_entry moved = arch_mpu_move(*entry, slot), back = arch_mpu_move(made, 0);

		if (!arch_mpu_is_same(&moved, &made) || !arch_mpu_is_same(&back, entry))
			wrong("%08x: moved to slot %u, the entry is another",
			      cover_block(cover).start, slot);
	}
}

/* The entry that a fault at @at loads, and what it grants by the rules. */
static struct run run_at(addr_t start, addr_t end, addr_t at, enum mpu_memory memory)
{
	struct cover cover = cover_find(start, end, at), again;
	struct run run = { .entry = arch_mpu_encode(0, &cover, PROT_READ | PROT_WRITE, memory) };
	const char *complaint = mpu_complaint(&run.entry);
	struct pmsa_span spans[8];
	unsigned int prot;

	if (complaint)
		wrong("%08x-%08x at %08x: %s", start, end, at, complaint);
	if (mpu_entry_spans(&run.entry, spans) != 1)
		wrong("%08x-%08x at %08x: the entry grants several runs", start, end, at);
	if (spans[0].start < start || spans[0].end > end)
		wrong("%08x-%08x at %08x: the entry grants %llx-%llx", start, end, at,
		      (unsigned long long)spans[0].start, (unsigned long long)spans[0].end);
	if (at < spans[0].start || at >= spans[0].end)
		wrong("%08x-%08x at %08x: the entry does not grant it", start, end, at);
	if (!arch_mpu_decode(&run.entry, &again, &prot) || !is_same(&again, &cover) ||
	    prot != (PROT_READ | PROT_WRITE))
		wrong("%08x-%08x at %08x: decoded, the entry is another", start, end, at);
	check_move(&cover, memory, &run.entry);
	run.start = (addr_t)spans[0].start;
	run.end = (addr_t)spans[0].end;
	total.faults++;
	return run;
}

/* A fault at @at, which lies in @run, loads the same entry. */
static void check_same(addr_t start, addr_t end, addr_t at, const struct run *run,
		       enum mpu_memory memory)
{
	struct cover cover = cover_find(start, end, at);
	struct mpu_entry entry = arch_mpu_encode(0, &cover, PROT_READ | PROT_WRITE, memory);

	total.faults++;
	if (!arch_mpu_is_same(&entry, &run->entry))
		wrong("%08x-%08x: faults at %08x and %08x load different entries", start, end,
		      run->start, at);
}

static void check_run(addr_t start, addr_t end, const struct run *run, bool every_page,
		      enum mpu_memory memory)
{
	addr_t len = run->end - run->start, middle = page_floor(run->start + len / 2);

	if (every_page) {
		for (addr_t at = run->start; at < run->end; at += PAGE_SIZE) {
			check_same(start, end, at, run, memory);
			check_same(start, end, at + PAGE_MASK, run, memory);
		}
		return;
	}
	check_same(start, end, run->end - 1, run, memory);
	if (len == PAGE_SIZE)
		return;
	check_same(start, end, middle, run, memory);
	check_same(start, end, middle - 1, run, memory);
	for (unsigned int i = 0; i < MORE_IN_RUNS; i++)
		check_same(start, end, run->start + pick(len), run, memory);
}

static void prove_range(addr_t start, addr_t end, bool every_page, enum mpu_memory memory)
{
	struct run runs[MAX_RUNS];
	unsigned int n = 0;

	for (addr_t at = start; at < end; at = runs[n++].end) {
		if (n == MAX_RUNS)
			wrong("%08x-%08x: more than %u entries", start, end, n);
		runs[n] = run_at(start, end, at, memory);
		if (runs[n].start != at) /* and no other starts there, so none is left out */
			wrong("%08x-%08x: entries overlap at %08x", start, end, at);
		check_run(start, end, &runs[n], every_page, memory);
	}
	if (cover_count(start, end) != n)
		wrong("%08x-%08x: %u entries, not %u", start, end, n, cover_count(start, end));
	/* From the end back, the same entries. */
	for (addr_t at = end; at > start; at = runs[n].start) {
		struct run run = run_at(start, end, at - 1, memory);

		if (n-- == 0 || run.start != runs[n].start || run.end != runs[n].end)
			wrong("%08x-%08x: another entry at %08x from behind", start, end, at - 1);
		total.entries++;
	}
	total.ranges++;
}

/* All ranges of pages of [@base, @base + @len). */
static void prove_memory(const char *name, addr_t base, uint32_t len, enum mpu_memory memory)
{
	uint32_t npages = len >> CONFIG_PAGE_SHIFT;
	bool every_page = npages <= EVERY_PAGE;

	total.ranges = total.entries = total.faults = 0;
	if (is_quick && (uint64_t)npages * npages / 2 > SAMPLE) {
		while (total.ranges < SAMPLE) {
			addr_t first = pick(npages), last = first + pick(npages - first);

			prove_range(base + first * PAGE_SIZE, base + (last + 1) * PAGE_SIZE, false,
				    memory);
		}
	} else {
		for (addr_t start = base; start < base + len; start += PAGE_SIZE)
			for (addr_t end = start + PAGE_SIZE; end <= base + len; end += PAGE_SIZE)
				prove_range(start, end, every_page, memory);
	}
	proven("%s, %u pages of %u bytes: %llu ranges, %llu entries, %llu faults", name, npages,
	       PAGE_SIZE, (unsigned long long)total.ranges, (unsigned long long)total.entries,
	       (unsigned long long)total.faults);
}

void prove_ranges(void)
{
	prove_memory("flash", FLASH_BASE, FLASH_SIZE, MPU_NORMAL);
	for (unsigned int i = 0; i < ARRAY_SIZE(board_banks); i++)
		prove_memory(board_banks[i].name, board_banks[i].start, board_banks[i].len,
			     MPU_NORMAL);
	for (unsigned int i = 0; i < ARRAY_SIZE(board_windows); i++)
		prove_memory(board_windows[i].name, board_windows[i].start, board_windows[i].len,
			     MPU_DEVICE);
}
