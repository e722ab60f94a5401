/* SPDX-License-Identifier: MIT */
/*
 * The PL011 UART, as in the Stellaris LM3S parts.
 *
 * Its FIFOs stay off: with them the receive interrupt waits for a number of bytes, and the
 * transmit interrupt only comes when a level is passed.  One byte deep, each byte that comes in
 * or goes out raises one, and nothing can get stuck.  Real parts and QEMU agree on that much.
 *
 * Clock and pins are the board's affair (board_init()).
 *
 * Source: ARM DDI 0183, PrimeCell UART (PL011) Technical Reference Manual, chapter 3.
 */
#include <kernel/console.h>

#define UARTDR	  0x000U /* 3.3.1 data */
#define UARTFR	  0x018U /* 3.3.3 flags */
#define UARTIBRD  0x024U /* 3.3.5 baud rate divisor, integer */
#define UARTFBRD  0x028U /* 3.3.6 the same, in 64ths */
#define UARTLCR_H 0x02cU /* 3.3.7 line control; a write takes the divisors over */
#define UARTCR	  0x030U /* 3.3.8 control */
#define UARTIMSC  0x038U /* 3.3.10 interrupt mask: 1 lets it through */
#define UARTICR	  0x044U /* 3.3.13 interrupt clear */

#define FR_RXFE (1U << 4) /* nothing received */
#define FR_TXFF (1U << 5) /* transmitter full */

#define LCR_H_WLEN_8 (3U << 5)

#define CR_UARTEN (1U << 0)
#define CR_TXE	  (1U << 8)
#define CR_RXE	  (1U << 9)

#define INT_RX (1U << 4)
#define INT_TX (1U << 5)

#define INT_ALL 0x7ffU

static volatile uint32_t *reg(const struct uart *uart, uint32_t offset)
{
	return addr_ptr(uart->base + offset);
}

void uart_init(const struct uart *uart)
{
	/* Divisor = clock / (16 * baud), in 64ths, rounded. */
	uint32_t divisor = (uart->clock_hz * 4 + UART_BAUD / 2) / UART_BAUD;

	*reg(uart, UARTCR) = 0;
	*reg(uart, UARTIMSC) = 0;
	*reg(uart, UARTIBRD) = divisor / 64;
	*reg(uart, UARTFBRD) = divisor % 64;
	*reg(uart, UARTLCR_H) = LCR_H_WLEN_8;
	*reg(uart, UARTICR) = INT_ALL;
	*reg(uart, UARTCR) = CR_UARTEN | CR_TXE | CR_RXE;
}

bool uart_try_putc(const struct uart *uart, char c)
{
	if (*reg(uart, UARTFR) & FR_TXFF)
		return false;
	*reg(uart, UARTDR) = (uint8_t)c;
	return true;
}

int uart_try_getc(const struct uart *uart)
{
	if (*reg(uart, UARTFR) & FR_RXFE)
		return -1;
	return (int)(*reg(uart, UARTDR) & 0xff); /* above it: how the byte was damaged */
}

void uart_irq_enable(const struct uart *uart, bool rx, bool tx)
{
	*reg(uart, UARTIMSC) = (rx ? INT_RX : 0) | (tx ? INT_TX : 0);
}

void uart_irq_ack(const struct uart *uart)
{
	*reg(uart, UARTICR) = INT_ALL;
}
