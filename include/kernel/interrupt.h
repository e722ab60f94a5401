/* SPDX-License-Identifier: MIT */
/*
 * Interrupts of devices that processes drive.
 *
 *	line asks --> off, noted --> bits of a notification --> the process drives its device
 *	     ^		(handler)	   (kernel)			|
 *	     +-----------------------------on <-------- channel_receive()
 *
 * A line belongs to the channel it is attached to: it stays off from its interrupt until the
 * channel is received from again, and it is let go with the channel's last receiving end.
 *
 * Context: kernel.
 */
#ifndef KERNEL_INTERRUPT_H
#define KERNEL_INTERRUPT_H

#include <kernel/types.h>

struct channel;

/**
 * interrupt_attach - have a line's interrupts told to a channel
 * @bits: of the notification
 *
 * Return: 0, -EBUSY: it is attached; -ENOSPC: CONFIG_INTERRUPTS_MAX lines are.
 */
int interrupt_attach(int irq, struct channel *channel, uint32_t bits);

/* Let every line of a channel go. */
void interrupt_detach(const struct channel *channel);

/* Turn on again what a channel's receiver has been told of: not those whose bits are among @untold,
 * which wait to be received. */
void interrupt_rearm(const struct channel *channel, uint32_t untold);

/* Tell channels of what has come. */
void interrupt_poll(void);

#endif
