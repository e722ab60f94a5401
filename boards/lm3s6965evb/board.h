/* SPDX-License-Identifier: MIT */
/* Stellaris LM3S6965 evaluation kit.  Source: LM3S6965 data sheet. */
#ifndef BOARD_H
#define BOARD_H

#include <kernel/board.h>

#define BOARD_CLOCK_HZ 12500000u /* SysTick */

static const struct board_bank board_banks[] = {
	{ "sram", 0x20000000, 64 * 1024 },
};

static const struct board_window board_windows[] = {
	{ "uart1", 0x4000D000, 0x1000, 1, { 6 } },
};

#endif
