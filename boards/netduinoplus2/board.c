/* SPDX-License-Identifier: MIT */
/*
 * Netduino Plus 2 (STM32F405RG), and other boards with an STM32F405 or F407: no crystal is used, so it does
 * not matter which one there is.  Of its pins:
 *
 *	console, USART1	PB6 sends, PB7 receives
 *	uart1, USART2	PA2 sends, PA3 receives
 *
 * PA9 and PA10, the usual ones of USART1, have another purpose on this board (USB, an LED).
 *
 * Source: ST RM0090, sections named at each register; STM32F405xx data sheet (DS8626), table 9.
 */
#include <board.h>
#include <kernel/console.h>

#define REG(addr) (*(volatile uint32_t *)(uintptr_t)(addr))

/* Reset and clock control. */
#define RCC_CR	    REG(0x40023800) /* 7.3.1 */
#define RCC_PLLCFGR REG(0x40023804) /* 7.3.2 */
#define RCC_CFGR    REG(0x40023808) /* 7.3.3 */
#define RCC_AHB1ENR REG(0x40023830) /* 7.3.10 clock gates: ports */
#define RCC_APB1ENR REG(0x40023840) /* 7.3.13 clock gates: USART2 */
#define RCC_APB2ENR REG(0x40023844) /* 7.3.14 clock gates: USART1 */
#define FLASH_ACR   REG(0x40023C00) /* 3.9.1 */

#define CR_HSIRDY (1u << 1)
#define CR_PLLON  (1u << 24)
#define CR_PLLRDY (1u << 25)

/* The internal 16 MHz: / 8 * 168 / 2, and / 7 for USB. */
#define PLLCFGR_168MHZ (8u | 168u << 6 | 0u << 16 | 7u << 24)

#define CFGR_PLL       2u
#define CFGR_IS_PLL    (2u << 2)
#define CFGR_APB_42MHZ (5u << 10 | 5u << 13) /* both buses, so that both USARTs have one clock */

/* At 168 MHz and 3.3 V: 5 wait states, hidden by prefetching and two caches (table 10). */
#define ACR_168MHZ (5u | 1u << 8 | 1u << 9 | 1u << 10)

#define GATE_GPIOA  (1u << 0)
#define GATE_GPIOB  (1u << 1)
#define GATE_USART2 (1u << 17)
#define GATE_USART1 (1u << 4)

/* Ports. */
#define GPIOA 0x40020000u
#define GPIOB 0x40020400u

#define MODER 0x00u /* 8.4.1 */
#define PUPDR 0x0cu /* 8.4.4 */
#define AFRL  0x20u /* 8.4.9 pins 0 to 7 */

#define MODE_ALTERNATE 2u
#define PULL_UP	       1u
#define AF_USART       7u /* of USART1 to 3 */

const struct uart board_console = {
	.base = 0x40011000, /* USART1 */
	.irq_rx = 37,
	.irq_tx = 37,
	.clock_hz = BOARD_UART_HZ,
};

/*
 * From the 16 MHz of reset to 168 MHz.  They are ready on every part: where they are not there is no clock
 * control, and no need of it (QEMU 7.2).
 */
static void clock_init(void)
{
	if (!(RCC_CR & CR_HSIRDY))
		return;
	RCC_PLLCFGR = PLLCFGR_168MHZ;
	RCC_CR |= CR_PLLON;
	FLASH_ACR = ACR_168MHZ;
	while (FLASH_ACR != ACR_168MHZ || !(RCC_CR & CR_PLLRDY))
		;
	RCC_CFGR = CFGR_APB_42MHZ;
	RCC_CFGR = CFGR_APB_42MHZ | CFGR_PLL;
	while (!(RCC_CFGR & CFGR_IS_PLL))
		;
}

static void set_bits(uint32_t addr, unsigned int at, uint32_t mask, uint32_t value)
{
	REG(addr) = (REG(addr) & ~(mask << at)) | value << at;
}

/* A pin below 8 becomes a USART's.  It rests at 1, also where nothing is plugged in. */
static void usart_pin(uint32_t port, unsigned int pin)
{
	set_bits(port + PUPDR, 2 * pin, 3, PULL_UP);
	set_bits(port + AFRL, 4 * pin, 0xf, AF_USART);
	set_bits(port + MODER, 2 * pin, 3, MODE_ALTERNATE);
}

void board_init(void)
{
	clock_init();
	/* Gates and pins of what programs drive too: the registers here would give them the chip. */
	RCC_AHB1ENR |= GATE_GPIOA | GATE_GPIOB;
	RCC_APB1ENR |= GATE_USART2;
	RCC_APB2ENR |= GATE_USART1;
	(void)RCC_APB2ENR; /* a gate takes two clocks of its bus: 7.3.14 and errata ES0182 2.1.13 */
	usart_pin(GPIOB, 6);
	usart_pin(GPIOB, 7);
	usart_pin(GPIOA, 2);
	usart_pin(GPIOA, 3);
}
