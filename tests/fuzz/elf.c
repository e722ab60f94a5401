/* SPDX-License-Identifier: MIT */
/*
 * kernel/elf.c: the input is a program file.  It is loaded as kernel/load.c does, into memory of
 * exactly the lengths that were judged, so that the sanitizer sees every byte too far.
 *
 * A program that is taken must be sound: text in the file, entry in the text, data apart from
 * it; and relocating changes nothing but words of the data, each to where it points now.
 */
#include "fuzz.h"

#include <errno.h>
#include <kernel/elf.h>

#define LARGEST_DATA 0x10000u
#define STEP	     3u /* relocations */
#define TEXT_AT	     0x00040000u
#define DATA_AT	     0x20008000u

static bool lies_in(uint64_t at, uint64_t len, uint64_t start, uint64_t size)
{
	return at >= start && at + len <= start + size;
}

static void check_image(const struct elf_image *image, size_t size)
{
	const struct elf_segment *text = &image->text, *data = &image->data;

	CHECK(text->memsz && lies_in(text->offset, text->filesz, 0, size));
	CHECK(text->filesz == text->memsz && lies_in(text->vaddr, text->memsz, 0, 1ull << 32));
	CHECK(lies_in(image->entry, 2, text->vaddr, text->memsz) && !(image->entry & 1));
	if (!data->memsz)
		return;
	CHECK(lies_in(data->offset, data->filesz, 0, size) && data->filesz <= data->memsz);
	CHECK(lies_in(data->vaddr, data->memsz, 0, 1ull << 32) && data->vaddr % 8 == 0);
	/* Apart, so that the end of one is not the start of the other. */
	CHECK((uint64_t)data->vaddr + data->memsz < text->vaddr ||
	      (uint64_t)text->vaddr + text->memsz < data->vaddr);
}

/* Is the word what a relocated one may be?  Relocated twice, it may point anywhere. */
static void check_words(const struct elf_image *image, const uint8_t *before, const uint8_t *after)
{
	for (uint32_t at = 0; at + 4 <= image->data.memsz; at += 4) {
		uint32_t was, is;

		memcpy(&was, before + at, 4);
		memcpy(&is, after + at, 4);
		if (was == is)
			continue;
		CHECK((was >= image->text.vaddr && was - image->text.vaddr <= image->text.memsz) ||
		      (was >= image->data.vaddr && was - image->data.vaddr <= image->data.memsz));
	}
	for (uint32_t at = image->data.memsz & ~3u; at < image->data.memsz; at++)
		CHECK(before[at] == after[at]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint8_t *text, *data, *phdrs, *before;
	struct elf_image image;
	struct elf_relocs relocs;
	uint8_t *file = fuzz_copy(bytes, size);
	int err = elf_judge_header(file, (uint32_t)size, &image);

	if (!err) {
		CHECK(image.phnum <= ELF_MAX_SEGMENTS);
		CHECK(lies_in(image.phoff, image.phnum * ELF_PHDR_BYTES, 0, size));
		phdrs = fuzz_copy(file + image.phoff, image.phnum * ELF_PHDR_BYTES);
		err = elf_judge_segments(phdrs, (uint32_t)size, &image);
		free(phdrs);
	}
	CHECK(err == 0 || err == -ENOEXEC);
	if (!err)
		check_image(&image, size);
	if (!err && image.data.memsz <= LARGEST_DATA) {
		text = fuzz_copy(file + image.text.offset, image.text.filesz);
		data = calloc(1, image.data.memsz + !image.data.memsz);
		if (image.data.memsz)
			memcpy(data, file + image.data.offset, image.data.filesz);
		before = fuzz_copy(data, image.data.memsz);
		err = elf_find_relocations(&image, text, &relocs);
		while (!err && relocs.at < relocs.end)
			err = elf_relocate(&image, &relocs, STEP, text, (uint32_t *)(void *)data,
					   TEXT_AT, DATA_AT);
		CHECK(err == 0 || err == -ENOEXEC);
		if (image.data.memsz)
			check_words(&image, before, data);
		free(before);
		free(data);
		free(text);
	}
	free(file);
	return 0;
}
