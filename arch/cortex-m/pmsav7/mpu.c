/* SPDX-License-Identifier: MIT */
/*
 * Loading the ARMv7-M MPU.  See include/arch/mpu.h; mpu_encode.c makes the words.
 * Source: ARMv7-M ARM (DDI 0403) B3.5.
 */
#include <arch/mpu.h>
#include <arch/mpu_load.h>
#include <kernel/assert.h>

#include "mpu_registers.h"

/* What was written to the MPU is in force for the next instruction. */
static void barrier(void)
{
	__asm volatile("dsb\n\tisb" ::: "memory");
}

void arch_mpu_load(unsigned int slot, const struct mpu_entry *entry)
{
	arch_mpu_load_slot(slot, entry);
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
