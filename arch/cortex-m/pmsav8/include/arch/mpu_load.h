/* SPDX-License-Identifier: MIT */
/* The parts of include/arch/mpu.h that are an instruction or two.  ARMv8-M ARM D1.2. */
#ifndef ARCH_MPU_LOAD_H
#define ARCH_MPU_LOAD_H

#include <arch/mpu_entry.h>

#define ARCH_MPU_RBAR ((volatile uint32_t *)(uintptr_t)0xE000ED9C)

/* Off before its base changes, so that no mixture of old and new is ever in force. */
static inline void arch_mpu_load_slot(unsigned int slot, const struct mpu_entry *entry)
{
	ARCH_MPU_RBAR[-1] = slot; /* RNR */
	ARCH_MPU_RBAR[1] = 0;
	ARCH_MPU_RBAR[0] = entry->rbar;
	ARCH_MPU_RBAR[1] = entry->rlar;
	__asm volatile("dsb" ::: "memory");
}

static inline void arch_mpu_load_stack(const struct mpu_entry *entry)
{
	arch_mpu_load_slot(MPU_SLOTS - 1, entry);
}

static inline void arch_mpu_replace(unsigned int slot, const struct mpu_entry *old,
				    const struct mpu_entry *entry)
{
	(void)old;
	arch_mpu_load_slot(slot, entry);
}

/* Load all slots but the last, which is empty then. */
void arch_mpu_load_image(const struct mpu_entry image[MPU_SLOTS - 1]);

#endif
