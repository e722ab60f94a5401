/* SPDX-License-Identifier: MIT */
/*
 * Rights and kinds of memory: every protection, in every slot, of every block that an entry can
 * name, loaded as the port loads it, and looked at in every eighth and on both sides.
 *
 * A program may do what the protection says, where the entry grants, and nothing elsewhere.
 * Registers are Device memory and never executed.  The kernel reads and writes everywhere.
 */
#include "../prove.h"

#include <arch/mpu.h>
#include <croft/mman.h>
#include <pmsav7.h>

#define SOMEWHERE 0x20000000u /* aligned to every block but the two largest */

_Static_assert(PROT_READ == MAY_READ && PROT_WRITE == MAY_WRITE && PROT_EXEC == MAY_EXEC,
	       "rights are compared as they are");

static uint64_t nentries;

static struct pmsav7 load(unsigned int slot, const struct mpu_entry *entry)
{
	struct pmsav7 mpu = { .ctrl = 5 }; /* ENABLE, PRIVDEFENA: see arch_mpu_init() */

	pmsav7_write_rnr(&mpu, slot);
	pmsav7_write_rasr(&mpu, 0);
	pmsav7_write_rbar(&mpu, entry->rbar);
	pmsav7_write_rasr(&mpu, entry->rasr);
	if (mpu.rnr != slot)
		wrong("the words of slot %u go to slot %u", slot, mpu.rnr);
	return mpu;
}

static void check_byte(const struct pmsav7 *mpu, addr_t at, unsigned int want,
		       enum mpu_memory memory, bool is_matched)
{
	struct pmsa_answer answer = pmsav7_look(mpu, at);

	if (answer.program != want)
		wrong("programs have rights %x at %08x, not %x", answer.program, at, want);
	if ((answer.kernel & (MAY_READ | MAY_WRITE)) != (MAY_READ | MAY_WRITE))
		wrong("the kernel has rights %x at %08x", answer.kernel, at);
	if (is_matched && (answer.memory == MEMORY_NORMAL) != (memory == MPU_NORMAL))
		wrong("memory at %08x is of kind %d", at, answer.memory);
	if ((answer.region >= 0) != is_matched)
		wrong("region %d decides at %08x", answer.region, at);
}

static void prove_entry(unsigned int slot, const struct cover *cover, unsigned int prot,
			enum mpu_memory memory)
{
	struct mpu_entry entry = arch_mpu_encode(slot, cover, prot, memory);
	const char *complaint = entry.rasr ? pmsav7_complaint(entry.rbar, entry.rasr) : NULL;
	unsigned int parts = cover->log2 < 8 ? 1 : 8, want = prot & PROT_READ ? prot : 0;
	addr_t part = (addr_t)(((uint64_t)1 << cover->log2) / parts);
	struct pmsav7 mpu = load(slot, &entry);

	if (complaint)
		wrong("prot %x log2 %u off %02x: %s", prot, cover->log2, cover->off, complaint);
	if (memory == MPU_DEVICE)
		want &= ~(unsigned int)PROT_EXEC;
	for (unsigned int i = 0; i < parts; i++) {
		bool is_matched = want && !(cover->off >> i & 1);
		addr_t lo = cover->base + i * part, hi = lo + (part - 1);

		check_byte(&mpu, lo, is_matched ? want : 0, memory, is_matched);
		check_byte(&mpu, hi, is_matched ? want : 0, memory, is_matched);
	}
	check_byte(&mpu, cover->base - 1, 0, memory, false);
	check_byte(&mpu, cover->base + (part * parts), 0, memory, false);
	nentries++;
}

/* The slot that grants nothing. */
static void prove_empty(unsigned int slot)
{
	struct mpu_entry empty = arch_mpu_empty(slot);
	struct pmsav7 mpu = load(slot, &empty);
	struct cover cover;
	unsigned int prot;

	if (arch_mpu_decode(&empty, &cover, &prot))
		wrong("the empty entry of slot %u decodes to something", slot);
	check_byte(&mpu, 0, 0, MPU_NORMAL, false);
	check_byte(&mpu, SOMEWHERE, 0, MPU_NORMAL, false);
}

void prove_rights(void)
{
	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++) {
		prove_empty(slot);
		for (unsigned int log2 = 5; log2 <= 31; log2++)
			for (unsigned int off = 0; off < (log2 < 8 ? 1 : 255); off++)
				for (unsigned int prot = 0; prot < 8; prot++) {
					struct cover cover = { .base = log2 < 30 ? SOMEWHERE : 0,
							       .log2 = (uint8_t)log2,
							       .off = (uint8_t)off };

					prove_entry(slot, &cover, prot, MPU_NORMAL);
					prove_entry(slot, &cover, prot, MPU_DEVICE);
				}
	}
	proven("ARMv7-M, rights and kinds of memory: %llu entries", (unsigned long long)nentries);
}
