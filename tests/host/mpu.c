/* SPDX-License-Identifier: MIT */
/*
 * The protection unit of host tests.  Entries are encoded by the port itself, since that is
 * plain arithmetic; its instructions are left out, and loading goes to an array.
 */
#include <host_mpu.h>
#include <mm_env.h>

/* The port's file, without its instructions and under other names where it loads. */
#define arch_mpu_load	  port_mpu_load
#define arch_mpu_load_all port_mpu_load_all
#define arch_mpu_init	  port_mpu_init
#define __asm
#define volatile(...) ((void)0)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#pragma GCC diagnostic ignored "-Wunused-variable"
#include "../../arch/cortex-m/mpu.c"
#pragma GCC diagnostic pop
#undef arch_mpu_load
#undef arch_mpu_load_all
#undef arch_mpu_init
#undef __asm
#undef volatile

struct mpu_registers mpu_hardware[MPU_SLOTS];

void arch_mpu_load(unsigned int slot, const struct mpu_entry *entry)
{
	if (slot >= MPU_SLOTS || (entry->rbar & 0x1f) != (0x10 | slot))
		panic("an entry for slot %u names slot %u", slot, entry->rbar & 0x1f);
	mpu_hardware[slot].rbar = entry->rbar;
	mpu_hardware[slot].rasr = entry->rasr;
}

void arch_mpu_load_all(const struct mpu_entry *image)
{
	for (unsigned int slot = 0; slot < MPU_SLOTS; slot++)
		arch_mpu_load(slot, &image[slot]);
}

uint32_t mpu_slot_range(unsigned int slot, uint32_t *base, uint32_t *grain)
{
	uint32_t rasr = mpu_hardware[slot].rasr, size;

	if (!(rasr & 1))
		return 0;
	size = 2u << ((rasr >> 1) & 31); /* B3.5.9: 2 to the power of SIZE + 1; 4 GiB not used */
	*base = mpu_hardware[slot].rbar & ~31u;
	*grain = size >= 256 ? size / 8 : size;
	return size;
}

int mpu_slot_grants(unsigned int slot, uint32_t at)
{
	uint32_t rasr = mpu_hardware[slot].rasr, base, grain, size;
	int rights;

	size = mpu_slot_range(slot, &base, &grain);
	if (size == 0)
		return -1;
	/* B3.5.8: a base that is not a multiple of the size is unpredictable. */
	if (base % size != 0 || ((rasr >> 1) & 31) < 4)
		panic("slot %u: base %08x, size %x", slot, base, size);
	if (at - base >= size)
		return -1;
	if (size >= 256 && (rasr >> 8 & 0xff) >> ((at - base) / (size / 8)) & 1)
		return -1;	  /* a subregion that is off does not match */
	switch (rasr >> 24 & 7) { /* B3.5.9, table B3-15: what the unprivileged may */
	case 3:
		rights = 1 | 2;
		break;
	case 2:
	case 6:
	case 7:
		rights = 1;
		break;
	default:
		rights = 0;
	}
	/* Device memory is never executable (B3.5.6); TEX is 0 here. */
	if ((rights & 1) && !(rasr >> 28 & 1) && (rasr >> 16 & 3) != 1)
		rights |= 4;
	return rights;
}

unsigned int mpu_grants(uint32_t at)
{
	for (unsigned int slot = MPU_SLOTS; slot-- > 0;) { /* the highest that matches decides */
		int rights = mpu_slot_grants(slot, at);

		if (rights >= 0)
			return (unsigned int)rights;
	}
	return 0; /* the background is for the privileged only */
}
