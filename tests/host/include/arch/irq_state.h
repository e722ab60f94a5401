/* SPDX-License-Identifier: MIT */
/* The port's, for this machine: nothing interrupts, and a test looks at what was asked for. */
#ifndef ARCH_IRQ_STATE_H
#define ARCH_IRQ_STATE_H

#include <stdbool.h>

__attribute__((weak)) bool host_requested; /* one for all files of a test */

static inline void arch_kernel_switch(void)
{
	host_requested = true;
}

static inline void arch_kernel_request(void)
{
	host_requested = true;
}

static inline int arch_kernel_requested(void)
{
	return host_requested;
}

#endif
