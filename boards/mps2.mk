# SPDX-License-Identifier: MIT
# What the images of the Arm MPS2 have in common.  MPS2_IMAGE: its name, as on the board's drive.

BOARD_DRIVERS := cmsdk_uart

# No debug probe writes this memory for good: the board loads it from its own USB drive.
define FLASH_HOWTO
The MPS2 loads its memory from its own USB drive (V2M_MPS2) at power-on:
  1. copy the .bin to SOFTWARE/croft.bin on that drive;
  2. MB/HBI0263C/$(MPS2_IMAGE)/images.txt there holds:
       [IMAGES]
       TOTALIMAGES: 1
       IMAGE0ADDRESS: $(FLASH_BASE)
       IMAGE0FILE: \SOFTWARE\croft.bin
  3. eject the drive and press the ON/OFF button.
`make flash BOARD=$(BOARD) DRIVE=/media/V2M_MPS2` does step 1.
endef
