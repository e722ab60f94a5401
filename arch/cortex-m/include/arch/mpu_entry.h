/* SPDX-License-Identifier: MIT */
/* A protection entry as the words of the ARMv7-M MPU.  See include/arch/mpu.h. */
#ifndef ARCH_MPU_ENTRY_H
#define ARCH_MPU_ENTRY_H

#include <stdint.h>

#define MPU_SLOTS 8

struct mpu_entry {
	uint32_t rbar; /* with VALID and the slot's number */
	uint32_t rasr; /* 0: grants nothing */
};

#endif
