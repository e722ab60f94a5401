/* SPDX-License-Identifier: MIT */
/* ELF programs.  See include/kernel/elf.h. */
#include <errno.h>
#include <kernel/elf.h>
#include <lib/bytes.h>

#define MAGIC	       0x464c457fu /* "\x7f" "ELF" */
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

/* Where things are in the ELF header. */
#define E_CLASS	    4
#define E_DATA	    5
#define E_TYPE	    16
#define E_MACHINE   18
#define E_ENTRY	    24
#define E_PHOFF	    28
#define E_PHENTSIZE 42
#define E_PHNUM	    44

struct phdr {
	uint32_t type, offset, vaddr, filesz, memsz, flags;
};

/* Is [@at, @at + @len) inside [@start, @start + @size)? */
/*@ assigns \nothing;
  @ ensures \result <==> lies_in(at, len, start, size);
  @*/
static bool lies_in(uint32_t at, uint32_t len, uint32_t start, uint32_t size)
{
	return at >= start && at - start <= size && len <= size - (at - start);
}

int elf_judge_header(const uint8_t *header, uint32_t file_size, struct elf_image *image)
{
	uint32_t type, phnum, phoff, entry;

	if (file_size < ELF_HEADER_BYTES)
		return -ENOEXEC;
	type = get_le16(header + E_TYPE);
	phnum = get_le16(header + E_PHNUM);
	phoff = get_le32(header + E_PHOFF);
	entry = get_le32(header + E_ENTRY);
	if (get_le32(header) != MAGIC || header[E_CLASS] != EI_CLASS32 ||
	    header[E_DATA] != EI_DATA_LSB || get_le16(header + E_MACHINE) != EM_ARM ||
	    (type != ET_EXEC && type != ET_DYN) ||
	    get_le16(header + E_PHENTSIZE) != ELF_PHDR_BYTES || phnum == 0 ||
	    phnum > ELF_MAX_SEGMENTS || !(entry & 1) ||
	    !lies_in(phoff, phnum * ELF_PHDR_BYTES, 0, file_size))
		return -ENOEXEC;
	*image = (struct elf_image){ .entry = entry & ~1u, .phoff = phoff, .phnum = phnum };
	return 0;
}

/*@ requires \valid_read(at + (0 .. ELF_PHDR_BYTES - 1)) && \valid(phdr);
  @ requires \separated(phdr, at + (0 .. ELF_PHDR_BYTES - 1));
  @ assigns *phdr;
  @*/
static void get_phdr(const uint8_t *at, struct phdr *phdr)
{
	phdr->type = get_le32(at);
	phdr->offset = get_le32(at + 4);
	phdr->vaddr = get_le32(at + 8);
	phdr->filesz = get_le32(at + 16);
	phdr->memsz = get_le32(at + 20);
	phdr->flags = get_le32(at + 24);
}

/*@ requires \valid_read(phdr) && \valid(image) && \separated(phdr, image);
  @ requires segment_is_sound(&image->text, file_size);
  @ requires segment_is_sound(&image->data, file_size);
  @ assigns image->text, image->data;
  @ ensures segment_is_sound(&image->text, file_size);
  @ ensures segment_is_sound(&image->data, file_size);
  @*/
static int judge_load(const struct phdr *phdr, uint32_t file_size, struct elf_image *image)
{
	bool is_data = phdr->flags & PF_W;
	struct elf_segment *segment = is_data ? &image->data : &image->text;

	if (segment->memsz || phdr->memsz == 0 || (is_data && (phdr->flags & PF_X)) ||
	    phdr->filesz > phdr->memsz || !lies_in(phdr->offset, phdr->filesz, 0, file_size) ||
	    phdr->memsz > UINT32_MAX - phdr->vaddr)
		return -ENOEXEC;
	segment->offset = phdr->offset;
	segment->vaddr = phdr->vaddr;
	segment->filesz = phdr->filesz;
	segment->memsz = phdr->memsz;
	return 0;
}

int elf_judge_segments(const uint8_t *phdrs, uint32_t file_size, struct elf_image *image)
{
	const struct elf_segment *text = &image->text, *data = &image->data;

	/*@ loop invariant 0 <= i <= image->phnum;
	  @ loop invariant segment_is_sound(&image->text, file_size);
	  @ loop invariant segment_is_sound(&image->data, file_size);
	  @ loop assigns i, image->text, image->data, image->dynamic, image->stack_size;
	  @ loop variant image->phnum - i;
	  @*/
	for (uint32_t i = 0; i < image->phnum; i++) {
		struct phdr phdr;

		get_phdr(phdrs + i * ELF_PHDR_BYTES, &phdr);
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

int elf_find_relocations(const struct elf_image *image, const uint8_t *text,
			 struct elf_relocs *relocs)
{
	const struct elf_segment *segment = &image->text;
	uint32_t left = ELF_MAX_DYNAMIC, at = image->dynamic - segment->vaddr;
	uint32_t table = 0, size = 0;

	relocs->at = relocs->end = 0;
	if (!image->dynamic)
		return 0;
	if (image->dynamic < segment->vaddr)
		return -ENOEXEC;
	/*@ loop invariant left <= ELF_MAX_DYNAMIC && size % 8 == 0;
	  @ loop assigns left, at, table, size;
	  @ loop variant left;
	  @*/
	for (;; at += 8, left--) {
		uint32_t tag;

		if (left == 0 || at > segment->filesz || segment->filesz - at < 8)
			return -ENOEXEC;
		tag = get_le32(text + at);
		if (tag == 0)
			break;
		if (tag == DT_REL)
			table = get_le32(text + at + 4);
		if (tag == DT_RELSZ)
			size = get_le32(text + at + 4) / 8 * 8;
	}
	if (size == 0)
		return 0;
	if (!lies_in(table, size, segment->vaddr, segment->filesz))
		return -ENOEXEC;
	relocs->at = table - segment->vaddr;
	relocs->end = relocs->at + size;
	return 0;
}

/* Move a word with the window that it points into; the end of a window belongs to it. */
/*@ requires \valid_read(image) && \valid(word) && \separated(image, word);
  @ assigns *word;
  @*/
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

/* Where they lie was judged as a whole; each word that one names is by itself. */
int elf_relocate(const struct elf_image *image, struct elf_relocs *relocs, uint32_t most,
		 const uint8_t *text, uint32_t *data, uint32_t text_at, uint32_t data_at)
{
	uint32_t room = image->data.memsz, i = relocs->at, end = relocs->end;

	if ((end - i) / 8 > most)
		end = i + most * 8;
	/*@ loop invariant relocs->at <= i <= end && (end - i) % 8 == 0;
	  @ loop assigns i, data[0 .. room / 4 - 1];
	  @ loop variant end - i;
	  @*/
	for (; i < end; i += 8) {
		uint32_t at = get_le32(text + i) - image->data.vaddr;

		if (get_le32(text + i + 4) != R_ARM_RELATIVE || at >= room || room - at < 4 ||
		    at % 4 != 0 || !relocate_word(image, &data[at / 4], text_at, data_at))
			return -ENOEXEC;
	}
	relocs->at = end;
	return 0;
}
