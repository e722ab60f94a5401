/* SPDX-License-Identifier: MIT */
/* A protection entry as the words of the ARMv7-M MPU.  See include/arch/mpu.h. */
#ifndef ARCH_MPU_ENTRY_H
#define ARCH_MPU_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#define MPU_SLOTS	  8
#define MPU_MAY_OVERLAP	  true /* of the entries that match an access the highest decides */
#define MPU_KERNEL_WRITES true /* also what programs only read */

#define ARCH_MPU_XN (1u << 28) /* of rasr */

typedef uint8_t mpu_slots_t; /* a bit for each slot */

struct mpu_entry {
	uint32_t rbar; /* with VALID and the slot's number */
	uint32_t rasr; /* 0: grants nothing */
};

static inline bool arch_mpu_is_same(const struct mpu_entry *a, const struct mpu_entry *b)
{
	return a->rbar == b->rbar && a->rasr == b->rasr;
}

static inline struct mpu_entry arch_mpu_move(struct mpu_entry entry, unsigned int slot)
{
	entry.rbar = (entry.rbar & ~0xfu) | slot; /* ARMv7-M ARM B3.5.8: REGION */
	return entry;
}

/* May programs execute what it grants? */
static inline bool arch_mpu_may_fetch(const struct mpu_entry *entry)
{
	return !(entry->rasr & ARCH_MPU_XN);
}

static inline unsigned int arch_mpu_slot(const struct mpu_entry *entry)
{
	return entry->rbar & 0xfu; /* ARMv7-M ARM B3.5.8: REGION */
}

#endif
