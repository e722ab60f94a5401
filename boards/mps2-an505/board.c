/* SPDX-License-Identifier: MIT */
/*
 * Arm MPS2 with the AN505 image (Cortex-M33).  Source: Arm DAI 0505, 3.1 and 3.4; Arm ECM 0601256 (the
 * IoT kit), 3.7.
 */
#include <board.h>
#include <kernel/console.h>

#define REG(addr) (*(volatile uint32_t *)(uintptr_t)(addr))

/*
 * Protection of peripherals: at reset each is secure, and not for programs.  A bit lets secure programs
 * reach one; which of them do is up to the MPU.
 */
#define APBSPPPC0    REG(0x500800B0) /* timers of the IoT kit */
#define APBSPPPCEXP1 REG(0x500800C4) /* serial devices of the board */

#define PPC0_TIMER0   (1u << 0)
#define PPCEXP1_UART1 (1u << 6)

const struct uart board_console = {
	.base = 0x50200000,
	.irq_rx = 32,
	.irq_tx = 33,
	.clock_hz = BOARD_CLOCK_HZ,
};

/* Clocks and pins are set before the first instruction. */
void board_init(void)
{
	APBSPPPC0 |= PPC0_TIMER0;
	APBSPPPCEXP1 |= PPCEXP1_UART1;
}
