# SPDX-License-Identifier: MIT
# Stellaris LM3S6965 evaluation kit: facts for the build.  Those for C are in board.h.

CPU           := cortex-m3
QEMU_MACHINE  := lm3s6965evb

# The flash that holds the image, and the RAM that holds the kernel's data.
FLASH_BASE    := 0x00000000
FLASH_SIZE    := 256K
RAM_BASE      := 0x20000000
RAM_SIZE      := 64K

# An image made for one command leaves out the programs that the command does not name.
FLASH_SMALL   := y

BOARD_DRIVERS := pl011

OPENOCD_CFG   := board/ek-lm3s6965.cfg
