/* SPDX-License-Identifier: MIT */
/*
 * System control registers.  Source: ARMv7-M ARM (DDI 0403), sections named at each group.
 */
#ifndef ARCH_SCB_H
#define ARCH_SCB_H

#include <stdint.h>

#define REG(addr) (*(volatile uint32_t *)(uintptr_t)(addr))

/* B3.2 System control block */
#define SCB_ICSR  REG(0xE000ED04)
#define SCB_VTOR  REG(0xE000ED08)
#define SCB_AIRCR REG(0xE000ED0C)
#define SCB_CCR	  REG(0xE000ED14)
#define SCB_SHPR1 REG(0xE000ED18)
#define SCB_SHPR2 REG(0xE000ED1C)
#define SCB_SHPR3 REG(0xE000ED20)
#define SCB_SHCSR REG(0xE000ED24)
#define SCB_CFSR  REG(0xE000ED28)
#define SCB_HFSR  REG(0xE000ED2C)
#define SCB_MMFAR REG(0xE000ED34)
#define SCB_BFAR  REG(0xE000ED38)

#define ICSR_PENDSVSET	(1u << 28)
#define ICSR_PENDSVCLR	(1u << 27)
#define ICSR_VECTACTIVE 0x1ffu

#define AIRCR_VECTKEY	  (0x5FAu << 16)
#define AIRCR_SYSRESETREQ (1u << 2)

#define CCR_DIV_0_TRP (1u << 4)
#define CCR_STKALIGN  (1u << 9)

#define SHCSR_SVCALLPENDED (1u << 15)
#define SHCSR_FAULTS_ENA   (7u << 16) /* MemManage, BusFault, UsageFault */
#define SHCSR_SECURE_ENA   (1u << 19) /* SecureFault, of ARMv8-M: DDI 0553 D1.2 */

/* B3.2.15 Configurable fault status */
#define CFSR_IACCVIOL	(1u << 0)
#define CFSR_DACCVIOL	(1u << 1)
#define CFSR_MUNSTKERR	(1u << 3)
#define CFSR_MSTKERR	(1u << 4)
#define CFSR_MLSPERR	(1u << 5)
#define CFSR_MMARVALID	(1u << 7)
#define CFSR_BUS	(0xffu << 8)
#define CFSR_BUNSTKERR	(1u << 11)
#define CFSR_BSTKERR	(1u << 12)
#define CFSR_BFARVALID	(1u << 15)
#define CFSR_UNDEFINSTR (1u << 16)
#define CFSR_INVSTATE	(1u << 17)
#define CFSR_INVPC	(1u << 18)
#define CFSR_NOCP	(1u << 19)
#define CFSR_UNALIGNED	(1u << 24)
#define CFSR_DIVBYZERO	(1u << 25)

/* Of ARMv8-M: secure fault status, DDI 0553 D1.2 */
#define SCB_SFSR REG(0xE000EDE4)

/* B3.3 SysTick */
#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)
#define SYST_CVR REG(0xE000E018)

/* B3.4 NVIC */
#define NVIC_ISER(n) REG(0xE000E100 + 4 * (n))
#define NVIC_ICER(n) REG(0xE000E180 + 4 * (n))
#define NVIC_ISPR(n) REG(0xE000E200 + 4 * (n))
#define NVIC_IPR(n)  REG(0xE000E400 + 4 * (n))

#endif
