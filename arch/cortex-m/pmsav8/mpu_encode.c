/* SPDX-License-Identifier: MIT */
/*
 * The words of the ARMv8-M MPU.  Pure arithmetic, so that it is proven on a PC (tests/prove).
 *
 * There is no way to say that the kernel may write what programs only read: an entry that programs only
 * read is one that the kernel only reads (see mm_give_way()).
 *
 * Source: ARMv8-M ARM (DDI 0553) D1.2: MPU_RBAR, MPU_RLAR.
 */
#include "mpu_encode.h"

#include <croft/mman.h>

#define RBAR_XN		  1u
#define RBAR_AP		  (3u << 1)
#define RBAR_AP_KERNEL_RW (0u << 1)
#define RBAR_AP_RW	  (1u << 1) /* all may read and write */
#define RBAR_AP_KERNEL_RO (2u << 1)
#define RBAR_AP_RO	  (3u << 1) /* all may read */
#define RLAR_ENABLE	  1u
#define RLAR_INDEX(n)	  ((uint32_t)(n) << 1) /* into MPU_MAIR */
#define LOW_BITS	  0x1fu

struct mpu_entry arch_mpu_encode(unsigned int slot, const struct cover *cover, unsigned int prot,
				 enum mpu_memory memory)
{
	struct mpu_entry entry = arch_mpu_empty(slot);

	if (!(prot & PROT_READ))
		return entry;
	entry.rbar = cover->start | (prot & PROT_WRITE ? RBAR_AP_RW : RBAR_AP_RO);
	if (!(prot & PROT_EXEC) || memory == MPU_DEVICE)
		entry.rbar |= RBAR_XN;
	entry.rlar = (cover->last & ~LOW_BITS) | RLAR_ENABLE |
		     RLAR_INDEX(memory == MPU_DEVICE ? MAIR_INDEX_DEVICE : MAIR_INDEX_NORMAL);
	return entry;
}

struct mpu_entry arch_mpu_empty(unsigned int slot)
{
	(void)slot;
	return (struct mpu_entry){ 0 };
}

bool arch_mpu_decode(const struct mpu_entry *entry, struct cover *cover, unsigned int *prot)
{
	if (!(entry->rlar & RLAR_ENABLE))
		return false;
	cover->start = entry->rbar & ~LOW_BITS;
	cover->last = entry->rlar | LOW_BITS;
	*prot = PROT_READ;
	if ((entry->rbar & RBAR_AP) == RBAR_AP_RW)
		*prot |= PROT_WRITE;
	if (!(entry->rbar & RBAR_XN))
		*prot |= PROT_EXEC;
	return true;
}

struct mpu_entry mpu_encode_kernel(struct span span, bool is_code)
{
	return (struct mpu_entry){
		.rbar = span.start | (is_code ? RBAR_AP_KERNEL_RO : RBAR_AP_KERNEL_RW | RBAR_XN),
		.rlar = (span.last & ~LOW_BITS) | RLAR_INDEX(MAIR_INDEX_NORMAL) | RLAR_ENABLE,
	};
}
