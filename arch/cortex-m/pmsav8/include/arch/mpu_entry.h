/* SPDX-License-Identifier: MIT */
/* A protection entry as the words of the ARMv8-M MPU.  See include/arch/mpu.h. */
#ifndef ARCH_MPU_ENTRY_H
#define ARCH_MPU_ENTRY_H

#include <kernel/config.h>
#include <stdbool.h>
#include <stdint.h>

/* The last of the entries are the kernel's own: its code and its data. */
#define MPU_KERNEL_SLOTS (IS_ENABLED(CONFIG_MPU_KERNEL) ? 2 : 0)
#define MPU_SLOTS	 (CONFIG_MPU_REGIONS - MPU_KERNEL_SLOTS)

#define MPU_MAY_OVERLAP	  false /* an access that two entries match is refused */
#define MPU_KERNEL_WRITES false /* what programs only read, so does the kernel */

#define ARCH_MPU_XN 1u /* of rbar */

typedef uint16_t mpu_slots_t; /* a bit for each slot */

struct mpu_entry {
	uint32_t rbar; /* first byte, rights */
	uint32_t rlar; /* last byte, kind of memory; 0: grants nothing */
};

static inline bool arch_mpu_is_same(const struct mpu_entry *a, const struct mpu_entry *b)
{
	return a->rbar == b->rbar && a->rlar == b->rlar;
}

static inline struct mpu_entry arch_mpu_move(struct mpu_entry entry, unsigned int slot)
{
	(void)slot; /* nothing in an entry names it */
	return entry;
}

/* May programs execute what it grants? */
static inline bool arch_mpu_may_fetch(const struct mpu_entry *entry)
{
	return !(entry->rbar & ARCH_MPU_XN);
}

static inline unsigned int arch_mpu_slot(const struct mpu_entry *entry)
{
	(void)entry; /* nothing in it says so */
	return 0;
}

#endif
