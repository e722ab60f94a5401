/* SPDX-License-Identifier: MIT */
/*
 * Arm PL011, as in the Stellaris LM3S parts.  With its FIFOs, 16 bytes each way: a process may take
 * longer to come than one byte takes.
 *
 * The interrupt of receiving is left pending until the bytes have been read, and so it comes again for
 * those that stay in the FIFO while there is no room for them.
 *
 * Source: ARM DDI 0183, PrimeCell UART (PL011) Technical Reference Manual, chapter 3.
 */
#include "uart.h"

#define UARTDR	  0x000 /* 3.3.1 data */
#define UARTFR	  0x018 /* 3.3.3 flags */
#define UARTIBRD  0x024 /* 3.3.5 baud rate divisor, integer */
#define UARTFBRD  0x028 /* 3.3.6 the same, in 64ths */
#define UARTLCR_H 0x02c /* 3.3.7 line control; a write takes the divisors over */
#define UARTCR	  0x030 /* 3.3.8 control */
#define UARTIFLS  0x034 /* 3.3.9 fill levels that interrupt; 0: 1/8 full */
#define UARTIMSC  0x038 /* 3.3.10 interrupt mask: 1 lets it through */
#define UARTICR	  0x044 /* 3.3.13 interrupt clear */

#define FR_RXFE (1u << 4) /* nothing received */
#define FR_TXFF (1u << 5) /* transmitter full */

#define LCR_H_FEN    (1u << 4)
#define LCR_H_WLEN_8 (3u << 5)

#define CR_UARTEN (1u << 0)
#define CR_TXE	  (1u << 8)
#define CR_RXE	  (1u << 9)

#define INT_RX	    (1u << 4)
#define INT_TX	    (1u << 5)
#define INT_TIMEOUT (1u << 6) /* bytes below the level, and no more came for 32 bits' time */

static void start(volatile uint32_t *regs, unsigned int clock_hz, unsigned int baud)
{
	unsigned int divisor = (clock_hz * 4 + baud / 2) / baud; /* by 16, in 64ths */

	*reg(regs, UARTCR) = 0;
	*reg(regs, UARTIMSC) = 0;
	*reg(regs, UARTIBRD) = divisor / 64;
	*reg(regs, UARTFBRD) = divisor % 64;
	*reg(regs, UARTLCR_H) = LCR_H_WLEN_8 | LCR_H_FEN;
	*reg(regs, UARTIFLS) = 0;
	*reg(regs, UARTCR) = CR_UARTEN | CR_TXE | CR_RXE;
}

static int get(volatile uint32_t *regs)
{
	return *reg(regs, UARTFR) & FR_RXFE ? -1 : (int)(*reg(regs, UARTDR) & 0xff);
}

static bool put(volatile uint32_t *regs, char c)
{
	if (*reg(regs, UARTFR) & FR_TXFF)
		return false;
	*reg(regs, UARTDR) = (uint8_t)c;
	return true;
}

static void begin(volatile uint32_t *regs, bool sends)
{
	(void)sends;
	*reg(regs, UARTICR) = INT_TX;
}

static void watch(volatile uint32_t *regs, bool receives, bool sends)
{
	*reg(regs, UARTIMSC) = (receives ? INT_RX | INT_TIMEOUT : 0) | (sends ? INT_TX : 0);
}

const struct chip pl011 = {
	.part = 0x011,
	.ninterrupts = 1,
	.start = start,
	.get = get,
	.put = put,
	.begin = begin,
	.watch = watch,
};
