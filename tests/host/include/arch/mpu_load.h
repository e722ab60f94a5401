/* SPDX-License-Identifier: MIT */
/* Loading goes to the model of tests/host/mpu.c. */
#ifndef HOST_ARCH_MPU_LOAD_H
#define HOST_ARCH_MPU_LOAD_H

#include <arch/mpu.h>

static inline void arch_mpu_load_stack(const struct mpu_entry *entry)
{
	arch_mpu_load(MPU_SLOTS - 1, entry);
}

static inline void arch_mpu_load_slot(unsigned int slot, const struct mpu_entry *entry)
{
	arch_mpu_load(slot, entry);
}

/* Checks that the slot holds what it is said to. */
void arch_mpu_replace(unsigned int slot, const struct mpu_entry *old,
		      const struct mpu_entry *entry);

/* Load all slots but the last. */
void arch_mpu_load_image(const struct mpu_entry image[MPU_SLOTS - 1]);

#endif
