/* SPDX-License-Identifier: MIT */
/*
 * A protection unit to test against: what was loaded, and what that lets a program do.
 *
 * mpu_grants() follows the manual alone and shares nothing with the code under test.
 * Source: ARMv7-M ARM (DDI 0403) B3.5.
 */
#ifndef HOST_MPU_H
#define HOST_MPU_H

#include <arch/mpu.h>

struct mpu_registers {
	uint32_t rbar, rasr;
};

extern struct mpu_registers mpu_hardware[MPU_SLOTS];

/* What an unprivileged access may do at an address: PROT_* bits. */
unsigned int mpu_grants(uint32_t at);

/* The same for one slot alone; -1: it does not match the address. */
int mpu_slot_grants(unsigned int slot, uint32_t at);

/* Bytes of a slot's region and of its smallest granted part, for walking it.  0: it is off. */
uint32_t mpu_slot_range(unsigned int slot, uint32_t *base, uint32_t *grain);

#endif
