/* SPDX-License-Identifier: MIT */
/*
 * The kernel in flash and RAM.  Goes through the C preprocessor, which puts in the facts of
 * the board (board.mk) and the configuration.
 *
 *	flash	.vectors .text .rodata  |  .data as stored  |  romfs, to the last of it
 *	RAM	stack | .data .bss .noinit | free, from the next page on
 *
 * The stack lies first so that an overflow runs off the start of RAM, and faults.
 */

#define PAGE (1 << CONFIG_PAGE_SHIFT)

ENTRY(reset)

MEMORY {
	FLASH (rx) : ORIGIN = FLASH_BASE, LENGTH = FLASH_SIZE
	RAM (rw) : ORIGIN = RAM_BASE, LENGTH = RAM_SIZE
}

SECTIONS {
	.vectors : {
		__vectors = .;
		KEEP(*(.vectors))
	} > FLASH

	.text : {
		__text_start = .;
		*(.text .text.*)
		. = ALIGN(4);
		__text_end = .;
	} > FLASH

	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(4);
	} > FLASH

	.ARM.extab : { *(.ARM.extab .ARM.extab.*) } > FLASH
	.ARM.exidx : { *(.ARM.exidx .ARM.exidx.*) } > FLASH

	.stack (NOLOAD) : {
		__kernel_ram_start = .;
		__stack_start = .;
		. += CONFIG_KERNEL_STACK_SIZE;
		__stack_end = .;
	} > RAM

	.data : ALIGN(8) {
		__data_start = .;
		*(.data .data.*)
		. = ALIGN(4);
		__data_end = .;
	} > RAM AT > FLASH
	__data_load = LOADADDR(.data);

	.bss (NOLOAD) : ALIGN(8) {
		__bss_start = .;
		*(.bss .bss.* COMMON)
		. = ALIGN(8);
		__bss_end = .;
	} > RAM

	/* What a reset leaves as it was: the log, with the epitaph of a panic. */
	.noinit (NOLOAD) : ALIGN(8) {
		*(.noinit .noinit.*)
		. = ALIGN(8);
		__noinit_end = .;
	} > RAM

	__kernel_ram_end = ALIGN(__noinit_end, PAGE);

	/* Each file in the volume starts on a page, counted from the start of the volume. */
	.romfs : ALIGN(PAGE) {
		__romfs_start = .;
		KEEP(*(.romfs))
		__romfs_end = .;
	} > FLASH

	__flash_end = ORIGIN(FLASH) + LENGTH(FLASH);

	/DISCARD/ : { *(.note.GNU-stack) }
}

ASSERT(__vectors == FLASH_BASE, "the vectors do not lie at the start of flash")
ASSERT(SIZEOF(.vectors) >= 64, "there is no vector table: is .vectors filled?")
ASSERT(__stack_start == RAM_BASE, "the kernel stack does not lie at the start of RAM")
ASSERT(__stack_end % 8 == 0, "CONFIG_KERNEL_STACK_SIZE is no multiple of 8")
ASSERT(__kernel_ram_end <= ORIGIN(RAM) + LENGTH(RAM), "the kernel's data do not fit the RAM")
ASSERT(__romfs_start % PAGE == 0, "the romfs volume does not start on a page")
ASSERT(__romfs_end == __romfs_start || __romfs_start >= __data_load + (__data_end - __data_start),
       "the romfs volume is not last in flash")
