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
 * numbers.  Notes are laid out as on Linux for ARM, and have its signal numbers.
 *
 * Source: System V ABI, chapters 4 and 5; Linux include/uapi/linux/elfcore.h.
 */
#include <croft/mman.h>
#include <kernel/config.h>
#include <mm/uaccess.h>
#include <signal.h>
#include <string.h>

#include "core_dump.h"

#define ELF_IDENT   "\177ELF\1\1\1" /* 32 bits, little endian */
#define ET_CORE	    4
#define EM_ARM	    40
#define EF_ARM	    0x05000200u /* EABI 5, floats in software */
#define PT_LOAD	    1
#define PT_NOTE	    4
#define PF_X	    1u
#define PF_W	    2u
#define PF_R	    4u
#define NT_PRSTATUS 1
#define NT_PRPSINFO 3
#define NT_FILE	    0x46494c45
#define NT_SIGINFO  0x53494749
#define NT_CROFT    0x43524f46 /* of the name CROFT */
#define NOTE_ALIGN  3u

struct elf_header {
	char ident[16];
	uint16_t type, machine;
	uint32_t version, entry, phoff, shoff, flags;
	uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct program_header {
	uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};

struct elf_note {
	uint32_t namesz, descsz, type;
	char name[8];
};

struct status_note {
	struct elf_note note;
	int32_t signo, code, err;
	int32_t cursig;
	uint32_t pending, blocked;
	int32_t pid, ppid, pgrp, sid;
	uint32_t times[8];
	uint32_t regs[18]; /* r0 to r15, xPSR, r0 again */
	int32_t has_fp;
};

struct psinfo_note {
	struct elf_note note;
	char state, sname, is_zombie, nice;
	uint32_t flags;
	uint16_t uid, gid;
	int32_t pid, ppid, pgrp, sid;
	char name[16];
	char args[80];
};

struct siginfo_note {
	struct elf_note note;
	int32_t signo, err, code;
	uint32_t what[29]; /* the address of a fault; or the process that sent it, and its user */
};

/* What else a debugger has to know to find a program's data; see tools/core.py. */
struct croft_note {
	struct elf_note note;
	uint32_t version;
	addr_t data_base; /* r9 */
	addr_t heap_start, heap_end;
};

struct file_note {
	struct elf_note note;
	uint32_t count, unit; /* files; bytes that offsets are counted in */
};

struct file_map {
	addr_t start, end;
	uint32_t offset;
};

_Static_assert(sizeof(struct elf_header) == 52 && sizeof(struct program_header) == 32, "as in ELF");
_Static_assert(sizeof(struct status_note) == sizeof(struct elf_note) + 148, "as on Linux");
_Static_assert(sizeof(struct psinfo_note) == sizeof(struct elf_note) + 124, "as on Linux");
_Static_assert(sizeof(struct siginfo_note) == sizeof(struct elf_note) + 128, "as on Linux");
_Static_assert(sizeof(struct status_note) <= CORE_PIECE_WORDS * 4, "a piece fits its buffer");

/* Mappings, one after the other: first the one that the thread runs on. */

static struct vma *first_map(const struct core *core)
{
	struct vma *vma = mm_find(core->proc->mm, core->thread->stack.start);

	return vma && vma->region->kind == REGION_ANON ? vma : NULL; /* so there is but one */
}

static struct vma *next_map(const struct core *core)
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
	const struct vma *vma = next_map(core);

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
	bool is_own = region->kind == REGION_ANON ||
		      (region->kind == REGION_COPY && !region->is_shared);
	bool is_ram = region->kind == REGION_STORE && region->backing->kind == BACKING_RAM;

	if (!(vma->prot & PROT_READ))
		return 0;
	if (region->kind == REGION_STORE && region->backing->kind == BACKING_DEVICE)
		return 0;
	if (!is_own && !(is_ram ? IS_ENABLED(CONFIG_CORE_SHARED) : IS_ENABLED(CONFIG_CORE_TEXT)))
		return 0;
	return is_told(vma) ? 0 : vma->end - vma->start;
}

/* The path of what is mapped.  Its length; 0: it has none. */
static uint32_t path_of(const struct vma *vma, char path[CROFT_PATH_MAX])
{
	const struct backing *backing = vma ? vma->region->backing : NULL;

	if (!backing || !backing->ops->path)
		return 0;
	backing->ops->path(backing, path, CROFT_PATH_MAX);
	return (uint32_t)strlen(path);
}

/* Sizes. */

static uint32_t file_desc_len(const struct core *core)
{
	return 8 + core->nfiles * (uint32_t)sizeof(struct file_map) + core->names_len;
}

static uint32_t notes_len(const struct core *core)
{
	uint32_t len = sizeof(struct psinfo_note) + sizeof(struct siginfo_note) +
		       sizeof(struct croft_note) + sizeof(struct elf_note) +
		       ((file_desc_len(core) + NOTE_ALIGN) & ~NOTE_ALIGN);
	const struct thread *thread;

	LIST_FOREACH(thread, &core->proc->threads, sibling)
		len += (uint32_t)sizeof(struct status_note);
	return len;
}

static uint32_t notes_off(const struct core *core)
{
	return sizeof(struct elf_header) +
	       (1 + core->nmaps) * (uint32_t)sizeof(struct program_header);
}

bool core_count(struct core *core)
{
	const struct vma *vma = next_map(core);
	char path[CROFT_PATH_MAX];
	uint32_t len;

	if (!vma) {
		rewind_maps(core);
		core->data_off = notes_off(core) + notes_len(core);
		core->size = core->data_off + core->memory_len;
		return true;
	}
	core->nmaps++;
	core->memory_len += dumped_len(vma);
	len = path_of(vma, path);
	if (len) {
		core->nfiles++;
		core->names_len += len + 1;
	}
	pass_map(core);
	return false;
}

/* Pieces. */

static struct elf_note note_header(const char *name, uint32_t type, uint32_t len)
{
	struct elf_note note = { .namesz = (uint32_t)strlen(name) + 1,
				 .descsz = len - (uint32_t)sizeof(note),
				 .type = type };

	memcpy(note.name, name, note.namesz);
	return note;
}

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
		.filesz = notes_len(core),
		.align = 4,
	};
	return sizeof(*header);
}

static int make_map_header(struct core *core, void *buf)
{
	struct program_header *header = buf;
	const struct vma *vma = next_map(core);

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

/* gdb takes the numbers of Linux; those of newlib are the same but for these. */
static int linux_signal(int sig)
{
	return sig == SIGBUS ? 7 : sig == SIGSYS ? 31 : sig;
}

static int parent_of(const struct proc *proc)
{
	return proc->parent ? proc->parent->pid : 0;
}

/* The registers; without a frame, what is left of them. */
static void registers(const struct thread *thread, uint32_t regs[18])
{
	struct croft_ucontext context = { 0 };
	const struct frame *frame = thread->fork_frame;
	uaddr_t at = { thread->context.psp };
	void *ptr;

	if (!frame && !thread->frame_lost &&
	    user_range(thread->proc->mm, at, ARCH_FRAME_MIN, PROT_READ, &ptr) == 0)
		frame = ptr;
	arch_context_show(&thread->context, frame, &context);
	memcpy(regs, context.r, sizeof(context.r));
	regs[13] = context.sp;
	regs[14] = context.lr;
	regs[15] = context.pc;
	regs[16] = context.xpsr;
	regs[17] = context.r[0];
}

static int make_status(const struct core *core, const struct thread *thread, void *buf)
{
	struct status_note *status = buf;
	int sig = thread == core->thread ? linux_signal(core->info.signo) : 0;

	*status = (struct status_note){
		.note = note_header("CORE", NT_PRSTATUS, sizeof(*status)),
		.signo = sig,
		.cursig = sig,
		.pending = thread->pending,
		.blocked = thread->blocked,
		.pid = thread->tid,
		.ppid = parent_of(core->proc),
		.pgrp = core->proc->pid,
		.sid = core->proc->pid,
	};
	registers(thread, status->regs);
	return sizeof(*status);
}

static int make_own_status(struct core *core, void *buf)
{
	return make_status(core, core->thread, buf);
}

static int make_psinfo(struct core *core, void *buf)
{
	struct psinfo_note *info = buf;
	const struct proc *proc = core->proc;

	*info = (struct psinfo_note){
		.note = note_header("CORE", NT_PRPSINFO, sizeof(*info)),
		.sname = 'R',
		.uid = proc->uid,
		.gid = proc->gid,
		.pid = proc->pid,
		.ppid = parent_of(proc),
		.pgrp = proc->pid,
		.sid = proc->pid,
	};
	memcpy(info->name, proc->name, sizeof(info->name));
	memcpy(info->args, proc->name, sizeof(proc->name));
	return sizeof(*info);
}

static int make_siginfo(struct core *core, void *buf)
{
	struct siginfo_note *info = buf;
	const struct croft_siginfo *of = &core->info;

	*info = (struct siginfo_note){
		.note = note_header("CORE", NT_SIGINFO, sizeof(*info)),
		.signo = linux_signal(of->signo),
		.code = of->code,
	};
	if (core->thread->fault_signal)
		info->what[0] = ptr_addr(of->addr);
	else
		info->what[0] = (uint32_t)of->pid, info->what[1] = of->uid;
	return sizeof(*info);
}

static int make_croft(struct core *core, void *buf)
{
	struct croft_note *note = buf;

	*note = (struct croft_note){
		.note = note_header("CROFT", NT_CROFT, sizeof(*note)),
		.version = 1,
		.data_base = core->proc->data_base,
		.heap_start = core->proc->mm->heap_start,
		.heap_end = core->proc->mm->heap_end,
	};
	return sizeof(*note);
}

static int make_file(struct core *core, void *buf)
{
	struct file_note *note = buf;

	*note = (struct file_note){
		.note = note_header("CORE", NT_FILE,
				    (uint32_t)sizeof(struct elf_note) + file_desc_len(core)),
		.count = core->nfiles,
		.unit = PAGE_SIZE,
	};
	return sizeof(*note);
}

static int make_file_map(struct core *core, void *buf)
{
	const struct vma *vma = next_map(core);
	char path[CROFT_PATH_MAX];
	struct file_map *map = buf;

	if (!vma)
		return CORE_NO_PIECE;
	if (!path_of(vma, path))
		return 0;
	*map = (struct file_map){
		.start = vma->start,
		.end = vma->end,
		.offset = (vma->region->offset + (vma->start - vma->region->start)) >>
			  CONFIG_PAGE_SHIFT,
	};
	return sizeof(*map);
}

static int make_file_name(struct core *core, void *buf)
{
	const struct vma *vma = next_map(core);
	uint32_t len;

	if (!vma)
		return CORE_NO_PIECE;
	len = path_of(vma, buf);
	return len ? (int)len + 1 : 0;
}

static int make_file_end(struct core *core, void *buf)
{
	memset(buf, 0, 4);
	return (int)(-file_desc_len(core) & NOTE_ALIGN);
}

static int make_other_status(struct core *core, void *buf)
{
	if (core->other == core->thread)
		core->other = LIST_NEXT(core->other, sibling);
	return core->other ? make_status(core, core->other, buf) : CORE_NO_PIECE;
}

static int (*const makers[CORE_MEMORY])(struct core *core, void *buf) = {
	[CORE_HEADER] = make_header,
	[CORE_NOTE_HEADER] = make_note_header,
	[CORE_MAP_HEADERS] = make_map_header,
	[CORE_STATUS] = make_own_status,
	[CORE_PSINFO] = make_psinfo,
	[CORE_SIGINFO] = make_siginfo,
	[CORE_CROFT] = make_croft,
	[CORE_FILE] = make_file,
	[CORE_FILE_MAPS] = make_file_map,
	[CORE_FILE_NAMES] = make_file_name,
	[CORE_FILE_END] = make_file_end,
	[CORE_THREADS] = make_other_status,
};

int core_piece(struct core *core, uint32_t *buf, const void **from)
{
	const struct vma *vma;

	*from = buf;
	if (core->part != CORE_MEMORY)
		return makers[core->part](core, buf);
	vma = next_map(core);
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
		core->data_off += dumped_len(next_map(core));
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
