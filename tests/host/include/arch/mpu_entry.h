/* SPDX-License-Identifier: MIT */
/* The host tests use the entries of the ARMv7-M port, and its encoding: see tests/host/mpu.c. */
#ifndef HOST_ARCH_MPU_ENTRY_H
#define HOST_ARCH_MPU_ENTRY_H

#include "../../../../arch/cortex-m/include/arch/mpu_entry.h"

#endif
