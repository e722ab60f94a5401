/* SPDX-License-Identifier: MIT */
/*
 * The words of the ARMv7-M MPU.  Pure arithmetic, so that it is proven on a PC (tests/prove).
 * Source: ARMv7-M ARM (DDI 0403) B3.5.
 */
#include <arch/mpu.h>
#include <croft/mman.h>

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
