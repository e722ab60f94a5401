/* SPDX-License-Identifier: MIT */
/* Interrupts of processes.  See include/kernel/interrupt.h. */
#include <arch/irq.h>
#include <errno.h>
#include <kernel/channel.h>
#include <kernel/interrupt.h>

struct attachment {
	struct channel *channel; /* NULL: free; it detaches before it goes, so it is not counted */
	uint32_t bits;
	int irq;
	bool is_off; /* since its channel was told */
	volatile bool has_come;
};

static struct attachment attachments[CONFIG_INTERRUPTS_MAX];
static unsigned int nattached;
static volatile bool any_has_come;

/* Context: interrupt.  The kernel may be anywhere; it only ever clears what is set here. */
static void on_interrupt(int irq)
{
	arch_irq_disable(irq);
	for (size_t i = 0; i < ARRAY_SIZE(attachments); i++)
		if (attachments[i].channel && attachments[i].irq == irq)
			attachments[i].has_come = true;
	any_has_come = true;
	arch_kernel_request();
}

int interrupt_attach(int irq, struct channel *channel, uint32_t bits)
{
	struct attachment *unused = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(attachments); i++) {
		if (!attachments[i].channel)
			unused = &attachments[i];
		else if (attachments[i].irq == irq)
			return -EBUSY;
	}
	if (!unused)
		return -ENOSPC;
	*unused = (struct attachment){ .channel = channel, .bits = bits, .irq = irq };
	nattached++;
	arch_irq_attach(irq, on_interrupt);
	return 0;
}

void interrupt_detach(const struct channel *channel)
{
	for (size_t i = 0; i < ARRAY_SIZE(attachments); i++)
		if (attachments[i].channel == channel) {
			arch_irq_detach(attachments[i].irq);
			attachments[i].channel = NULL;
			nattached--;
		}
}

void interrupt_rearm(const struct channel *channel, uint32_t untold)
{
	for (size_t i = 0; nattached && i < ARRAY_SIZE(attachments); i++)
		if (attachments[i].channel == channel && attachments[i].is_off &&
		    !(attachments[i].bits & untold)) {
			attachments[i].is_off = false;
			arch_irq_enable(attachments[i].irq);
		}
}

void interrupt_poll(void)
{
	if (!any_has_come)
		return;
	any_has_come = false;
	for (size_t i = 0; i < ARRAY_SIZE(attachments); i++) {
		struct attachment *attachment = &attachments[i];

		if (!attachment->channel || !attachment->has_come)
			continue;
		attachment->has_come = false;
		attachment->is_off = true;
		channel_notify(attachment->channel, attachment->bits);
	}
}
