/* SPDX-License-Identifier: MIT */
/*
 * A core dump as bytes: an ELF file, made piece by piece.
 *
 *	ELF header | program headers | notes | the stack of the thread | all other memory
 *
 *	PT_NOTE	NT_PRSTATUS of the thread, NT_PRPSINFO, NT_SIGINFO, CROFT, NT_FILE,
 *		NT_PRSTATUS of each other thread
 *	PT_LOAD	one for each mapping; without bytes in the file where it is not dumped
 *
 * Which mapping comes next is found by the sort position of the last one, so nothing is kept but
 * numbers.  core_notes.c makes the notes.
 *
 * Source: System V ABI, chapters 4 and 5.
 */
#include <croft/mman.h>
#include <kernel/config.h>

#include "core_dump.h"

#define ELF_IDENT "\177ELF\1\1\1" /* 32 bits, little endian */
#define ET_CORE	  4
#define EM_ARM	  40
#define EF_ARM	  0x05000200u /* EABI 5, floats in software */
#define PT_LOAD	  1
#define PT_NOTE	  4
#define PF_X	  1u
#define PF_W	  2u
#define PF_R	  4u

struct elf_header {
	char ident[16];
	uint16_t type, machine;
	uint32_t version, entry, phoff, shoff, flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct program_header {
	uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

_Static_assert(sizeof(struct elf_header) == 52 && sizeof(struct program_header) == 32, "as in ELF");

/* Mappings, one after the other: first the one that the thread runs on. */

static struct vma *first_map(const struct core *core)
{
	struct vma *vma = mm_find(core->proc->mm, core->thread->stack.start);

	return vma && !vma->region->backing ? vma : NULL; /* so there is but one */
}

struct vma *core_next_map(const struct core *core)
{
	struct vma *first = first_map(core), *vma;

	if (first && !core->is_first_told)
		return first;
	vma = mm_behind(core->proc->mm, core->start, core->end, core->serial);
	if (vma && vma == first)
		vma = mm_behind(core->proc->mm, vma->start, vma->end, vma->serial);
	return vma;
}

static void pass_map(struct core *core)
{
	const struct vma *vma = core_next_map(core);

	if (!core->is_first_told && vma == first_map(core)) {
		core->is_first_told = true;
		return;
	}
	core->start = vma->start;
	core->end = vma->end;
	core->serial = vma->serial;
}

static void rewind_maps(struct core *core)
{
	core->is_first_told = false;
	core->start = core->end = core->serial = 0;
}

/* Is all of it in a mapping of the same memory that was told before? */
static bool is_told(const struct vma *vma)
{
	const struct vma *before = mm_first(vma->mm, vma->start, vma->start + 1);

	return before != vma && before->end >= vma->end;
}

/* Bytes of a mapping that are in the file: all, or none. */
static uint32_t dumped_len(const struct vma *vma)
{
	const struct region *region = vma->region;
	bool is_own = !region->is_store && !region->is_shared;
	bool is_ram = region->is_store && region->backing->kind == BACKING_RAM;

	if (!(vma->prot & PROT_READ))
		return 0;
	if (region->is_store && region->backing->kind == BACKING_DEVICE)
		return 0;
	if (!is_own && !(is_ram ? IS_ENABLED(CONFIG_CORE_SHARED) : IS_ENABLED(CONFIG_CORE_TEXT)))
		return 0;
	return is_told(vma) ? 0 : vma->end - vma->start;
}

/* Sizes. */

static uint32_t notes_off(const struct core *core)
{
	return sizeof(struct elf_header) +
	       (1 + core->nmaps) * (uint32_t)sizeof(struct program_header);
}

bool core_count(struct core *core)
{
	const struct vma *vma = core_next_map(core);
	char path[CROFT_PATH_MAX];
	uint32_t len;

	if (!vma) {
		rewind_maps(core);
		core->data_off = notes_off(core) + core_notes_len(core);
		core->size = core->data_off + core->memory_len;
		return true;
	}
	core->nmaps++;
	core->memory_len += dumped_len(vma);
	len = core_path_of(vma, path);
	if (len) {
		core->nfiles++;
		core->names_len += len + 1;
	}
	pass_map(core);
	return false;
}

/* Pieces. */

static int make_header(struct core *core, void *buf)
{
	struct elf_header *header = buf;

	*header = (struct elf_header){
		.ident = ELF_IDENT,
		.type = ET_CORE,
		.machine = EM_ARM,
		.version = 1,
		.phoff = sizeof(*header),
		.flags = EF_ARM,
		.ehsize = sizeof(*header),
		.phentsize = sizeof(struct program_header),
		.phnum = (uint16_t)(1 + core->nmaps),
	};
	return sizeof(*header);
}

static int make_note_header(struct core *core, void *buf)
{
	struct program_header *header = buf;

	*header = (struct program_header){
		.type = PT_NOTE,
		.offset = notes_off(core),
		.filesz = core_notes_len(core),
		.align = 4,
	};
	return sizeof(*header);
}

static int make_map_header(struct core *core, void *buf)
{
	struct program_header *header = buf;
	const struct vma *vma = core_next_map(core);

	if (!vma)
		return CORE_NO_PIECE;
	*header = (struct program_header){
		.type = PT_LOAD,
		.offset = core->data_off,
		.vaddr = vma->start,
		.filesz = dumped_len(vma),
		.memsz = vma->end - vma->start,
		.flags = (vma->prot & PROT_READ ? PF_R : 0) | (vma->prot & PROT_WRITE ? PF_W : 0) |
			 (vma->prot & PROT_EXEC ? PF_X : 0),
		.align = 4,
	};
	return sizeof(*header);
}

static int (*const makers[CORE_MEMORY])(struct core *core, void *buf) = {
	[CORE_HEADER] = make_header,	       [CORE_NOTE_HEADER] = make_note_header,
	[CORE_MAP_HEADERS] = make_map_header,  [CORE_STATUS] = core_note_own_status,
	[CORE_PSINFO] = core_note_psinfo,      [CORE_SIGINFO] = core_note_siginfo,
	[CORE_CROFT] = core_note_croft,	       [CORE_FILE] = core_note_file,
	[CORE_FILE_MAPS] = core_note_file_map, [CORE_FILE_NAMES] = core_note_file_name,
	[CORE_FILE_END] = core_note_file_end,  [CORE_THREADS] = core_note_other_status,
};

int core_piece(struct core *core, uint32_t *buf, const void **from)
{
	const struct vma *vma;

	*from = buf;
	if (core->part != CORE_MEMORY)
		return makers[core->part](core, buf);
	vma = core_next_map(core);
	if (!vma)
		return CORE_NO_PIECE;
	*from = addr_ptr(vma->start);
	return (int)dumped_len(vma);
}

void core_next_part(struct core *core)
{
	core->part++;
	core->done = 0;
	core->other = LIST_FIRST(&core->proc->threads);
	rewind_maps(core);
}

void core_next_piece(struct core *core)
{
	core->done = 0;
	switch (core->part) {
	case CORE_MAP_HEADERS:
		core->data_off += dumped_len(core_next_map(core));
		pass_map(core);
		break;
	case CORE_FILE_MAPS:
	case CORE_FILE_NAMES:
	case CORE_MEMORY:
		pass_map(core);
		break;
	case CORE_THREADS:
		core->other = LIST_NEXT(core->other, sibling);
		break;
	default:
		core_next_part(core);
	}
}
