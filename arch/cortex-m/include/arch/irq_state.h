/* SPDX-License-Identifier: MIT */
/* The parts of include/arch/irq.h that are an instruction or two.  ARMv7-M ARM B1.4.3, B3.2.4. */
#ifndef ARCH_IRQ_STATE_H
#define ARCH_IRQ_STATE_H

#include <stdint.h>

#define ARCH_ICSR      (*(volatile uint32_t *)(uintptr_t)0xE000ED04)
#define ARCH_PENDSVSET (1u << 28)
#define ARCH_PENDSVCLR (1u << 27)

extern volatile uint32_t arch_kernel_news;

static inline void arch_kernel_switch(void)
{
	ARCH_ICSR = ARCH_PENDSVSET;
}

/* In this order: the kernel takes the request back first, and then reads. */
static inline void arch_kernel_request(void)
{
	arch_kernel_news = 1;
	arch_kernel_switch();
}

static inline int arch_kernel_requested(void)
{
	return (ARCH_ICSR & ARCH_PENDSVSET) != 0;
}

static inline void arch_kernel_request_clear(void)
{
	ARCH_ICSR = ARCH_PENDSVCLR;
}

static inline uint32_t arch_irq_save(void)
{
	uint32_t state;

	__asm volatile("mrs %0, primask\n\tcpsid i" : "=r"(state)::"memory");
	return state;
}

static inline void arch_irq_restore(uint32_t state)
{
	__asm volatile("msr primask, %0" ::"r"(state) : "memory");
}

#endif
