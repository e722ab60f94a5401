/* SPDX-License-Identifier: MIT */
/*
 * The ARMv7-M MPU.  See include/arch/mpu.h.
 * Source: ARMv7-M ARM (DDI 0403) B3.5.
 */
#include <arch/mpu.h>
#include <croft/mman.h>
#include <kernel/assert.h>

#include "scb.h"

#define RBAR_VALID	0x10u /* the slot is in bits 0 to 3 */
#define RASR_ENABLE	1u
#define RASR_SIZE(log2) ((uint32_t)((log2) << 1) - 2u) /* log2 - 1 in bits 1 to 5 */
#define RASR_SRD(off)	((uint32_t)(off) << 8)
#define RASR_XN		(1u << 28)
#define RASR_AP_RW	(3u << 24)		  /* all may read and write */
#define RASR_AP_RO	(2u << 24)		  /* programs read; the kernel writes still */
#define RASR_NORMAL	(1u << 17)		  /* C: normal memory, write-through */
#define RASR_DEVICE	((1u << 18) | (1u << 16)) /* S, B: shared device */

struct mpu_entry arch_mpu_encode(unsigned int slot, const struct cover *cover, unsigned int prot,
				 enum mpu_memory memory)
{
	struct mpu_entry entry = arch_mpu_empty(slot);

	if (!(prot & PROT_READ))
		return entry;
	entry.rbar |= cover->base;
	entry.rasr = RASR_ENABLE | RASR_SIZE(cover->log2) | RASR_SRD(cover->off) |
		     (memory == MPU_DEVICE ? RASR_DEVICE : RASR_NORMAL) |
		     (prot & PROT_WRITE ? RASR_AP_RW : RASR_AP_RO);
	if (!(prot & PROT_EXEC) || memory == MPU_DEVICE)
		entry.rasr |= RASR_XN;
	return entry;
}

struct mpu_entry arch_mpu_empty(unsigned int slot)
{
	return (struct mpu_entry){ .rbar = RBAR_VALID | slot };
}

bool arch_mpu_decode(const struct mpu_entry *entry, struct cover *cover, unsigned int *prot)
{
	if (!(entry->rasr & RASR_ENABLE))
		return false;
	cover->base = entry->rbar & ~0x1fu;
	cover->log2 = (uint8_t)(((entry->rasr >> 1) & 0x1f) + 1);
	cover->off = (uint8_t)(entry->rasr >> 8);
	*prot = PROT_READ;
	if ((entry->rasr & (7u << 24)) == RASR_AP_RW)
		*prot |= PROT_WRITE;
	if (!(entry->rasr & RASR_XN))
		*prot |= PROT_EXEC;
	return true;
}

/* What was written to the MPU is in force for the next instruction. */
static void barrier(void)
{
	__asm volatile("dsb\n\tisb" ::: "memory");
}

void arch_mpu_load(unsigned int slot, const struct mpu_entry *entry)
{
	(void)slot; /* RBAR names it */
	/* Off before its base changes, so that no mixture of old and new is ever in force. */
	MPU_RNR = slot;
	MPU_RASR = 0;
	MPU_RBAR = entry->rbar;
	MPU_RASR = entry->rasr;
	barrier();
}

void arch_mpu_load_all(const struct mpu_entry *image)
{
	const uint32_t *words = (const uint32_t *)image;

	/*
	 * RBAR, RASR and their three aliases are eight words in a row: four entries a burst.
	 * The mixture in between is nobody's: only the kernel runs, and it needs no entry.
	 */
	__asm volatile("ldmia %0!, {r2-r6, r8, r10, r12}\n\t"
		       "stmia %1, {r2-r6, r8, r10, r12}\n\t"
		       "ldmia %0!, {r2-r6, r8, r10, r12}\n\t"
		       "stmia %1, {r2-r6, r8, r10, r12}\n\t"
		       : "+r"(words)
		       : "r"(&MPU_RBAR)
		       : "r2", "r3", "r4", "r5", "r6", "r8", "r10", "r12", "memory");
	barrier();
}

void arch_mpu_init(void)
{
	if (((MPU_TYPE >> 8) & 0xff) < MPU_SLOTS)
		panic("the MPU has %u entries, %u are needed", (unsigned int)(MPU_TYPE >> 8) & 0xff,
		      MPU_SLOTS);
	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++) {
		struct mpu_entry empty = arch_mpu_empty(slot);

		arch_mpu_load(slot, &empty);
	}
	MPU_CTRL = MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA;
	barrier();
}
