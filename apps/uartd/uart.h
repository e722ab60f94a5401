/* SPDX-License-Identifier: MIT */
/*
 * uartd: a UART as a file.  Read in this order:
 *
 *	main.c	 the device, its interrupts, the served path, and the loop
 *	port.c	 what lies between the device and those who read and write
 *	pl011.c, cmsdk.c, stm32.c	one kind of UART each
 */
#ifndef UARTD_H
#define UARTD_H

#include <stdbool.h>
#include <stdint.h>

/* A kind of UART. */
struct chip {
	unsigned int part; /* as its identification registers tell; 0: it has none */
	unsigned int ninterrupts;
	/* 8N1 at @baud, with no interrupts.  What was received before may still come. */
	void (*start)(volatile uint32_t *regs, unsigned int clock_hz, unsigned int baud);
	int (*get)(volatile uint32_t *regs);	      /* a byte; -1: there is none */
	bool (*put)(volatile uint32_t *regs, char c); /* false: there is no room */
	/* Before bytes are moved: forget the interrupts that led here, and note the next. */
	void (*begin)(volatile uint32_t *regs, bool sends);
	/* After: interrupt when a byte has come, when there is room after there was none. */
	void (*watch)(volatile uint32_t *regs, bool receives, bool sends);
};

extern const struct chip pl011, cmsdk, stm32;

/* An offset in bytes, of a register. */
static inline volatile uint32_t *reg(volatile uint32_t *regs, unsigned int offset)
{
	return regs + offset / sizeof(*regs);
}

/* Move bytes between the UART, the rings and those who wait, as far as they go. */
void port_move(int channel, const struct chip *chip, volatile uint32_t *regs);

/* Take a call (enum serve_request): it is answered, or waits for port_move(). */
void port_accept(int channel, int id, const unsigned int *words);

/* Forget those who wait no longer. */
void port_forget_gone(int channel);

#endif
