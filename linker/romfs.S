/* SPDX-License-Identifier: MIT */
/* The file system image, which the linker script puts last in flash. */
	.section .romfs, "a", %progbits
	.balign	1 << CONFIG_PAGE_SHIFT
	.incbin	ROMFS_IMAGE
	.section .note.GNU-stack, "", %progbits
