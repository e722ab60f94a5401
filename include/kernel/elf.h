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
#define ELF_MAX_SEGMENTS 8
#define ELF_MAX_DYNAMIC	 64 /* records of the dynamic section */

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

/*
 * What of a segment is certain once it was judged, and what elf_relocate() rests on: its bytes
 * are in the file, and neither they nor its addresses wrap.  A segment with memsz 0 is none.
 */
/*@ predicate lies_in(integer at, integer len, integer start, integer size) =
  @   start <= at && at + len <= start + size;
  @
  @ predicate segment_is_sound(struct elf_segment *segment, integer file_size) =
  @   segment->filesz <= segment->memsz &&
  @   (segment->memsz > 0 ==> lies_in(segment->offset, segment->filesz, 0, file_size) &&
  @                           segment->vaddr + segment->memsz <= UINT32_MAX);
  @*/

/**
 * elf_judge_header - is it a program for this machine, and where are its segments told?
 * @header: the first ELF_HEADER_BYTES of the file
 *
 * Return: 0, or -ENOEXEC.
 */
/*@ requires file_size < ELF_HEADER_BYTES || \valid_read(header + (0 .. ELF_HEADER_BYTES - 1));
  @ requires \valid(image) && \separated(image, header + (0 .. ELF_HEADER_BYTES - 1));
  @ assigns *image;
  @ ensures \result == 0 ==> 0 < image->phnum <= ELF_MAX_SEGMENTS &&
  @         lies_in(image->phoff, image->phnum * ELF_PHDR_BYTES, 0, file_size) &&
  @         image->text.memsz == image->text.filesz == 0 &&
  @         image->data.memsz == image->data.filesz == 0;
  @*/
int elf_judge_header(const uint8_t *header, uint32_t file_size, struct elf_image *image);

/**
 * elf_judge_segments - find text, data and the rest
 * @phdrs: image->phnum records of ELF_PHDR_BYTES
 *
 * Return: 0, or -ENOEXEC: not one text and at most one data segment, overlaps, lengths that
 *	   wrap, file bytes that are not there, a segment to write and execute, an entry outside.
 */
/*@ requires \valid(image) && image->phnum <= ELF_MAX_SEGMENTS;
  @ requires \valid_read(phdrs + (0 .. image->phnum * ELF_PHDR_BYTES - 1));
  @ requires \separated(image, phdrs + (0 .. image->phnum * ELF_PHDR_BYTES - 1));
  @ requires image->text.memsz == image->text.filesz == 0;
  @ requires image->data.memsz == image->data.filesz == 0;
  @ assigns image->text, image->data, image->dynamic, image->stack_size;
  @ ensures \result == 0 ==>
  @   segment_is_sound(&image->text, file_size) && segment_is_sound(&image->data, file_size) &&
  @   image->text.filesz == image->text.memsz > 0 &&
  @   lies_in(image->entry, 2, image->text.vaddr, image->text.memsz) &&
  @   (image->data.memsz > 0 ==>
  @     image->text.vaddr + image->text.memsz < image->data.vaddr ||
  @     image->data.vaddr + image->data.memsz < image->text.vaddr);
  @*/
int elf_judge_segments(const uint8_t *phdrs, uint32_t file_size, struct elf_image *image);

/* The relocations that are left, [@at, @end): where in the text segment, bytes. */
struct elf_relocs {
	uint32_t at, end;
};

/*@ predicate relocs_are_sound(struct elf_relocs *relocs, struct elf_image *image) =
  @   relocs->at <= relocs->end <= image->text.filesz && (relocs->end - relocs->at) % 8 == 0;
  @*/

/**
 * elf_find_relocations - where are they?
 * @text: where the text segment is, image->text.filesz bytes
 *
 * Return: 0, or -ENOEXEC: a dynamic section that is outside the text, or longer than
 *	   ELF_MAX_DYNAMIC, or relocations outside the text.
 */
/*@ requires \valid_read(image) && image->text.vaddr + image->text.filesz <= UINT32_MAX;
  @ requires \valid_read(text + (0 .. image->text.filesz - 1));
  @ requires \valid(relocs) && \separated(relocs, image, text + (0 .. image->text.filesz - 1));
  @ assigns *relocs;
  @ ensures \result == 0 ==> relocs_are_sound(relocs, image);
  @*/
int elf_find_relocations(const struct elf_image *image, const uint8_t *text,
			 struct elf_relocs *relocs);

/**
 * elf_relocate - add to relocated words where their windows really are
 * @relocs: in the text; those that are done are taken off
 * @most: so many of them
 * @text: where the text segment is, image->text.filesz bytes
 * @data: where the data segment is, image->data.memsz bytes; words in it are changed
 * @text_at, @data_at: the addresses by which the program will know them
 *
 * Return: 0, or -ENOEXEC: a record of another kind, outside the data, or a word that points into
 *	   neither window; the data is then half relocated.
 */
/*@ requires \valid_read(image) && image->text.vaddr + image->text.filesz <= UINT32_MAX;
  @ requires \valid(relocs) && relocs_are_sound(relocs, image);
  @ requires \valid_read(text + (0 .. image->text.filesz - 1));
  @ requires \valid(data + (0 .. image->data.memsz / 4 - 1));
  @ requires \separated(image, relocs, data + (0 .. image->data.memsz / 4 - 1));
  @ requires \separated(relocs, text + (0 .. image->text.filesz - 1));
  @ assigns *relocs, data[0 .. image->data.memsz / 4 - 1];
  @ ensures \result == 0 ==> relocs_are_sound(relocs, image);
  @*/
int elf_relocate(const struct elf_image *image, struct elf_relocs *relocs, uint32_t most,
		 const uint8_t *text, uint32_t *data, uint32_t text_at, uint32_t data_at);

#endif
