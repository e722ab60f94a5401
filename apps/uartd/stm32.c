/* SPDX-License-Identifier: MIT */
/*
 * The USART of ST's STM32F1, F2 and F4.
 *
 * Its interrupts are levels, which end when the byte has been read, and when there is no room to send another:
 * nothing has to be forgotten.  A byte that came when there was no room is lost, and keeps the interrupt on
 * until data are read once more.
 *
 * Source: ST RM0090, 30.6 USART registers.
 */
#include "uart.h"

#define SR  0x00 /* 30.6.1 status */
#define DR  0x04 /* 30.6.2 data */
#define BRR 0x08 /* 30.6.3 divisor of the clock: clock / baud */
#define CR1 0x0c /* 30.6.4 control */
#define CR2 0x10 /* 30.6.5 0: one stop bit */
#define CR3 0x14 /* 30.6.6 0: no flow control, no DMA */

#define SR_ORE	(1u << 3) /* a byte was lost */
#define SR_RXNE (1u << 5) /* there is a byte */
#define SR_TXE	(1u << 7) /* there is room for one */

#define CR1_RE	   (1u << 2)
#define CR1_TE	   (1u << 3)
#define CR1_RXNEIE (1u << 5)
#define CR1_TXEIE  (1u << 7)
#define CR1_UE	   (1u << 13)

#define CR1_ON (CR1_UE | CR1_TE | CR1_RE)

/* A byte that came before those in the device; -1: none.  In QEMU 7.2 one that is not wanted now goes on
 * interrupting until it is read. */
static int held = -1;

static void start(volatile uint32_t *regs, unsigned int clock_hz, unsigned int baud)
{
	*reg(regs, CR1) = 0;
	*reg(regs, CR2) = 0;
	*reg(regs, CR3) = 0;
	*reg(regs, BRR) = (clock_hz + baud / 2) / baud;
	*reg(regs, CR1) = CR1_ON;
}

static int take(volatile uint32_t *regs)
{
	uint32_t status = *reg(regs, SR);
	int c;

	if (!(status & (SR_RXNE | SR_ORE)))
		return -1;
	c = (int)(*reg(regs, DR) & 0xff);
	return status & SR_RXNE ? c : -1;
}

static int get(volatile uint32_t *regs)
{
	int c = held;

	if (c < 0)
		return take(regs);
	held = -1;
	return c;
}

static bool put(volatile uint32_t *regs, char c)
{
	if (!(*reg(regs, SR) & SR_TXE))
		return false;
	*reg(regs, DR) = (uint8_t)c;
	return true;
}

static void begin(volatile uint32_t *regs, bool sends)
{
	(void)regs;
	(void)sends;
}

static void watch(volatile uint32_t *regs, bool receives, bool sends)
{
	*reg(regs, CR1) = CR1_ON | (receives ? CR1_RXNEIE : 0) | (sends ? CR1_TXEIE : 0);
	if (!receives && held < 0)
		held = take(regs);
}

const struct chip stm32 = {
	.ninterrupts = 1,
	.start = start,
	.get = get,
	.put = put,
	.begin = begin,
	.watch = watch,
};
