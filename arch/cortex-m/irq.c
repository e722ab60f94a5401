/* SPDX-License-Identifier: MIT */
/* Interrupts, and asking for the kernel.  See include/arch/irq.h. */
#include <arch/context.h>
#include <arch/irq.h>
#include <kernel/assert.h>
#include <kernel/tracing.h>

#include "port.h"
#include "scb.h"

volatile uint32_t arch_kernel_news;

#define MAX_IRQS  48
#define MAX_LINES (2 + CONFIG_INTERRUPTS_MAX) /* those of the console, those of processes */

/* The lines that have a handler; most of a chip's have none. */
static struct line {
	void (*handler)(int irq); /* NULL: unused */
	volatile uint32_t count;
} lines[MAX_LINES];
static uint8_t line_of[MAX_IRQS]; /* 0: none; else one more than its place in lines[] */

void arch_irq_attach(int irq, void (*handler)(int irq))
{
	unsigned int n = (unsigned int)irq, i = 0;

	while (i < MAX_LINES && lines[i].handler)
		i++;
	ASSERT(n < MAX_IRQS && !line_of[n] && i < MAX_LINES);
	lines[i].handler = handler;
	lines[i].count = 0;
	line_of[n] = (uint8_t)(i + 1);
	NVIC_IPR(n / 4) = (NVIC_IPR(n / 4) & ~(0xffu << (n % 4 * 8))) |
			  (IRQ_PRIORITY << (n % 4 * 8));
	arch_irq_enable(irq);
}

void arch_irq_detach(int irq)
{
	arch_irq_disable(irq);
	lines[line_of[irq] - 1].handler = NULL;
	line_of[irq] = 0;
}

void arch_irq_enable(int irq)
{
	NVIC_ISER((unsigned int)irq / 32) = 1u << ((unsigned int)irq % 32);
}

/* The barriers keep an interrupt that has been accepted from coming after this. */
void arch_irq_disable(int irq)
{
	NVIC_ICER((unsigned int)irq / 32) = 1u << ((unsigned int)irq % 32);
	__asm volatile("dsb\n\tisb" ::: "memory");
}

void arch_irq_request(int irq)
{
	NVIC_ISPR((unsigned int)irq / 32) = 1u << ((unsigned int)irq % 32);
}

void arch_irq(void)
{
	unsigned int n = (SCB_ICSR & ICSR_VECTACTIVE) - 16;

	struct line *line = &lines[line_of[n] - 1];

	line->count++;
	tracing(TRACING_irq, n);
	line->handler((int)n);
}

int arch_irq_next(int irq, uint32_t *count)
{
	for (; irq >= 0 && irq < MAX_IRQS; irq++)
		if (line_of[irq]) {
			*count = lines[line_of[irq] - 1].count;
			return irq;
		}
	return -1;
}

void arch_halt_interrupts(void)
{
	__asm volatile("cpsid i" ::: "memory");
}

/*
 * Interrupts are masked from the look at the request to the sleep, four instructions: one that
 * comes between would be slept through.  A masked interrupt still ends WFI.
 */
void arch_idle(void)
{
	__asm volatile("cpsid i" ::: "memory");
	if (!arch_kernel_requested())
		__asm volatile("dsb\n\twfi" ::: "memory");
	__asm volatile("cpsie i\n\tisb" ::: "memory");
}
