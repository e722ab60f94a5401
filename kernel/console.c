/* SPDX-License-Identifier: MIT */
/*
 * The upper half of the console: two rings between the kernel and the UART's interrupt.
 *
 *	rx:  interrupt puts, console_read() takes
 *	tx:  console_write() puts, interrupt takes
 *
 * Each ring has one producer and one consumer, and each of them writes only its own position,
 * so neither needs to mask the other.  Positions count on for ever and wrap with their type; the
 * place in the ring is the low bits.
 *
 * The interrupt is what keeps the bytes moving.  Where there may be none to come - the first
 * byte after silence, or the receiver was stopped since its ring was full - the kernel moves one
 * byte itself, with the interrupts of the UART disabled, and that sets off the rest.  A full receive
 * ring leaves bytes in the UART, so that a line with flow control (QEMU's) loses nothing.
 *
 * What the kernel says goes into the log, and from there to the send ring as fast as that empties: a fault
 * report is longer than the ring, and nobody may wait for a line of 115200 baud.  Until all of it is in the
 * ring, programs find that full.
 *
 * Polled output takes the interrupt's place: while `polling` is set, the handler leaves
 * the send ring alone.
 */
#include <arch/irq.h>
#include <kernel/console.h>
#include <kernel/log.h>
#include <kernel/terminal.h>
#include <kernel/waitq.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define RX_SIZE	  64U
#define TX_SIZE	  128U
#define LINE_SIZE 184U /* what one kprintf() makes at most, with its zero */

struct ring {
	volatile uint8_t head; /* of the producer */
	volatile uint8_t tail; /* of the consumer */
	uint8_t size;	       /* bytes; a power of two, at most half of the positions */
	char *bytes;
};

static char rx_bytes[RX_SIZE], tx_bytes[TX_SIZE], line[LINE_SIZE];
static struct ring rx = { .size = RX_SIZE, .bytes = rx_bytes };
static struct ring tx = { .size = TX_SIZE, .bytes = tx_bytes };

_Static_assert(RX_SIZE <= 128 && TX_SIZE <= 128, "a position is one byte");
_Static_assert((RX_SIZE & (RX_SIZE - 1)) == 0 && (TX_SIZE & (TX_SIZE - 1)) == 0,
	       "positions wrap with the ring");

struct waitq console_waiters = { .threads = TAILQ_HEAD_INITIALIZER(console_waiters.threads) };

static volatile bool is_changed; /* by an interrupt: someone may go on */
/* Keys that send a signal: the interrupt notes that one was pressed, console_poll() acts. */
static struct {
	char key;
	uint8_t sig;
	volatile bool is_pressed;
} keys[] = { { 0x03, SIGINT, false }, { 0x1c, SIGQUIT, false }, { 0x1a, SIGTSTP, false } };
static volatile bool catches_keys;
static volatile uint8_t forgotten; /* position of rx: what came before the key is not wanted */

static volatile bool is_polling; /* the interrupt must not touch the send ring */
static bool is_ready;		 /* the UART works */

static unsigned int ring_used(const struct ring *ring)
{
	return (uint8_t)(ring->head - ring->tail);
}

static unsigned int ring_room(const struct ring *ring)
{
	return ring->size - ring_used(ring);
}

/* The byte must be in its place before its position says so: both are volatile, or after it. */
static void ring_put(struct ring *ring, char c)
{
	*(volatile char *)&ring->bytes[ring->head & (ring->size - 1U)] = c;
	ring->head = (uint8_t)(ring->head + 1U);
}

static char ring_peek(const struct ring *ring)
{
	return *(volatile char *)&ring->bytes[ring->tail & (ring->size - 1U)];
}

static void ring_drop(struct ring *ring)
{
	ring->tail = (uint8_t)(ring->tail + 1U);
}

static bool is_key(int c)
{
	for (size_t i = 0; catches_keys && i < ARRAY_SIZE(keys); i++)
		if (keys[i].key == c) {
			forgotten = rx.head;
			return keys[i].is_pressed = true;
		}
	return false;
}

/* Bytes from the UART into the ring, at most @most. */
static void receive(unsigned int most)
{
	while (most-- > 0 && ring_room(&rx)) {
		int c = uart_try_getc(&board_console);

		if (c < 0)
			return;
		if (!is_key(c))
			ring_put(&rx, (char)c);
		is_changed = true;
	}
}

/* Bytes from the ring to the UART, at most @most.  Writers go on when half of it is free. */
static void transmit(unsigned int most)
{
	while (most-- > 0 && ring_used(&tx) && uart_try_putc(&board_console, ring_peek(&tx))) {
		ring_drop(&tx);
		if (ring_used(&tx) == TX_SIZE / 2 || ring_used(&tx) == 0)
			is_changed = true;
	}
}

/*
 * Move what can be moved.  The interrupts are on before the first byte moves, so what a byte
 * sets off is not missed; then those stay on for which there is something to do.
 */
static void move(unsigned int most)
{
	uart_irq_enable(&board_console, true, ring_used(&tx) != 0);
	receive(most);
	if (!is_polling)
		transmit(most);
	uart_irq_enable(&board_console, ring_room(&rx) != 0, ring_used(&tx) != 0 && !is_polling);
}

static void console_irq(int irq)
{
	(void)irq;
	uart_irq_ack(&board_console);
	move(TX_SIZE);
	if (is_changed)
		arch_kernel_request();
}

/* Set the interrupts off.  Theirs are kept out, and no others: they work on the same ends of the rings. */
static void start(void)
{
	if (!is_ready)
		return;
	arch_irq_disable(board_console.irq_rx);
	arch_irq_disable(board_console.irq_tx);
	move(1);
	arch_irq_enable(board_console.irq_rx);
	arch_irq_enable(board_console.irq_tx);
	if (is_changed)
		arch_kernel_request();
}

static void uart_start(void)
{
	uart_init(&board_console);
	is_ready = true;
}

void console_init(void)
{
	if (!is_ready)
		uart_start();
	arch_irq_attach(board_console.irq_rx, console_irq);
	if (board_console.irq_tx != board_console.irq_rx)
		arch_irq_attach(board_console.irq_tx, console_irq);
	start();
}

size_t console_read(char *to, size_t len)
{
	bool was_full = ring_room(&rx) == 0;
	size_t taken = 0;

	while (taken < len && ring_used(&rx)) {
		to[taken++] = ring_peek(&rx);
		ring_drop(&rx);
	}
	if (was_full && taken)
		start();
	return taken;
}

/* Bytes that @c becomes on the line. */
static unsigned int width(char c)
{
	return c == '\n' ? 2 : 1;
}

static void put(char c)
{
	if (c == '\n')
		ring_put(&tx, '\r');
	ring_put(&tx, c);
}

size_t console_write(const char *from, size_t len)
{
	size_t taken = 0;

	if (log_has_more())
		return 0;
	while (taken < len && ring_room(&tx) >= width(from[taken]))
		put(from[taken++]);
	if (taken)
		start();
	return taken;
}

/* What the log has more, as far as there is room. */
static void tell(void)
{
	while (ring_room(&tx) >= width('\n') && log_has_more())
		put(log_take());
	start();
}

/* Bytes that a text becomes on the line. */
static size_t width_of(const char *from, size_t len)
{
	size_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += width(from[i]);
	return sum;
}

bool console_try_write(const char *from, size_t len)
{
	return width_of(from, len) <= ring_room(&tx) && console_write(from, len) == len;
}

bool console_can_read(void)
{
	return ring_used(&rx) != 0;
}

bool console_can_write(void)
{
	return ring_room(&tx) >= width('\n') && !log_has_more();
}

/* Drop what was typed before a key that sends a signal, unless it has been read already. */
static void forget_typed(void)
{
	bool was_full = ring_room(&rx) == 0;

	if ((uint8_t)(forgotten - rx.tail) <= ring_used(&rx))
		rx.tail = forgotten;
	if (was_full)
		start();
}

void console_poll(void)
{
	if (!is_changed)
		return;
	/* First: what an interrupt brings from here on is for the next time. */
	is_changed = false;
	/* Before the others are woken: a signal ends the call of one that waits to read. */
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].is_pressed) {
			keys[i].is_pressed = false;
			forget_typed();
			terminal_key(keys[i].sig);
		}
	if (log_has_more())
		tell();
	waitq_wake_all(&console_waiters);
}

void console_catch_keys(bool catches)
{
	catches_keys = catches;
}

static void wire_polled(char c)
{
	while (!uart_try_putc(&board_console, c))
		;
}

static void putc_polled(char c)
{
	if (c == '\n')
		wire_polled('\r');
	wire_polled(c);
}

void console_write_polled(const char *from, size_t len)
{
	bool was_polling = is_polling;

	if (!is_ready)
		uart_start();

	is_polling = true;
	while (ring_used(&tx)) {
		char c = ring_peek(&tx);

		/* Off the ring first, so that a panic in here does not send it again. */
		ring_drop(&tx);
		wire_polled(c);
	}
	while (log_has_more())
		putc_polled(log_take());
	for (size_t i = 0; i < len; i++)
		putc_polled(from[i]);
	is_polling = was_polling;
	is_changed = true; /* the ring is empty: writers may go on */
	arch_kernel_request();
}

static void note(const char *format, va_list args)
{
	size_t len = (size_t)vsniprintf(line, sizeof(line), format, args);

	log_write(line, MIN(len, sizeof(line) - 1));
}

void kprintf(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	note(format, args);
	va_end(args);
	tell();
}

void kvprintf_polled(const char *format, va_list args)
{
	note(format, args);
	console_write_polled(NULL, 0);
}
