# SPDX-License-Identifier: MIT
# Netduino Plus 2 (STM32F405RG): facts for the build.  Those for C are in board.h.

CPU           := cortex-m4
QEMU_MACHINE  := netduinoplus2

# The flash is seen at 0, too, where the processor looks for its vectors at reset.
FLASH_BASE    := 0x08000000
FLASH_SIZE    := 1M
RAM_BASE      := 0x20000000
RAM_SIZE      := 128K

# An image made for one command leaves out the programs that the command does not name: all tests are more than 1 MiB.
FLASH_SMALL   := y

BOARD_DRIVERS := stm32_usart

# The debug probe, which the board does not have on it, and the processor.
OPENOCD_CFG   := interface/stlink.cfg target/stm32f4x.cfg
