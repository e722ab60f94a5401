/* SPDX-License-Identifier: MIT */
/* Stellaris LM3S6965 evaluation kit.  Source: LM3S6965 data sheet, chapters 5, 8, 12. */
#include <board.h>
#include <kernel/console.h>

#define REG(addr) (*(volatile uint32_t *)(uintptr_t)(addr))

#define SYSCTL_RCC   REG(0x400FE060) /* 5.4 run-mode clock configuration */
#define SYSCTL_RCGC1 REG(0x400FE104) /* clock gates: UARTs */
#define SYSCTL_RCGC2 REG(0x400FE108) /* clock gates: GPIO ports */
#define GPIOA_AFSEL  REG(0x40004420)
#define GPIOA_DEN    REG(0x4000451C)
#define GPIOD_AFSEL  REG(0x40007420)
#define GPIOD_DEN    REG(0x4000751C)

/* The 8 MHz crystal through the PLL (200 MHz), divided by 16. */
#define RCC_12MHZ5 0x07C00380u
#define RCC_BYPASS 0x00000800u

#define UART0_PINS 0x3u /* PA0, PA1 */
#define UART1_PINS 0xCu /* PD2, PD3 */

#define GATE_UART0 (1u << 0)
#define GATE_UART1 (1u << 1)
#define GATE_GPIOA (1u << 0)
#define GATE_GPIOD (1u << 3)

const struct uart board_console = {
	.base = 0x4000C000,
	.irq_rx = 5,
	.irq_tx = 5,
	.clock_hz = BOARD_CLOCK_HZ,
};

void board_init(void)
{
	SYSCTL_RCC = RCC_12MHZ5 | RCC_BYPASS; /* on the crystal until the PLL has settled */
	for (volatile int i = 0; i < 2000; i++)
		;
	SYSCTL_RCC = RCC_12MHZ5;
	/* Gates and pins of what programs drive too: the registers here would give them the chip. */
	SYSCTL_RCGC1 |= GATE_UART0 | GATE_UART1;
	SYSCTL_RCGC2 |= GATE_GPIOA | GATE_GPIOD;
	(void)SYSCTL_RCGC2; /* the gates take three clocks */
	(void)SYSCTL_RCGC2;
	GPIOA_AFSEL |= UART0_PINS;
	GPIOA_DEN |= UART0_PINS;
	GPIOD_AFSEL |= UART1_PINS;
	GPIOD_DEN |= UART1_PINS;
}
