/* SPDX-License-Identifier: MIT */
/*
 * The console: the board's first UART, as the kernel uses it.
 *
 *	programs  --write()-->  ring  --UART interrupt-->  line
 *	programs  <--read()---  ring  <--UART interrupt--  line
 *	kprintf   ---> log -->  ring
 *	panic     --------polled------------------------>  line
 *
 * Output is a sequence of bytes in which "\n" goes out as "\r\n" (POSIX ONLCR); input comes as
 * it is.  Lines, echo and editing are left to programs.
 *
 * The UART's driver (drivers/) fills the lower half; kernel/console.c is the upper half, which
 * fs/dev.c wraps as /dev/console.
 */
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <kernel/types.h>
#include <stdarg.h>

struct waitq;

/* Prepare the UART and attach its interrupts.  Context: boot, after the board's clocks and pins. */
void console_init(void);

/* Take what was received, without waiting: bytes, or 0.  Context: kernel. */
size_t console_read(char *to, size_t len);

/* Queue bytes to be sent, without waiting: bytes taken, 0 when the ring is full or the kernel has more to say.
 * Context: kernel. */
size_t console_write(const char *from, size_t len);

/* Queue a text whole, or not at all: true when it is.  At most 96 bytes.  Context: kernel. */
bool console_try_write(const char *from, size_t len);

/* Would those two move a byte?  Context: kernel. */
bool console_can_read(void);
bool console_can_write(void);

/* From now on Ctrl-C, Ctrl-\ and Ctrl-Z are no input: terminal_key() learns of them.
 * Context: kernel. */
void console_catch_keys(bool catches);

/* Those who wait to read or to write.  Woken by console_poll(). */
extern struct waitq console_waiters;

/* Wake those for whom an interrupt brought something.  Context: kernel, at each entry of the
 * scheduler. */
void console_poll(void);

/**
 * console_write_polled - send everything queued and @len bytes more, polling the UART
 * @from: NULL where @len is 0, which only sends what is queued
 *
 * Works before console_init() too, and when the kernel is broken, so a panic may rely on it.
 *
 * Context: any; some 90 us for each byte at 115200 baud.
 */
void console_write_polled(const char *from, size_t len);

/* Put into the log, and so on the console, in order with what programs write, without waiting; more than 183
 * bytes at once are cut.  Context: kernel, boot; any in a panic, which ends with console_write_polled(NULL, 0). */
void kprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, at once.  Context: as console_write_polled(). */
void kvprintf_polled(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/* The lower half, filled by the one UART driver that a board names. */
struct uart {
	addr_t base;	   /* its registers */
	int irq_rx;	   /* interrupt line of receiving */
	int irq_tx;	   /* and of sending; the same where there is but one; same priority */
	uint32_t clock_hz; /* what the baud rate is divided from */
};
extern const struct uart board_console; /* boards/<b>/board.c */

#define UART_BAUD 115200U

/* 115200 8N1, no interrupts yet. */
void uart_init(const struct uart *uart);

/* Send a byte; false: the transmitter is full, nothing happened. */
bool uart_try_putc(const struct uart *uart, char c);

/* A received byte; -1: there is none. */
int uart_try_getc(const struct uart *uart);

/*
 * Interrupt when a byte comes in (@rx), and when the transmitter has room again after it was
 * full or had a byte to send (@tx).
 */
void uart_irq_enable(const struct uart *uart, bool rx, bool tx);

/* Forget what interrupts are pending; what happens from now on raises new ones. */
void uart_irq_ack(const struct uart *uart);

#endif
