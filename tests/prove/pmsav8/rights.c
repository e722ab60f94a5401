/* SPDX-License-Identifier: MIT */
/*
 * Rights and kinds of memory: every protection, in every slot, of every range of 32 bytes in a window
 * and of ranges of all sizes, loaded as the port loads it, one entry or all, and looked at on both sides of both
 * ends.  And the kernel's own entries beside it.
 *
 * A program may do what the protection says, where the entry grants, and nothing elsewhere.
 * Registers are Device memory and never executed.  The kernel reads everywhere, and writes but to its code and to
 * what programs only read; its data it does not execute.
 */
#include "../prove.h"

#include "../../../arch/cortex-m/pmsav8/mpu_encode.h"

#include <croft/mman.h>
#include <pmsav8.h>
#include <string.h>

#define SOMEWHERE 0x20100000u
#define WINDOW	  (is_quick ? 0x200u : 0x800u)
#define CODE_AT	  0x10000000u /* the kernel's own */
#define DATA_AT	  0x20000000u
#define OWN_LEN	  0x8000u

_Static_assert(PROT_READ == MAY_READ && PROT_WRITE == MAY_WRITE && PROT_EXEC == MAY_EXEC,
	       "rights are compared as they are");

static uint64_t nentries;

static void load(struct pmsav8 *mpu, unsigned int slot, const struct mpu_entry *entry)
{
	pmsav8_write_rnr(mpu, slot);
	pmsav8_write_rlar(mpu, 0, 0);
	pmsav8_write_rbar(mpu, 0, entry->rbar);
	pmsav8_write_rlar(mpu, 0, entry->rlar);
}

/* As at boot: see arch_mpu_init(). */
static struct pmsav8 boot(void)
{
	struct pmsav8 mpu = { .nregions = CONFIG_MPU_REGIONS, .mair = { MAIR0_WORD, 0 } };
	struct span code = { CODE_AT, CODE_AT + OWN_LEN - 1 },
		    data = { DATA_AT, DATA_AT + OWN_LEN - 1 };
	struct mpu_entry own[2] = { mpu_encode_kernel(code, true), mpu_encode_kernel(data, false) };

	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++) {
		struct mpu_entry empty = arch_mpu_empty(slot);

		load(&mpu, slot, &empty);
	}
	for (unsigned int i = 0; i < MPU_KERNEL_SLOTS; i++)
		load(&mpu, MPU_SLOTS + i, &own[i]);
	mpu.ctrl = 5; /* ENABLE, PRIVDEFENA */
	return mpu;
}

/* All slots, by fours through the aliases: see arch_mpu_load_image(). */
static void load_all(struct pmsav8 *mpu, const struct mpu_entry *image)
{
	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++) {
		if (slot % 4 == 0)
			pmsav8_write_rnr(mpu, slot);
		pmsav8_write_rbar(mpu, slot % 4, image[slot].rbar);
		pmsav8_write_rlar(mpu, slot % 4, image[slot].rlar);
	}
}

/* @want: of programs where the entry matches, -1: where none does. */
static void check_byte(const struct pmsav8 *mpu, addr_t at, int slot, unsigned int want,
		       enum mpu_memory memory)
{
	struct pmsa_answer answer = pmsav8_look(mpu, at);
	unsigned int kernel = slot >= 0 && !(want & PROT_WRITE) ? MAY_READ : MAY_READ | MAY_WRITE;

	if (answer.region != slot)
		wrong("region %d decides at %08x, not %d", answer.region, at, slot);
	if (answer.program != (slot >= 0 ? want : 0))
		wrong("programs have rights %x at %08x, not %x", answer.program, at, want);
	if ((answer.kernel & (MAY_READ | MAY_WRITE)) != kernel)
		wrong("the kernel has rights %x at %08x", answer.kernel, at);
	if (slot >= 0 && (answer.memory == MEMORY_NORMAL) != (memory == MPU_NORMAL))
		wrong("memory at %08x is of kind %d", at, answer.memory);
}

static void check_own(const struct pmsav8 *mpu)
{
	static const addr_t offsets[] = { 0, OWN_LEN / 2, OWN_LEN - 1 };

	for (unsigned int i = 0; MPU_KERNEL_SLOTS && i < ARRAY_SIZE(offsets); i++) {
		struct pmsa_answer code = pmsav8_look(mpu, CODE_AT + offsets[i]);
		struct pmsa_answer data = pmsav8_look(mpu, DATA_AT + offsets[i]);

		if (code.program || code.kernel != (MAY_READ | MAY_EXEC))
			wrong("code: programs %x, kernel %x", code.program, code.kernel);
		if (data.program || data.kernel != (MAY_READ | MAY_WRITE))
			wrong("data: programs %x, kernel %x", data.program, data.kernel);
	}
}

static void prove_entry(struct pmsav8 *mpu, unsigned int slot, struct cover cover,
			unsigned int prot, enum mpu_memory memory)
{
	struct mpu_entry entry = arch_mpu_encode(slot, &cover, prot, memory);
	unsigned int want = prot & PROT_READ ? prot : 0;
	const char *complaint = want ? pmsav8_complaint(mpu->mair, entry.rbar, entry.rlar) : NULL;
	int matched = want ? (int)slot : PMSAV8_BACKGROUND;

	if (complaint)
		wrong("prot %x %08x-%08x: %s", prot, cover.start, cover.last, complaint);
	if (memory == MPU_DEVICE)
		want &= ~(unsigned int)PROT_EXEC;
	load(mpu, slot, &entry);
	check_byte(mpu, cover.start, matched, want, memory);
	check_byte(mpu, cover.last, matched, want, memory);
	if (cover.start)
		check_byte(mpu, cover.start - 1, PMSAV8_BACKGROUND, 0, memory);
	check_byte(mpu, cover.last + 1, PMSAV8_BACKGROUND, 0, memory);
	nentries++;
}

static void prove_protections(struct pmsav8 *mpu, unsigned int slot, addr_t start, addr_t last)
{
	for (unsigned int prot = 0; prot < 8; prot++) {
		prove_entry(mpu, slot, (struct cover){ start, last }, prot, MPU_NORMAL);
		prove_entry(mpu, slot, (struct cover){ start, last }, prot, MPU_DEVICE);
	}
}

static void prove_slot(unsigned int slot)
{
	struct pmsav8 mpu = boot();
	struct mpu_entry empty = arch_mpu_empty(slot);
	struct cover cover;
	unsigned int prot;

	if (arch_mpu_decode(&empty, &cover, &prot))
		wrong("the empty entry of slot %u decodes to something", slot);
	check_byte(&mpu, SOMEWHERE, PMSAV8_BACKGROUND, 0, MPU_NORMAL);
	for (addr_t start = SOMEWHERE; start < SOMEWHERE + WINDOW; start += 32)
		for (addr_t last = start + 31; last < SOMEWHERE + WINDOW; last += 32)
			prove_protections(&mpu, slot, start, last);
	for (unsigned int log2 = 5; log2 <= 30; log2++)
		prove_protections(&mpu, slot, 0x40000000u, 0x40000000u + ((1u << log2) - 1));
	check_own(&mpu);
}

/* Every slot full, with entries that touch each other: each byte has the one that grants it. */
static void prove_all_slots(void)
{
	struct mpu_entry image[MPU_SLOTS];
	struct pmsav8 mpu = boot();

	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++) {
		addr_t start = SOMEWHERE + slot * PAGE_SIZE;

		image[slot] = arch_mpu_encode(slot, &(struct cover){ start, start + PAGE_MASK },
					      slot % 2 ? PROT_READ : PROT_READ | PROT_WRITE,
					      MPU_NORMAL);
	}
	load_all(&mpu, image);
	if (pmsav8_overlaps(&mpu))
		wrong("entries side by side overlap");
	for (addr_t at = SOMEWHERE; at < SOMEWHERE + MPU_SLOTS * PAGE_SIZE; at++) {
		unsigned int slot = (at - SOMEWHERE) / PAGE_SIZE;

		check_byte(&mpu, at, (int)slot, slot % 2 ? PROT_READ : PROT_READ | PROT_WRITE,
			   MPU_NORMAL);
	}
	check_own(&mpu);
	/* The judge sees two that do overlap. */
	image[1] = image[0];
	load_all(&mpu, image);
	if (!pmsav8_overlaps(&mpu) || pmsav8_look(&mpu, SOMEWHERE).region != PMSAV8_CONFLICT ||
	    pmsav8_look(&mpu, SOMEWHERE).kernel)
		wrong("two entries for one byte are not refused");
}

void prove_rights(void)
{
	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++)
		prove_slot(slot);
	prove_all_slots();
	proven("ARMv8-M with %u entries, rights and kinds of memory: %llu entries",
	       CONFIG_MPU_REGIONS, (unsigned long long)nentries);
}
