# SPDX-License-Identifier: MIT
# Arm MPS2 with the AN505 (Cortex-M33) image: facts for the build.  Those for C are in board.h.

CPU           := cortex-m33
QEMU_MACHINE  := mps2-an505

# "Flash" is ZBT SSRAM 1, which the board fills from its memory card at power-on; RAM is SSRAM 2 and 3.
FLASH_BASE    := 0x10000000
FLASH_SIZE    := 4M
RAM_BASE      := 0x38000000
RAM_SIZE      := 4M

MPS2_IMAGE    := AN505
include boards/mps2.mk
