# SPDX-License-Identifier: MIT
# Arm MPS2 with the AN385 (Cortex-M3) image: facts for the build.  Those for C are in board.h.

CPU           := cortex-m3
QEMU_MACHINE  := mps2-an385

# "Flash" is ZBT SSRAM 1, which the board fills from its memory card at power-on.
FLASH_BASE    := 0x00000000
FLASH_SIZE    := 4M
RAM_BASE      := 0x20000000
RAM_SIZE      := 4M

BOARD_DRIVERS := cmsdk_uart

# No debug probe writes this memory for good: the board loads it from its own USB drive.
define FLASH_HOWTO
The MPS2 loads its memory from its own USB drive (V2M_MPS2) at power-on:
  1. copy the .bin to SOFTWARE/croft.bin on that drive;
  2. MB/HBI0263C/AN385/images.txt there holds:
       [IMAGES]
       TOTALIMAGES: 1
       IMAGE0ADDRESS: 0x00000000
       IMAGE0FILE: \SOFTWARE\croft.bin
  3. eject the drive and press the ON/OFF button.
`make flash BOARD=mps2-an385 DRIVE=/media/V2M_MPS2` does step 1.
endef
