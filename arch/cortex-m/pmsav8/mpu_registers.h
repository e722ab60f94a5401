/* SPDX-License-Identifier: MIT */
/* Registers of the ARMv8-M MPU.  Source: ARMv8-M ARM (DDI 0553) D1.2. */
#ifndef MPU_REGISTERS_H
#define MPU_REGISTERS_H

#include <stdint.h>

#define REG(addr) (*(volatile uint32_t *)(uintptr_t)(addr))

#define MPU_TYPE  REG(0xE000ED90)
#define MPU_CTRL  REG(0xE000ED94)
#define MPU_RNR	  REG(0xE000ED98)
#define MPU_RBAR  REG(0xE000ED9C) /* and RLAR, and three aliases of both: four entries */
#define MPU_RLAR  REG(0xE000EDA0)
#define MPU_MAIR0 REG(0xE000EDC0)

#define MPU_CTRL_ENABLE	    1u
#define MPU_CTRL_PRIVDEFENA 4u /* the kernel may touch what no entry names */

#endif
