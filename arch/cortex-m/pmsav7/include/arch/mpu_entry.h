/* SPDX-License-Identifier: MIT */
/* A protection entry as the words of the ARMv7-M MPU.  See include/arch/mpu.h. */
#ifndef ARCH_MPU_ENTRY_H
#define ARCH_MPU_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#define MPU_SLOTS	  8
#define MPU_MAY_OVERLAP	  true /* of the entries that match an access the highest decides */
#define MPU_KERNEL_WRITES true /* also what programs only read */

typedef uint8_t mpu_slots_t; /* a bit for each slot */

struct mpu_entry {
	uint32_t rbar; /* with VALID and the slot's number */
	uint32_t rasr; /* 0: grants nothing */
};

static inline bool arch_mpu_is_same(const struct mpu_entry *a, const struct mpu_entry *b)
{
	return a->rbar == b->rbar && a->rasr == b->rasr;
}

/* All of an entry but its place: SIZE, eighths and attributes.  ARMv7-M ARM B3.5.9. */
static inline uint32_t arch_mpu_word(const struct mpu_entry *entry)
{
	return entry->rasr;
}

static inline struct mpu_entry arch_mpu_place(uint32_t word, uint32_t start, unsigned int slot)
{
	uint32_t offset_mask = (2u << (word >> 1 & 31)) - 1; /* SIZE is log2 - 1 */

	return (struct mpu_entry){ .rbar = (start & ~offset_mask) | 0x10u | slot, .rasr = word };
}

#endif
