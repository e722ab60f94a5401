/* SPDX-License-Identifier: MIT */
/*
 * kernel/elf.c, which trusts nothing in a file: a sound program is read right, each thing that may
 * be wrong is refused, and no damage anywhere makes it read or write outside what it was given
 * (the sanitizers watch).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <kernel/elf.h>

#define TEXT_AT	  0x10000000u /* as linked */
#define DATA_AT	  0x20000000u
#define TEXT_SIZE 0x180u
#define DATA_OFF  0x180u
#define DATA_FILE 0x20u
#define DATA_MEM  0x60u
#define FILE_SIZE (DATA_OFF + DATA_FILE)
#define DYNAMIC	  0x120u
#define RELOCS	  0x140u
#define NRELOCS	  3u

#define TEXT_NOW 0x00008000u /* as loaded */
#define DATA_NOW 0x20003000u

struct file {
	uint8_t bytes[FILE_SIZE];
};

static void put16(struct file *file, uint32_t at, unsigned int value)
{
	file->bytes[at] = (uint8_t)value;
	file->bytes[at + 1] = (uint8_t)(value >> 8);
}

static void put32(struct file *file, uint32_t at, uint32_t value)
{
	put16(file, at, value & 0xffff);
	put16(file, at + 2, value >> 16);
}

static void put_phdr(struct file *file, unsigned int i, const uint32_t words[8])
{
	for (unsigned int k = 0; k < 8; k++)
		put32(file, ELF_HEADER_BYTES + i * ELF_PHDR_BYTES + 4 * k, words[k]);
}

/* A sound program: text, data, dynamic, stack; three words to relocate. */
static struct file sound(void)
{
	static const uint8_t ident[] = { 0x7f, 'E', 'L', 'F', 1, 1, 1 };
	struct file file = { { 0 } };

	memcpy(file.bytes, ident, sizeof(ident));
	put16(&file, 16, 2);
	put16(&file, 18, 40);
	put32(&file, 24, TEXT_AT + 0x101);
	put32(&file, 28, ELF_HEADER_BYTES);
	put16(&file, 42, ELF_PHDR_BYTES);
	put16(&file, 44, 4);
	put_phdr(&file, 0, (uint32_t[]){ 1, 0, TEXT_AT, 0, TEXT_SIZE, TEXT_SIZE, 5, 4 });
	put_phdr(&file, 1, (uint32_t[]){ 1, DATA_OFF, DATA_AT, 0, DATA_FILE, DATA_MEM, 6, 4 });
	put_phdr(&file, 2, (uint32_t[]){ 2, DYNAMIC, TEXT_AT + DYNAMIC, 0, 32, 32, 4, 4 });
	put_phdr(&file, 3, (uint32_t[]){ 0x6474e551, 0, 0, 0, 0, 2048, 6, 4 });
	put32(&file, DYNAMIC, 17); /* DT_REL */
	put32(&file, DYNAMIC + 4, TEXT_AT + RELOCS);
	put32(&file, DYNAMIC + 8, 18); /* DT_RELSZ */
	put32(&file, DYNAMIC + 12, NRELOCS * 8);
	for (uint32_t i = 0; i < NRELOCS; i++) {
		put32(&file, RELOCS + 8 * i, DATA_AT + 4 * i);
		put32(&file, RELOCS + 8 * i + 4, 23);
	}
	put32(&file, DATA_OFF, TEXT_AT + 0x11);
	put32(&file, DATA_OFF + 4, DATA_AT + 0x40);
	put32(&file, DATA_OFF + 8, DATA_AT + DATA_MEM); /* one past the end is a pointer, too */
	return file;
}

/* Load it as the kernel does, into memory of exactly the size that it asks for. */
static int load(const struct file *file, uint32_t *words)
{
	struct elf_image image;
	struct elf_relocs relocs;
	uint8_t *text = NULL, *data = NULL;
	int err = elf_judge_header(file->bytes, FILE_SIZE, &image);

	if (!err)
		err = elf_judge_segments(file->bytes + image.phoff, FILE_SIZE, &image);
	if (!err && image.data.memsz > 1 << 20)
		return -ENOMEM; /* what the page allocator would say */
	if (!err) {
		/* Copies of their own, so that the sanitizer knows their ends. */
		text = malloc(image.text.filesz);
		memcpy(text, file->bytes + image.text.offset, image.text.filesz);
		data = calloc(1, image.data.memsz + 1);
		memcpy(data, file->bytes + image.data.offset, image.data.filesz);
		err = elf_find_relocations(&image, text, &relocs);
		while (!err && relocs.at < relocs.end)
			err = elf_relocate(&image, &relocs, 2, text, (uint32_t *)(void *)data,
					   TEXT_NOW, DATA_NOW);
		if (!err && words)
			memcpy(words, data, NRELOCS * 4);
	}
	free(text);
	free(data);
	return err;
}

static void test_sound(void **state)
{
	struct file file = sound();
	struct elf_image image;
	uint32_t words[NRELOCS];

	(void)state;
	assert_int_equal(elf_judge_header(file.bytes, FILE_SIZE, &image), 0);
	assert_int_equal(elf_judge_segments(file.bytes + image.phoff, FILE_SIZE, &image), 0);
	assert_int_equal(image.entry, TEXT_AT + 0x100);
	assert_int_equal(image.stack_size, 2048);
	assert_int_equal(image.data.memsz, DATA_MEM);
	assert_int_equal(load(&file, words), 0);
	assert_int_equal(words[0], TEXT_NOW + 0x11);
	assert_int_equal(words[1], DATA_NOW + 0x40);
	assert_int_equal(words[2], DATA_NOW + DATA_MEM);
}

#define PHDR(i, word) (ELF_HEADER_BYTES + ELF_PHDR_BYTES * (i) + 4 * (word))

/* Each is one word or half-word of a sound file made wrong. */
static void adversary_40_refused(void **state)
{
	static const struct {
		const char *what;
		uint32_t at;
		uint32_t value;
		unsigned int size;
	} damages[] = {
		{ "no ELF", 0, 0x464c4500, 4 },
		{ "64 bits", 4, 2, 1 },
		{ "big endian", 5, 2, 1 },
		{ "another machine", 18, 62, 2 },
		{ "an object file", 16, 1, 2 },
		{ "entry in Arm state", 24, TEXT_AT + 0x100, 4 },
		{ "entry outside the text", 24, TEXT_AT + TEXT_SIZE + 1, 4 },
		{ "entry in the data", 24, DATA_AT + 1, 4 },
		{ "headers past the end", 28, FILE_SIZE, 4 },
		{ "headers that wrap", 28, 0xfffffff0, 4 },
		{ "too many headers", 44, ELF_MAX_SEGMENTS + 1, 2 },
		{ "no headers", 44, 0, 2 },
		{ "headers of another size", 42, 40, 2 },
		{ "text past the end of the file", PHDR(0, 4), FILE_SIZE + 1, 4 },
		{ "text with bss", PHDR(0, 5), TEXT_SIZE + 4, 4 },
		{ "text offset that wraps", PHDR(0, 1), 0xfffffff8, 4 },
		{ "text that is not aligned as linked", PHDR(0, 1), 4, 4 },
		{ "text address that wraps", PHDR(0, 2), 0xffffff00, 4 },
		{ "data past the end of the file", PHDR(1, 1), FILE_SIZE, 4 },
		{ "data, file bytes over memory", PHDR(1, 5), DATA_FILE - 1, 4 },
		{ "data address that wraps", PHDR(1, 2), 0xfffffff0, 4 },
		{ "data over text", PHDR(1, 2), TEXT_AT + 0x100, 4 },
		{ "data to write and execute", PHDR(1, 6), 7, 4 },
		{ "two texts", PHDR(1, 6), 5, 4 },
		{ "two datas", PHDR(0, 6), 6, 4 },
		{ "dynamic outside the text", PHDR(2, 2), DATA_AT, 4 },
		{ "dynamic without an end", DYNAMIC + 16, 1, 4 },
		{ "relocations outside the text", DYNAMIC + 4, TEXT_AT + TEXT_SIZE - 4, 4 },
		{ "relocations without end", DYNAMIC + 12, 0xfffffff8, 4 },
		{ "a relocation of another kind", RELOCS + 4, 2, 4 },
		{ "a relocation of the text", RELOCS, TEXT_AT, 4 },
		{ "a relocation past the data", RELOCS, DATA_AT + DATA_MEM - 3, 4 },
		{ "a relocation that is not aligned", RELOCS, DATA_AT + 1, 4 },
		{ "a word that points nowhere", DATA_OFF, 0x30000000, 4 },
		{ "a word past the data", DATA_OFF + 8, DATA_AT + DATA_MEM + 1, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
		struct file file = sound();

		if (damages[i].size == 4)
			put32(&file, damages[i].at, damages[i].value);
		else if (damages[i].size == 2)
			put16(&file, damages[i].at, damages[i].value);
		else
			file.bytes[damages[i].at] = (uint8_t)damages[i].value;
		if (strcmp(damages[i].what, "dynamic without an end") == 0)
			for (uint32_t at = DYNAMIC + 16; at < TEXT_SIZE; at += 8)
				put32(&file, at, 1);
		if (load(&file, NULL) != -ENOEXEC)
			fail_msg("not refused: %s", damages[i].what);
	}
}

static void test_cut(void **state)
{
	struct file file = sound();
	struct elf_image image;

	(void)state;
	for (uint32_t size = 0; size < FILE_SIZE; size++) {
		uint8_t *cut = malloc(size + 1);
		int err;

		memcpy(cut, file.bytes, size);
		err = elf_judge_header(cut, size, &image);
		if (!err)
			err = elf_judge_segments(cut + image.phoff, size, &image);
		assert_int_equal(err, -ENOEXEC);
		free(cut);
	}
}

/* A dynamic section may be long, but not so long that reading it takes long. */
static void test_long_dynamic(void **state)
{
	static uint8_t text[(ELF_MAX_DYNAMIC + 1) * 8];
	struct elf_image image = {
		.text = { .vaddr = TEXT_AT, .filesz = sizeof(text), .memsz = sizeof(text) },
		.dynamic = TEXT_AT
	};
	struct elf_relocs relocs;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i += 8)
		text[i] = 1;
	text[(ELF_MAX_DYNAMIC - 1) * 8] = 0;
	assert_int_equal(elf_find_relocations(&image, text, &relocs), 0);
	text[(ELF_MAX_DYNAMIC - 1) * 8] = 1;
	text[ELF_MAX_DYNAMIC * 8] = 0;
	assert_int_equal(elf_find_relocations(&image, text, &relocs), -ENOEXEC);
}

/* Every byte, every value: whatever it says, the sanitizers must not. */
static void adversary_40_every_byte(void **state)
{
	(void)state;
	for (uint32_t at = 0; at < FILE_SIZE; at++)
		for (unsigned int value = 0; value < 256; value++) {
			struct file file = sound();

			file.bytes[at] = (uint8_t)value;
			load(&file, NULL);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sound),
		cmocka_unit_test(adversary_40_refused),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_long_dynamic),
		cmocka_unit_test(adversary_40_every_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "../../../kernel/elf.c"
