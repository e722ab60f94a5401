/* SPDX-License-Identifier: MIT */
/*
 * Loading the ARMv7-M MPU.  See include/arch/mpu.h; mpu_encode.c makes the words.
 * Source: ARMv7-M ARM (DDI 0403) B3.5.
 */
#include <arch/mpu.h>
#include <kernel/assert.h>

#include "mpu_registers.h"

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
