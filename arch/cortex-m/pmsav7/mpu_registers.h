/* SPDX-License-Identifier: MIT */
/* Registers of the ARMv7-M MPU.  Source: ARMv7-M ARM (DDI 0403) B3.5. */
#ifndef MPU_REGISTERS_H
#define MPU_REGISTERS_H

#include <stdint.h>

#define REG(addr) (*(volatile uint32_t *)(uintptr_t)(addr))

#define MPU_TYPE REG(0xE000ED90)
#define MPU_CTRL REG(0xE000ED94)
#define MPU_RNR	 REG(0xE000ED98)
#define MPU_RBAR REG(0xE000ED9C)
#define MPU_RASR REG(0xE000EDA0)

#define MPU_CTRL_ENABLE	    1u
#define MPU_CTRL_PRIVDEFENA 4u /* the kernel may touch what no entry names */

#endif
