/* SPDX-License-Identifier: MIT */
/* ELF programs.  See include/kernel/elf.h. */
#include <errno.h>
#include <kernel/elf.h>
#include <string.h>

#define EI_CLASS32     1
#define EI_DATA_LSB    1
#define ET_EXEC	       2
#define ET_DYN	       3
#define EM_ARM	       40
#define PT_LOAD	       1
#define PT_DYNAMIC     2
#define PT_GNU_STACK   0x6474e551
#define PF_X	       1
#define PF_W	       2
#define DT_REL	       17
#define DT_RELSZ       18
#define R_ARM_RELATIVE 23

struct ehdr {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version, entry, phoff, shoff, flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct phdr {
	uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

_Static_assert(sizeof(struct ehdr) == ELF_HEADER_BYTES, "ELF header");
_Static_assert(sizeof(struct phdr) == ELF_PHDR_BYTES, "ELF program header");

/* Is [@at, @at + @len) inside [@start, @start + @size)? */
static bool lies_in(uint32_t at, uint32_t len, uint32_t start, uint32_t size)
{
	return at >= start && at - start <= size && len <= size - (at - start);
}

int elf_judge_header(const void *header, uint32_t file_size, struct elf_image *image)
{
	static const uint8_t magic[6] = { 0x7f, 'E', 'L', 'F', EI_CLASS32, EI_DATA_LSB };
	struct ehdr ehdr;

	if (file_size < sizeof(ehdr))
		return -ENOEXEC;
	memcpy(&ehdr, header, sizeof(ehdr));
	if (memcmp(ehdr.ident, magic, sizeof(magic)) != 0 || ehdr.machine != EM_ARM ||
	    (ehdr.type != ET_EXEC && ehdr.type != ET_DYN) ||
	    ehdr.phentsize != sizeof(struct phdr) || ehdr.phnum == 0 ||
	    ehdr.phnum > ELF_MAX_SEGMENTS || !(ehdr.entry & 1) ||
	    !lies_in(ehdr.phoff, ehdr.phnum * (uint32_t)sizeof(struct phdr), 0, file_size))
		return -ENOEXEC;
	*image = (struct elf_image){ .entry = ehdr.entry & ~1u,
				     .phoff = ehdr.phoff,
				     .phnum = ehdr.phnum };
	return 0;
}

static int judge_load(const struct phdr *phdr, uint32_t file_size, struct elf_image *image)
{
	struct elf_segment *segment = phdr->flags & PF_W ? &image->data : &image->text;

	if (segment->memsz || phdr->memsz == 0 || ((phdr->flags & PF_W) && (phdr->flags & PF_X)) ||
	    phdr->filesz > phdr->memsz || !lies_in(phdr->offset, phdr->filesz, 0, file_size) ||
	    phdr->vaddr + phdr->memsz < phdr->vaddr)
		return -ENOEXEC;
	segment->offset = phdr->offset;
	segment->vaddr = phdr->vaddr;
	segment->filesz = phdr->filesz;
	segment->memsz = phdr->memsz;
	return 0;
}

int elf_judge_segments(const void *phdrs, uint32_t file_size, struct elf_image *image)
{
	const struct elf_segment *text = &image->text, *data = &image->data;

	for (uint32_t i = 0; i < image->phnum; i++) {
		struct phdr phdr;

		memcpy(&phdr, (const char *)phdrs + i * sizeof(phdr), sizeof(phdr));
		if (phdr.type == PT_LOAD && judge_load(&phdr, file_size, image))
			return -ENOEXEC;
		if (phdr.type == PT_DYNAMIC)
			image->dynamic = phdr.vaddr;
		if (phdr.type == PT_GNU_STACK)
			image->stack_size = phdr.memsz;
	}
	/* Text stays where it is in the file, which begins at a page: what is aligned stays so. */
	if (text->memsz == 0 || text->filesz != text->memsz || ((text->vaddr ^ text->offset) & 7) ||
	    !lies_in(image->entry, 2, text->vaddr, text->filesz))
		return -ENOEXEC;
	if (data->memsz && (data->vaddr & 7 || (data->vaddr <= text->vaddr + text->memsz &&
						text->vaddr <= data->vaddr + data->memsz)))
		return -ENOEXEC;
	return 0;
}

/* Read a word of the text segment by its linked address.  false: it is not in there. */
static bool text_word(const struct elf_image *image, const void *text, uint32_t vaddr,
		      uint32_t *word)
{
	if (!lies_in(vaddr, 4, image->text.vaddr, image->text.filesz))
		return false;
	memcpy(word, (const char *)text + (vaddr - image->text.vaddr), 4);
	return true;
}

/* Find the table of relocations.  0, or -ENOEXEC; *@size 0: there is none. */
static int find_relocations(const struct elf_image *image, const void *text, uint32_t *table,
			    uint32_t *size)
{
	uint32_t at = image->dynamic, tag, value;

	*table = *size = 0;
	if (!at)
		return 0;
	for (;; at += 8) {
		if (!text_word(image, text, at, &tag) || !text_word(image, text, at + 4, &value))
			return -ENOEXEC;
		if (tag == 0)
			return 0;
		if (tag == DT_REL)
			*table = value;
		if (tag == DT_RELSZ)
			*size = value;
	}
}

/* Move a word with the window that it points into; the end of a window belongs to it. */
static bool relocate_word(const struct elf_image *image, uint32_t *word, uint32_t text_at,
			  uint32_t data_at)
{
	uint32_t in_text = *word - image->text.vaddr, in_data = *word - image->data.vaddr;

	if (in_text <= image->text.memsz)
		*word = text_at + in_text;
	else if (in_data <= image->data.memsz)
		*word = data_at + in_data;
	else
		return false;
	return true;
}

/* The records are judged as a whole, each word that one names by itself. */
int elf_relocate(const struct elf_image *image, const void *text, void *data, uint32_t text_at,
		 uint32_t data_at)
{
	uint32_t table, size, room = image->data.memsz;
	const uint32_t *record, *end;
	int err = find_relocations(image, text, &table, &size);

	size &= ~7u;
	if (err || size == 0)
		return err;
	if (!lies_in(table, size, image->text.vaddr, image->text.filesz) || (table & 3))
		return -ENOEXEC;
	record = (const void *)((const char *)text + (table - image->text.vaddr));
	for (end = record + size / 4; record < end; record += 2) {
		uint32_t at = record[0] - image->data.vaddr;

		if (record[1] != R_ARM_RELATIVE || at >= room || room - at < 4 || (at & 3) ||
		    !relocate_word(image, (void *)((char *)data + at), text_at, data_at))
			return -ENOEXEC;
	}
	return 0;
}
