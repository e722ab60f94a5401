/* SPDX-License-Identifier: MIT */
/*
 * A protection unit to test against: what was loaded, and what that lets a program do.
 *
 * What is loaded means what pmsav7.h says.
 */
#ifndef HOST_MPU_H
#define HOST_MPU_H

#include <arch/mpu.h>
#include <pmsav7.h>

struct mpu_registers {
	uint32_t rbar, rasr;
};

extern struct mpu_registers mpu_hardware[MPU_SLOTS];

/* What an unprivileged access may do at an address: PROT_* bits. */
unsigned int mpu_grants(uint32_t at);

/* The same for one slot alone; -1: it does not match the address. */
int mpu_slot_grants(unsigned int slot, uint32_t at);

/* The bytes that a slot matches.  Returns the number of spans; 0: it is off. */
unsigned int mpu_slot_spans(unsigned int slot, struct pmsa_span spans[8]);

#endif
