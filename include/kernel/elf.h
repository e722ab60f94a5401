/* SPDX-License-Identifier: MIT */
/*
 * Reading a program's ELF headers and relocations.  Nothing in the file is trusted: every number
 * is checked against the file and against the two segments before it is used.
 *
 * Pure: no state, no memory but what is passed in.
 *
 * Source: System V ABI, ELF for the Arm Architecture (R_ARM_RELATIVE).
 */
#ifndef KERNEL_ELF_H
#define KERNEL_ELF_H

#include <kernel/types.h>

#define ELF_HEADER_BYTES 52
#define ELF_PHDR_BYTES	 32
#define ELF_MAX_SEGMENTS 12

struct elf_segment {
	uint32_t offset; /* in the file */
	uint32_t vaddr;	 /* as linked */
	uint32_t filesz, memsz;
};

struct elf_image {
	struct elf_segment text; /* read and execute */
	struct elf_segment data; /* read and write; memsz 0: there is none */
	uint32_t entry;		 /* as linked, without the Thumb bit */
	uint32_t dynamic;	 /* vaddr of the dynamic section; 0: none */
	uint32_t stack_size;	 /* 0: the file does not say */
	uint32_t phoff, phnum;
};

/**
 * elf_judge_header - is it a program for this machine, and where are its segments told?
 * @header: the first ELF_HEADER_BYTES of the file
 *
 * Return: 0, or -ENOEXEC.
 */
int elf_judge_header(const void *header, uint32_t file_size, struct elf_image *image);

/**
 * elf_judge_segments - find text, data and the rest
 * @phdrs: image->phnum records of ELF_PHDR_BYTES
 *
 * Return: 0, or -ENOEXEC: not one text and at most one data segment, overlaps, lengths that
 *	   wrap, file bytes that are not there, a segment to write and execute, an entry outside.
 */
int elf_judge_segments(const void *phdrs, uint32_t file_size, struct elf_image *image);

/**
 * elf_relocate - add to each relocated word where its window really is
 * @text: where the text segment is, image->text.filesz bytes
 * @data: where the data segment is, image->data.memsz bytes; words in it are changed
 * @text_at, @data_at: the addresses by which the program will know them
 *
 * Return: 0, or -ENOEXEC: a record of another kind, outside the data, or a word that points into
 *	   neither window; the data is then half relocated.
 */
int elf_relocate(const struct elf_image *image, const void *text, void *data, uint32_t text_at,
		 uint32_t data_at);

#endif
