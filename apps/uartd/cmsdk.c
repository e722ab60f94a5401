/* SPDX-License-Identifier: MIT */
/*
 * The UART of Arm's Cortex-M System Design Kit, as in the MPS2 boards.
 *
 * It holds one byte each way, and records an event only while its interrupt is enabled.
 *
 * Source: ARM DDI 0479, Cortex-M System Design Kit Technical Reference Manual, 4.3 APB UART.
 */
#include "uart.h"

/* Table 4-7, APB UART programmers model. */
#define DATA	  0x00
#define STATE	  0x04
#define CTRL	  0x08
#define INTSTATUS 0x0c /* read: pending; write: clear */
#define BAUDDIV	  0x10

#define STATE_TX_FULL (1u << 0)
#define STATE_RX_FULL (1u << 1)
#define STATE_LOST    (3u << 2) /* overruns; cleared by writing them */

#define CTRL_ON	    3u /* both ways */
#define CTRL_TX_INT (1u << 2)
#define CTRL_RX_INT (1u << 3)

#define INT_ALL 0xfu

#define BAUDDIV_MIN 16u

static void start(volatile uint32_t *regs, unsigned int clock_hz, unsigned int baud)
{
	unsigned int divisor = (clock_hz + baud / 2) / baud;

	*reg(regs, CTRL) = 0;
	*reg(regs, BAUDDIV) = divisor < BAUDDIV_MIN ? BAUDDIV_MIN : divisor;
	*reg(regs, STATE) = STATE_LOST;
	*reg(regs, INTSTATUS) = INT_ALL;
	*reg(regs, CTRL) = CTRL_ON;
}

static int get(volatile uint32_t *regs)
{
	return *reg(regs, STATE) & STATE_RX_FULL ? (int)(*reg(regs, DATA) & 0xff) : -1;
}

static bool put(volatile uint32_t *regs, char c)
{
	if (*reg(regs, STATE) & STATE_TX_FULL)
		return false;
	*reg(regs, DATA) = (uint8_t)c;
	return true;
}

static void watch(volatile uint32_t *regs, bool receives, bool sends)
{
	*reg(regs, CTRL) = CTRL_ON | (receives ? CTRL_RX_INT : 0) | (sends ? CTRL_TX_INT : 0);
}

static void begin(volatile uint32_t *regs, bool sends)
{
	*reg(regs, INTSTATUS) = INT_ALL;
	watch(regs, true, sends);
}

const struct chip cmsdk = {
	.part = 0x821,
	.ninterrupts = 2, /* receive, transmit */
	.start = start,
	.get = get,
	.put = put,
	.begin = begin,
	.watch = watch,
};
