/* SPDX-License-Identifier: MIT */
/*
 * The USART of ST's STM32F1, F2 and F4.
 *
 * It holds one byte each way besides the one on the line.  Its interrupts are levels: they last as long as
 * there is a byte to be read, or room for one to be sent, and nothing forgets them but that.  A byte that came
 * when there was no room is lost, and keeps the interrupt on until data are read once more.
 *
 * QEMU 7.2 differs in two things, and uart_irq_enable() sees to both in ways that are right on a part, too.
 * A transmitter that has room does not interrupt: the line is asked for by hand.  And a byte that is not wanted
 * now goes on interrupting until it is read: it is held here meanwhile, and the next one stays in the device.
 *
 * Source: ST RM0090, 30.6 USART registers.
 */
#include <arch/irq.h>
#include <kernel/console.h>

#define SR  0x00U /* 30.6.1 status */
#define DR  0x04U /* 30.6.2 data */
#define BRR 0x08U /* 30.6.3 divisor of the clock, in 16ths, for 16 samples a bit: clock / baud */
#define CR1 0x0cU /* 30.6.4 control */
#define CR2 0x10U /* 30.6.5 0: one stop bit */
#define CR3 0x14U /* 30.6.6 0: no flow control, no DMA */

#define SR_ORE	(1U << 3) /* a byte was lost */
#define SR_RXNE (1U << 5) /* there is a byte */
#define SR_TXE	(1U << 7) /* there is room for one */

#define CR1_RE	   (1U << 2)
#define CR1_TE	   (1U << 3)
#define CR1_RXNEIE (1U << 5)
#define CR1_TXEIE  (1U << 7)
#define CR1_UE	   (1U << 13)

#define CR1_ON (CR1_UE | CR1_TE | CR1_RE)

static volatile uint32_t *reg(const struct uart *uart, uint32_t offset)
{
	return addr_ptr(uart->base + offset);
}

void uart_init(const struct uart *uart)
{
	*reg(uart, CR1) = 0;
	*reg(uart, CR2) = 0;
	*reg(uart, CR3) = 0;
	*reg(uart, BRR) = (uart->clock_hz + UART_BAUD / 2) / UART_BAUD;
	*reg(uart, CR1) = CR1_ON;
}

bool uart_try_putc(const struct uart *uart, char c)
{
	if (!(*reg(uart, SR) & SR_TXE))
		return false;
	*reg(uart, DR) = (uint8_t)c;
	return true;
}

/* A byte that came before those in the device, which is not to interrupt until it has been taken; -1: none. */
static int held = -1;

static int take(const struct uart *uart)
{
	uint32_t status = *reg(uart, SR);
	int c;

	if (!(status & (SR_RXNE | SR_ORE)))
		return -1;
	c = (int)(*reg(uart, DR) & 0xff);
	return status & SR_RXNE ? c : -1;
}

int uart_try_getc(const struct uart *uart)
{
	int c = held;

	if (c < 0)
		return take(uart);
	held = -1;
	return c;
}

void uart_irq_enable(const struct uart *uart, bool rx, bool tx)
{
	volatile uint32_t *control = reg(uart, CR1);
	bool is_new = tx && !(*control & CR1_TXEIE);

	*control = CR1_ON | (rx && held < 0 ? CR1_RXNEIE : 0) | (tx ? CR1_TXEIE : 0);
	if (is_new)
		arch_irq_request(uart->irq_tx);
	if (!rx && held < 0)
		held = take(uart);
}

void uart_irq_ack(const struct uart *uart)
{
	(void)uart;
}
