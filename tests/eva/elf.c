/* SPDX-License-Identifier: MIT */
/* A program of any bytes and any length, as exec.c reads it: header, segments, relocations. */
#include "eva.h"

#include <kernel/elf.h>

#define FILE_MAX (16u << 20) /* more than any memory of a board */

static uint8_t header[ELF_HEADER_BYTES], phdrs[ELF_MAX_SEGMENTS * ELF_PHDR_BYTES], text[FILE_MAX];
static uint32_t data[FILE_MAX / 4];

int main(void)
{
	struct elf_image image;
	struct elf_relocs relocs;
	uint32_t file_size = any_of(0, FILE_MAX);

	any_bytes(header, sizeof(header));
	if (elf_judge_header(header, file_size, &image))
		return 1;
	any_bytes(phdrs, sizeof(phdrs));
	if (elf_judge_segments(phdrs, file_size, &image))
		return 1;
	/* The text lies in the file; for the data there was memory, or the program is not started. */
	/*@ assert image.text.filesz <= FILE_MAX; */
	if (image.data.memsz > FILE_MAX)
		return 1;
	any_bytes(text, sizeof(text));
	any_bytes((uint8_t *)data, sizeof(data));
	if (elf_find_relocations(&image, text, &relocs))
		return 1;
	/*@ loop invariant relocs_are_sound(&relocs, &image);
	  @ loop assigns relocs, data[..], Frama_C_entropy_source;
	  @*/
	while (relocs.at < relocs.end)
		if (elf_relocate(&image, &relocs, any(), text, data, any(), any()))
			return 1;
	return 0;
}
