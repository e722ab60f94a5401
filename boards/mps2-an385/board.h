/* SPDX-License-Identifier: MIT */
/* Arm MPS2 with the AN385 image (Cortex-M3).  Source: Arm DAI 0385. */
#ifndef BOARD_H
#define BOARD_H

#include <kernel/board.h>

#define BOARD_CLOCK_HZ 25000000u /* SysTick */

static const struct board_bank board_banks[] = {
	{ "psram", 0x21000000, 16 * 1024 * 1024 },
	{ "ssram", 0x20000000, 4 * 1024 * 1024 },
};

static const struct board_window board_windows[] = {
	{ "uart1", 0x40005000, 0x1000, 2, { 2, 3 } }, /* receive, transmit */
	{ "timer0", 0x40000000, 0x1000, 1, { 8 } },
};

#endif
