/* SPDX-License-Identifier: MIT */
/*
 * What a board tells the kernel.  boards/<b>/board.h has the facts, boards/<b>/board.c the code.
 */
#ifndef KERNEL_BOARD_H
#define KERNEL_BOARD_H

#include <kernel/types.h>

/* A bank of RAM. */
struct board_bank {
	const char *name;
	addr_t start;
	uint32_t len; /* bytes */
};

/* The registers of a device that programs may drive: whole pages. */
struct board_window {
	const char *name; /* in /dev */
	addr_t start;
	uint32_t len; /* bytes */
	uint8_t nirqs;
	uint8_t irqs[2]; /* interrupt lines of the device */
};

/* Clocks and pins of the console and of the windows.  Context: boot, before anything else. */
void board_init(void);

#endif
