/* SPDX-License-Identifier: MIT */
/* Arm MPS2 with the AN385 image (Cortex-M3).  Source: Arm DAI 0385, 3.2 and 3.7. */
#include <board.h>
#include <kernel/console.h>

const struct uart board_console = {
	.base = 0x40004000,
	.irq_rx = 0,
	.irq_tx = 1,
	.clock_hz = BOARD_CLOCK_HZ,
};

/* Clocks and pins are set before the first instruction. */
void board_init(void)
{
}
