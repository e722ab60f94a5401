# SPDX-License-Identifier: MIT
# Arm MPS2 with the AN385 (Cortex-M3) image: facts for the build.  Those for C are in board.h.

CPU           := cortex-m3
QEMU_MACHINE  := mps2-an385

# "Flash" is ZBT SSRAM 1, which the board fills from its memory card at power-on.
FLASH_BASE    := 0x00000000
FLASH_SIZE    := 4M
RAM_BASE      := 0x20000000
RAM_SIZE      := 4M

MPS2_IMAGE    := AN385
include boards/mps2.mk
