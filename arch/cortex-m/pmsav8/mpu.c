/* SPDX-License-Identifier: MIT */
/*
 * Loading the ARMv8-M MPU.  See include/arch/mpu.h; mpu_encode.c makes the words.
 * Source: ARMv8-M ARM (DDI 0553) B11, D1.2.
 */
#include <arch/mpu.h>
#include <arch/mpu_load.h>
#include <kernel/assert.h>

#include "mpu_encode.h"
#include "mpu_registers.h"

#define CTRL_ON (MPU_CTRL_ENABLE | MPU_CTRL_PRIVDEFENA)

/* From the linker script. */
extern char __vectors[], __romfs_start[], __kernel_ram_start[], __kernel_ram_end[];

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

/* MPU_RNR chooses a group of four: RBAR, RLAR and their aliases are eight words in a row. */
static const uint32_t *load_four(unsigned int first, const uint32_t *words)
{
	MPU_RNR = first;
	__asm volatile("ldmia %0!, {r2-r6, r8, r10, r12}\n\t"
		       "stmia %1, {r2-r6, r8, r10, r12}\n\t"
		       : "+r"(words)
		       : "r"(&MPU_RBAR)
		       : "r2", "r3", "r4", "r5", "r6", "r8", "r10", "r12", "memory");
	return words;
}

static void load_two(unsigned int first, const uint32_t *words)
{
	MPU_RNR = first;
	__asm volatile("ldmia %0, {r2-r5}\n\t"
		       "stmia %1, {r2-r5}\n\t"
		       :
		       : "r"(words), "r"(&MPU_RBAR)
		       : "r2", "r3", "r4", "r5", "memory");
}

_Static_assert(MPU_SLOTS % 2 == 0, "slots are loaded by fours, two, and one");

/* Off meanwhile: a new entry may match what an old one still does; so may the last, the stack's. */
void arch_mpu_load_image(const struct mpu_entry image[MPU_SLOTS - 1])
{
	const uint32_t *words = (const uint32_t *)image;
	const struct mpu_entry empty = { 0 };
	unsigned int slot = 0;

	MPU_CTRL = 0;
	for (; slot + 4 < MPU_SLOTS; slot += 4)
		words = load_four(slot, words);
	if (slot + 2 < MPU_SLOTS) {
		load_two(slot, words);
		slot += 2;
	}
	arch_mpu_load_slot(slot, &image[slot]);
	arch_mpu_load_slot(MPU_SLOTS - 1, &empty);
	MPU_CTRL = CTRL_ON;
}

static void load_kernel(unsigned int slot, const char *start, const char *end, bool is_code)
{
	struct mpu_entry entry =
		mpu_encode_kernel((struct span){ ptr_addr(start), ptr_addr(end) - 1 }, is_code);

	arch_mpu_load(slot, &entry);
}

void arch_mpu_init(void)
{
	if (((MPU_TYPE >> 8) & 0xff) < CONFIG_MPU_REGIONS)
		panic("the MPU has %u entries, %u are needed", (unsigned int)(MPU_TYPE >> 8) & 0xff,
		      CONFIG_MPU_REGIONS);
	MPU_MAIR0 = MAIR0_WORD;
	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++) {
		struct mpu_entry empty = arch_mpu_empty(slot);

		arch_mpu_load(slot, &empty);
	}
	if (IS_ENABLED(CONFIG_MPU_KERNEL)) {
		load_kernel(MPU_SLOTS, __vectors, __romfs_start, true);
		load_kernel(MPU_SLOTS + 1, __kernel_ram_start, __kernel_ram_end, false);
	}
	MPU_CTRL = CTRL_ON;
	barrier();
}
