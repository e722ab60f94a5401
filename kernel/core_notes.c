/* SPDX-License-Identifier: MIT */
/*
 * The notes of a core dump: registers of each thread, the signal, what was mapped from which file.
 *
 * They are laid out as on Linux for ARM, and have its signal numbers.
 *
 * Source: Linux include/uapi/linux/elfcore.h.
 */
#include <croft/mman.h>
#include <kernel/config.h>
#include <mm/uaccess.h>
#include <signal.h>
#include <string.h>

#include "core_dump.h"

#define NT_PRSTATUS 1
#define NT_PRPSINFO 3
#define NT_FILE	    0x46494c45
#define NT_SIGINFO  0x53494749
#define NT_CROFT    0x43524f46 /* of the name CROFT */
#define NOTE_ALIGN  3u

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

_Static_assert(sizeof(struct status_note) == sizeof(struct elf_note) + 148, "as on Linux");
_Static_assert(sizeof(struct psinfo_note) == sizeof(struct elf_note) + 124, "as on Linux");
_Static_assert(sizeof(struct siginfo_note) == sizeof(struct elf_note) + 128, "as on Linux");
_Static_assert(sizeof(struct status_note) <= CORE_PIECE_WORDS * 4, "a piece fits its buffer");

/* The path of what is mapped.  Its length; 0: it has none. */
uint32_t core_path_of(const struct vma *vma, char path[CROFT_PATH_MAX])
{
	const struct backing *backing = vma ? vma->region->backing : NULL;

	if (!backing || !backing->ops->path)
		return 0;
	backing->ops->path(backing, path, CROFT_PATH_MAX);
	return (uint32_t)strlen(path);
}

static uint32_t file_desc_len(const struct core *core)
{
	return 8 + core->nfiles * (uint32_t)sizeof(struct file_map) + core->names_len;
}

uint32_t core_notes_len(const struct core *core)
{
	uint32_t len = sizeof(struct psinfo_note) + sizeof(struct siginfo_note) +
		       sizeof(struct croft_note) + sizeof(struct elf_note) +
		       ((file_desc_len(core) + NOTE_ALIGN) & ~NOTE_ALIGN);
	const struct thread *thread;

	LIST_FOREACH(thread, &core->proc->threads, sibling)
		len += (uint32_t)sizeof(struct status_note);
	return len;
}

static struct elf_note note_header(const char *name, uint32_t type, uint32_t len)
{
	struct elf_note note = { .namesz = (uint32_t)strlen(name) + 1,
				 .descsz = len - (uint32_t)sizeof(note),
				 .type = type };

	memcpy(note.name, name, note.namesz);
	return note;
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

int core_note_own_status(struct core *core, void *buf)
{
	return make_status(core, core->thread, buf);
}

int core_note_psinfo(struct core *core, void *buf)
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

int core_note_siginfo(struct core *core, void *buf)
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

int core_note_croft(struct core *core, void *buf)
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

int core_note_file(struct core *core, void *buf)
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

int core_note_file_map(struct core *core, void *buf)
{
	const struct vma *vma = core_next_map(core);
	char path[CROFT_PATH_MAX];
	struct file_map *map = buf;

	if (!vma)
		return CORE_NO_PIECE;
	if (!core_path_of(vma, path))
		return 0;
	*map = (struct file_map){
		.start = vma->start,
		.end = vma->end,
		.offset = (vma->region->offset + (vma->start - vma->region->start)) >>
			  CONFIG_PAGE_SHIFT,
	};
	return sizeof(*map);
}

int core_note_file_name(struct core *core, void *buf)
{
	const struct vma *vma = core_next_map(core);
	uint32_t len;

	if (!vma)
		return CORE_NO_PIECE;
	len = core_path_of(vma, buf);
	return len ? (int)len + 1 : 0;
}

int core_note_file_end(struct core *core, void *buf)
{
	if (core->names_told != core->names_len)
		core->limit =
			core->off; /* a file has another name now: nothing would be where it was said */
	memset(buf, 0, 4);
	return (int)(-file_desc_len(core) & NOTE_ALIGN);
}

int core_note_other_status(struct core *core, void *buf)
{
	if (core->other == core->thread)
		core->other = LIST_NEXT(core->other, sibling);
	return core->other ? make_status(core, core->other, buf) : CORE_NO_PIECE;
}
