/* SPDX-License-Identifier: MIT */
/* The parts of include/arch/mpu.h that are an instruction or two.  ARMv7-M ARM B3.5. */
#ifndef ARCH_MPU_LOAD_H
#define ARCH_MPU_LOAD_H

#include <arch/mpu_entry.h>

#define ARCH_MPU_RBAR ((volatile uint32_t *)(uintptr_t)0xE000ED9C)
#define ARCH_MPU_ON   5u /* MPU_CTRL: ENABLE, PRIVDEFENA */

/*
 * RBAR, then RASR.  In between the new place has the old size: a block of RAM that is not executed,
 * which does not concern the kernel.
 */
static inline void arch_mpu_load_stack(const struct mpu_entry *entry)
{
	__asm volatile("strd %0, %1, [%2]\n\t"
		       "dsb"
		       :
		       : "r"(entry->rbar), "r"(entry->rasr), "r"(ARCH_MPU_RBAR)
		       : "memory");
}

/* Off before its base changes, or a mixture may say that the kernel's code is not to be executed. */
static inline void arch_mpu_load_slot(unsigned int slot, const struct mpu_entry *entry)
{
	ARCH_MPU_RBAR[-1] = slot; /* RNR */
	ARCH_MPU_RBAR[1] = 0;
	ARCH_MPU_RBAR[0] = entry->rbar;
	ARCH_MPU_RBAR[1] = entry->rasr;
	__asm volatile("dsb" ::: "memory");
}

/* The same by way of an alias of the two: the first pair names the slot, and switches it off. */
static inline void arch_mpu_replace(unsigned int slot, const struct mpu_entry *old,
				    const struct mpu_entry *entry)
{
	(void)slot;
	__asm volatile("strd %0, %1, [%4]\n\t"
		       "strd %2, %3, [%4, #8]\n\t"
		       "dsb"
		       :
		       : "r"(old->rbar), "r"(0), "r"(entry->rbar), "r"(entry->rasr),
			 "r"(ARCH_MPU_RBAR)
		       : "memory");
}

/*
 * RBAR, RASR and their three aliases are eight words in a row: four entries a burst.  Off meanwhile,
 * or a mixture of old and new may say that the kernel's code is not to be executed.
 */
static inline void arch_mpu_load_image(const struct mpu_entry image[MPU_SLOTS - 1])
{
	const struct mpu_entry *from = image;

	ARCH_MPU_RBAR[-2] = 0; /* MPU_CTRL */
	__asm volatile("ldmia %0!, {r2-r6, r8, r10, r12}\n\t"
		       "stmia %1, {r2-r6, r8, r10, r12}\n\t"
		       "ldmia %0!, {r2-r6, r8}\n\t"
		       "stmia %1, {r2-r6, r8}"
		       : "+r"(from)
		       : "r"(ARCH_MPU_RBAR)
		       : "r2", "r3", "r4", "r5", "r6", "r8", "r10", "r12", "memory");
	ARCH_MPU_RBAR[-2] = ARCH_MPU_ON;
}

#endif
