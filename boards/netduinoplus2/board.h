/* SPDX-License-Identifier: MIT */
/*
 * Netduino Plus 2 (STM32F405RG).  Source: ST RM0090, 2.3 (memory map), 12.2 (interrupts).
 *
 * The part has 64 KiB more of RAM, at 0x10000000, which QEMU 7.2 has not: it is not used.
 */
#ifndef BOARD_H
#define BOARD_H

#include <kernel/board.h>

#define BOARD_CLOCK_HZ 168000000u /* SysTick */
#define BOARD_UART_HZ  42000000u  /* both USARTs */

static const struct board_bank board_banks[] = {
	{ "sram", 0x20000000, 128 * 1024 },
};

static const struct board_window board_windows[] = {
	{ "uart1", 0x40004400, 0x400, 1, { 38 } }, /* USART2 */
};

#endif
