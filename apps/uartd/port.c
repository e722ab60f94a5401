/* SPDX-License-Identifier: MIT */
/*
 * What lies between the device and those who read and write it.
 *
 *	UART --get--> rx ring --> readers, in the order in which they came
 *	UART <--put-- tx ring <-- writers
 *
 * A read returns what is there, a write what there was room for; only where that is nothing they wait.
 * A byte leaves the rx ring, or enters the tx ring, when the reply has reached its caller: one who
 * died before has taken nothing.  While the rx ring is full bytes stay in the UART.
 */
#include <channel.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "uart.h"

#define RING_SIZE 128u /* with two of them all data of the program take 1 KiB */
#define CALLS_MAX 8u   /* that wait, each way; more are told EBUSY */

/* Positions count on for ever; the place in the ring is the low bits. */
struct ring {
	unsigned int head, tail;
	char bytes[RING_SIZE];
};

struct call {
	int id;
	unsigned int len;
};

struct queue {
	unsigned int n;
	struct call calls[CALLS_MAX];
};

static struct ring rx, tx;
static struct queue readers, writers;

static unsigned int used(const struct ring *ring)
{
	return ring->head - ring->tail;
}

static unsigned int room(const struct ring *ring)
{
	return RING_SIZE - used(ring);
}

/* Copy @len bytes between the ring, from position @at on, and a caller: in two parts where they
 * wrap.  How many, or -errno. */
static int copy(int channel, int id, struct ring *ring, unsigned int at, unsigned int len,
		bool reads)
{
	unsigned int done = 0;

	while (done < len) {
		unsigned int place = (at + done) % RING_SIZE;
		unsigned int part = len - done < RING_SIZE - place ? len - done : RING_SIZE - place;
		ssize_t n = reads ? channel_write(channel, id, done, ring->bytes + place, part)
				  : channel_read(channel, id, done, ring->bytes + place, part);

		if (n <= 0)
			return n < 0 ? -errno : (int)done;
		done += (unsigned int)n;
	}
	return (int)done;
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* End a call as far as the ring goes.  False: it must wait. */
static bool read_now(int channel, const struct call *call)
{
	unsigned int len = least(call->len, used(&rx));
	int n;

	if (len == 0 && call->len)
		return false;
	n = copy(channel, call->id, &rx, rx.tail, len, true);
	if (!channel_reply(channel, call->id, n, NULL) && n > 0)
		rx.tail += (unsigned int)n;
	return true;
}

static bool write_now(int channel, const struct call *call)
{
	unsigned int len = least(call->len, room(&tx));
	int n;

	if (len == 0 && call->len)
		return false;
	n = copy(channel, call->id, &tx, tx.head, len, false);
	if (!channel_reply(channel, call->id, n, NULL) && n > 0)
		tx.head += (unsigned int)n;
	return true;
}

static void queue_remove(struct queue *queue, unsigned int i)
{
	queue->n--;
	memmove(&queue->calls[i], &queue->calls[i + 1], (queue->n - i) * sizeof(queue->calls[0]));
}

/* The first of a queue, while they can go on.  Has one? */
static bool serve(int channel, struct queue *queue,
		  bool (*now)(int channel, const struct call *call))
{
	bool any = false;

	while (queue->n && now(channel, &queue->calls[0])) {
		queue_remove(queue, 0);
		any = true;
	}
	return any;
}

static void forget_gone(int channel, struct queue *queue)
{
	struct channel_info info;

	for (unsigned int i = queue->n; i-- > 0;)
		if (channel_info(channel, queue->calls[i].id, &info))
			queue_remove(queue, i);
}

void port_forget_gone(int channel)
{
	forget_gone(channel, &readers);
	forget_gone(channel, &writers);
}

static void wait_or_refuse(int channel, struct queue *queue, const struct call *call, bool may_wait)
{
	if (may_wait && queue->n < CALLS_MAX)
		queue->calls[queue->n++] = *call;
	else
		channel_reply(channel, call->id, may_wait ? -EBUSY : -EAGAIN, NULL);
}

/* Who comes later waits behind those who wait. */
void port_accept(int channel, int id, const unsigned int *words)
{
	bool may_wait = !(words[1] & SERVE_NONBLOCK);
	struct call call = { id, words[3] };

	if (words[0] == SERVE_READ) {
		if (readers.n || !read_now(channel, &call))
			wait_or_refuse(channel, &readers, &call, may_wait);
	} else if (words[0] == SERVE_WRITE) {
		if (writers.n || !write_now(channel, &call))
			wait_or_refuse(channel, &writers, &call, may_wait);
	} else {
		channel_reply(channel, id, -EINVAL, NULL);
	}
}

/* Bytes between the rings and the UART. */
static void move(const struct chip *chip, volatile uint32_t *regs)
{
	int c;

	chip->begin(regs, used(&tx) != 0);
	while (room(&rx) && (c = chip->get(regs)) >= 0)
		rx.bytes[rx.head++ % RING_SIZE] = (char)c;
	while (used(&tx) && chip->put(regs, tx.bytes[tx.tail % RING_SIZE]))
		tx.tail++;
}

static void tell_poll(int channel)
{
	static unsigned int told = POLLIN | POLLOUT;
	unsigned int ready = (used(&rx) ? POLLIN : 0u) | (room(&tx) ? POLLOUT : 0u);

	if (ready != told)
		channel_ready(channel, 0, ready);
	told = ready;
}

void port_move(int channel, const struct chip *chip, volatile uint32_t *regs)
{
	bool any;

	do {
		move(chip, regs);
		any = serve(channel, &readers, read_now);
		any |= serve(channel, &writers, write_now);
	} while (any);
	chip->watch(regs, room(&rx) != 0, used(&tx) != 0);
	tell_poll(channel);
}
