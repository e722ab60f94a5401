/* SPDX-License-Identifier: MIT */
/*
 * The protection unit of host tests: the port encodes, loading goes to the model.
 *
 * The kernel's own entries lie right before flash and RAM a of the machine (mm_env.h).  Whenever mm has
 * loaded something, no two regions may overlap.
 */
#include "../../../arch/cortex-m/pmsav8/mpu_encode.h"

#include <host_mpu.h>
#include <kernel/assert.h>
#include <mm_env.h>
#include <pmsav8.h>

#define KERNEL_LEN 0x10000u

struct mpu_entry mpu_hardware[MPU_SLOTS];

static const uint32_t mair[2] = { MAIR0_WORD, 0 };

const char *mpu_complaint(const struct mpu_entry *entry)
{
	return entry->rlar & 1 ? pmsav8_complaint(mair, entry->rbar, entry->rlar) : NULL;
}

unsigned int mpu_entry_spans(const struct mpu_entry *entry, struct pmsa_span spans[8])
{
	spans[0] = (struct pmsa_span){ entry->rbar & ~31u, (uint64_t)(entry->rlar | 31u) + 1 };
	return entry->rlar & 1;
}

/* The unit with the slots from @first to @last, and the kernel's. */
static struct pmsav8 unit(unsigned int first, unsigned int last)
{
	struct pmsav8 mpu = { .nregions = CONFIG_MPU_REGIONS,
			      .ctrl = 5,
			      .mair = { mair[0], mair[1] } };
	struct mpu_entry kernel[2] = {
		mpu_encode_kernel((struct span){ FLASH_AT - KERNEL_LEN, FLASH_AT - 1 }, true),
		mpu_encode_kernel((struct span){ RAM_A - KERNEL_LEN, RAM_A - 1 }, false),
	};

	for (unsigned int slot = first; slot <= last; slot++) {
		mpu.region[slot].rbar = mpu_hardware[slot].rbar;
		mpu.region[slot].rlar = mpu_hardware[slot].rlar;
	}
	for (unsigned int i = 0; i < MPU_KERNEL_SLOTS; i++) {
		mpu.region[MPU_SLOTS + i].rbar = kernel[i].rbar;
		mpu.region[MPU_SLOTS + i].rlar = kernel[i].rlar;
	}
	return mpu;
}

static void set(unsigned int slot, const struct mpu_entry *entry)
{
	const char *complaint = mpu_complaint(entry);

	if (slot >= MPU_SLOTS)
		panic("slot %u is not mm's", slot);
	if (complaint)
		panic("slot %u: %08x %08x: %s", slot, entry->rbar, entry->rlar, complaint);
	mpu_hardware[slot] = *entry;
}

static void check_overlaps(void)
{
	struct pmsav8 mpu = unit(0, MPU_SLOTS - 1);

	if (pmsav8_overlaps(&mpu))
		panic("two entries overlap");
}

void arch_mpu_load(unsigned int slot, const struct mpu_entry *entry)
{
	set(slot, entry);
	check_overlaps();
}

void arch_mpu_load_image(const struct mpu_entry image[MPU_SLOTS - 1])
{
	struct mpu_entry empty = arch_mpu_empty(MPU_SLOTS - 1);

	for (unsigned int slot = 0; slot < MPU_SLOTS - 1; slot++)
		set(slot, &image[slot]);
	set(MPU_SLOTS - 1, &empty);
	check_overlaps();
}

int mpu_slot_grants(unsigned int slot, uint32_t at)
{
	struct pmsav8 mpu = unit(slot, slot);
	struct pmsa_answer answer = pmsav8_look(&mpu, at);

	return answer.region == (int)slot ? (int)answer.program : -1;
}

struct pmsa_answer mpu_look(uint32_t at)
{
	struct pmsav8 mpu = unit(0, MPU_SLOTS - 1);

	return pmsav8_look(&mpu, at);
}

unsigned int mpu_grants(uint32_t at)
{
	return mpu_look(at).program;
}
