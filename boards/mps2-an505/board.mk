# SPDX-License-Identifier: MIT
# Arm MPS2 with the AN505 (Cortex-M33) image: facts for the build.  Those for C are in board.h.

CPU           := cortex-m33
QEMU_MACHINE  := mps2-an505

# "Flash" is ZBT SSRAM 1, which the board fills from its memory card at power-on; RAM is SSRAM 2 and 3.
FLASH_BASE    := 0x10000000
FLASH_SIZE    := 4M
RAM_BASE      := 0x38000000
RAM_SIZE      := 4M

BOARD_DRIVERS := cmsdk_uart

# No debug probe writes this memory for good: the board loads it from its own USB drive.
define FLASH_HOWTO
The MPS2 loads its memory from its own USB drive (V2M_MPS2) at power-on:
  1. copy the .bin to SOFTWARE/croft.bin on that drive;
  2. MB/HBI0263C/AN505/images.txt there holds:
       [IMAGES]
       TOTALIMAGES: 1
       IMAGE0ADDRESS: 0x10000000
       IMAGE0FILE: \SOFTWARE\croft.bin
  3. eject the drive and press the ON/OFF button.
`make flash BOARD=mps2-an505 DRIVE=/media/V2M_MPS2` does step 1.
endef
