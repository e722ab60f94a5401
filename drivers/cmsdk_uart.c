/* SPDX-License-Identifier: MIT */
/*
 * The UART of Arm's Cortex-M System Design Kit, as in the MPS2 boards.
 *
 * It holds one byte each way, and has one interrupt line for each.  An event is recorded only
 * while its interrupt is enabled, so whoever counts on it enables first, then moves bytes.
 *
 * Source: ARM DDI 0479, Cortex-M System Design Kit Technical Reference Manual, 4.3 APB UART.
 */
#include <kernel/console.h>

/* Table 4-7, APB UART programmers model. */
#define DATA	  0x00U
#define STATE	  0x04U
#define CTRL	  0x08U
#define INTSTATUS 0x0cU /* read: pending; write: clear */
#define BAUDDIV	  0x10U

#define STATE_TX_FULL (1U << 0)
#define STATE_RX_FULL (1U << 1)
#define STATE_TX_LOST (1U << 2) /* overrun; cleared by writing it */
#define STATE_RX_LOST (1U << 3)

#define CTRL_TX	    (1U << 0)
#define CTRL_RX	    (1U << 1)
#define CTRL_TX_INT (1U << 2)
#define CTRL_RX_INT (1U << 3)

#define INT_ALL 0xfU

#define BAUDDIV_MIN 16U

static volatile uint32_t *reg(const struct uart *uart, uint32_t offset)
{
	return addr_ptr(uart->base + offset);
}

void uart_init(const struct uart *uart)
{
	uint32_t divisor = (uart->clock_hz + UART_BAUD / 2) / UART_BAUD;

	*reg(uart, CTRL) = 0;
	*reg(uart, BAUDDIV) = MAX(divisor, BAUDDIV_MIN);
	*reg(uart, STATE) = STATE_TX_LOST | STATE_RX_LOST;
	*reg(uart, INTSTATUS) = INT_ALL;
	*reg(uart, CTRL) = CTRL_TX | CTRL_RX;
}

bool uart_try_putc(const struct uart *uart, char c)
{
	if (*reg(uart, STATE) & STATE_TX_FULL)
		return false;
	*reg(uart, DATA) = (uint8_t)c;
	return true;
}

int uart_try_getc(const struct uart *uart)
{
	if (!(*reg(uart, STATE) & STATE_RX_FULL))
		return -1;
	return (int)(*reg(uart, DATA) & 0xff);
}

void uart_irq_enable(const struct uart *uart, bool rx, bool tx)
{
	*reg(uart, CTRL) = CTRL_TX | CTRL_RX | (rx ? CTRL_RX_INT : 0) | (tx ? CTRL_TX_INT : 0);
}

void uart_irq_ack(const struct uart *uart)
{
	*reg(uart, INTSTATUS) = INT_ALL;
}
