/* SPDX-License-Identifier: MIT */
/*
 * uartd: drives a UART, and serves it as a file.
 *
 *	uartd DEVICE PATH [BAUD]	uartd /dev/uart1 /dev/ttyS1
 *
 * It finds out by itself what kind of UART the device is: those of Arm have 4 KiB of registers, the last of which
 * say so; ST's have 1 KiB.
 */
#include "uart.h"

#include <channel.h>
#include <croft.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ARM DDI 0183 and 0479: the part number is in the low bits of these, in both. */
#define PERIPH_ID0 0xfe0
#define PERIPH_ID1 0xfe4
#define ARM_LEN	   0x1000
#define ST_LEN	   0x400

#define BAUD	 115200
#define PRIORITY 24 /* above programs: a UART waits for nobody */

static const struct chip *const arm_chips[] = { &pl011, &cmsdk };

/* Say so; the exit status is why. */
static int fail(const char *what, const char *why)
{
	const char *const text[] = { "uartd: ", what, why, "\n" };
	int error = errno;

	for (unsigned int i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		write(STDERR_FILENO, text[i], strlen(text[i]));
	return error ? error : EXIT_FAILURE;
}

static const struct chip *identify(volatile uint32_t *regs)
{
	unsigned int part = (*reg(regs, PERIPH_ID0) & 0xff) | (*reg(regs, PERIPH_ID1) & 0xf) << 8;

	for (unsigned int i = 0; i < sizeof(arm_chips) / sizeof(arm_chips[0]); i++)
		if (arm_chips[i]->part == part)
			return arm_chips[i];
	return NULL;
}

/* Map as many registers as there are, and tell what they are.  NULL: that is not known. */
static const struct chip *map(int device, volatile uint32_t **regs)
{
	*regs = mmap(NULL, ARM_LEN, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);
	if (*regs != MAP_FAILED)
		return identify(*regs);
	*regs = mmap(NULL, ST_LEN, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);
	return *regs != MAP_FAILED ? &stm32 : NULL;
}

/* Have the interrupts of the device told, one bit for each line. */
static int attach(int channel, int device, const struct chip *chip)
{
	for (unsigned int i = 0; i < chip->ninterrupts; i++)
		if (channel_interrupt(channel, device, i, 1u << i))
			return -1;
	return 0;
}

/* Never returns but where nobody can ask any more. */
static int work(int channel, const struct chip *chip, volatile uint32_t *regs)
{
	unsigned int words[CHANNEL_WORDS];
	int id;

	for (;;) {
		port_move(channel, chip, regs);
		id = channel_receive(channel, words, NULL);
		if (id < 0 && errno != EINTR)
			return fail("channel", ": gone");
		if (id > 0)
			port_accept(channel, id, words);
		else if (id == 0 && (words[0] & CHANNEL_GONE))
			port_forget_gone(channel);
	}
}

int main(int argc, char **argv)
{
	volatile uint32_t *regs;
	const struct chip *chip;
	int device, ends[2];
	long baud = argc > 3 ? strtol(argv[3], NULL, 10) : BAUD;

	if (argc < 3 || argc > 4 || baud <= 0)
		return fail("usage: ", "uartd DEVICE PATH [BAUD]");
	device = open(argv[1], O_RDWR);
	if (device < 0)
		return fail(argv[1], ": cannot be opened");
	chip = map(device, &regs);
	if (regs == MAP_FAILED)
		return fail(argv[1], ": cannot be mapped");
	if (!chip)
		return fail(argv[1], ": no UART that is known");
	/* What comes first must fail where another one drives it already. */
	if (channel_create(ends) || attach(ends[0], device, chip))
		return fail(argv[1], ": its interrupts cannot be had");
	chip->start(regs, (unsigned int)system_info(INFO_UART_HZ), (unsigned int)baud);
	if (channel_serve(ends[0], argv[2], S_IFCHR | 0666))
		return fail(argv[2], ": cannot be served");
	close(ends[1]); /* only the kernel calls */
	close(device);
	pthread_setschedprio(pthread_self(), PRIORITY);
	return work(ends[0], chip, regs);
}
