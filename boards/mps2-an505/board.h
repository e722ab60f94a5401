/* SPDX-License-Identifier: MIT */
/*
 * Arm MPS2 with the AN505 image (Cortex-M33).  Source: Arm DAI 0505.
 *
 * All runs in Secure state, by the secure addresses of memory and registers (bit 28 is set).
 */
#ifndef BOARD_H
#define BOARD_H

#include <kernel/board.h>

#define BOARD_CLOCK_HZ 20000000u /* SysTick */

static const struct board_bank board_banks[] = {
	{ "ssram", 0x38000000, 4 * 1024 * 1024 },
};

static const struct board_window board_windows[] = {
	{ "uart1", 0x50201000, 0x1000, 2, { 34, 35 } }, /* receive, transmit */
	{ "timer0", 0x50000000, 0x1000, 1, { 3 } },
};

#endif
