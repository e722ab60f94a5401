/* SPDX-License-Identifier: MIT */
/* The protection unit of host tests: the port encodes, loading goes to the model. */
#include <host_mpu.h>
#include <kernel/assert.h>
#include <pmsav7.h>

struct mpu_entry mpu_hardware[MPU_SLOTS];

const char *mpu_complaint(const struct mpu_entry *entry)
{
	return entry->rasr & 1 ? pmsav7_complaint(entry->rbar, entry->rasr) : NULL;
}

unsigned int mpu_entry_spans(const struct mpu_entry *entry, struct pmsa_span spans[8])
{
	return pmsav7_spans(entry->rbar, entry->rasr, spans);
}

void arch_mpu_load(unsigned int slot, const struct mpu_entry *entry)
{
	const char *complaint = mpu_complaint(entry);

	if (slot >= MPU_SLOTS || (entry->rbar & 0x1f) != (0x10 | slot))
		panic("an entry for slot %u names slot %u", slot, entry->rbar & 0x1f);
	if (complaint)
		panic("slot %u: %08x %08x: %s", slot, entry->rbar, entry->rasr, complaint);
	mpu_hardware[slot] = *entry;
}

void arch_mpu_load_image(const struct mpu_entry image[MPU_SLOTS - 1])
{
	for (unsigned int slot = 0; slot < MPU_SLOTS - 1; slot++)
		arch_mpu_load(slot, &image[slot]);
}

/* What a program may do while the slots from @first to @last are loaded. */
static struct pmsa_answer look(unsigned int first, unsigned int last, uint32_t at)
{
	struct pmsav7 mpu = { .ctrl = 5 };

	for (unsigned int slot = first; slot <= last; slot++) {
		mpu.region[slot].rbar = mpu_hardware[slot].rbar;
		mpu.region[slot].rasr = mpu_hardware[slot].rasr;
	}
	return pmsav7_look(&mpu, at);
}

int mpu_slot_grants(unsigned int slot, uint32_t at)
{
	struct pmsa_answer answer = look(slot, slot, at);

	return answer.region < 0 ? -1 : (int)answer.program;
}

struct pmsa_answer mpu_look(uint32_t at)
{
	return look(0, MPU_SLOTS - 1, at);
}

unsigned int mpu_grants(uint32_t at)
{
	return mpu_look(at).program;
}
