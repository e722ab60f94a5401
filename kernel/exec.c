/* SPDX-License-Identifier: MIT */
/* Loading programs.  See include/kernel/exec.h. */
#include <croft/mman.h>
#include <errno.h>
#include <fs/vfs.h>
#include <kernel/check.h>
#include <kernel/elf.h>
#include <kernel/exec.h>
#include <kernel/tracing.h>
#include <string.h>

/* Where a program's parts have been placed. */
struct layout {
	struct elf_image image;
	addr_t text; /* of image.text */
	addr_t data; /* of image.data */
	addr_t stack, stack_end;
	addr_t sp;
};

static int read_exactly(struct inode *inode, uint32_t off, void *to, size_t len)
{
	while (len > 0) {
		ssize_t got = inode->ops->read(inode, off, to, MIN(len, (size_t)CONFIG_STEP_BYTES));

		if (got <= 0)
			return -ENOEXEC;
		off += (uint32_t)got;
		to = (char *)to + got;
		len -= (size_t)got;
	}
	return 0;
}

static int read_headers(struct inode *inode, struct elf_image *image)
{
	uint8_t header[ELF_HEADER_BYTES];
	static uint8_t phdrs[ELF_MAX_SEGMENTS * ELF_PHDR_BYTES];
	int err = read_exactly(inode, 0, header, sizeof(header));

	if (!err)
		err = elf_judge_header(header, inode->size, image);
	if (!err)
		err = read_exactly(inode, image->phoff, phdrs, image->phnum * ELF_PHDR_BYTES);
	return err ? err : elf_judge_segments(phdrs, inode->size, image);
}

/* Map, and do the whole job at once. */
static int map_now(struct mm *mm, const struct map_request *request, addr_t *at)
{
	struct mm_job job;
	int err = mm_map_judge(request);

	if (!err)
		err = mm_map(mm, request, at, &job);
	while (!err && !mm_job_is_done(&job))
		mm_job_step(&job);
	return err;
}

static int map_text(struct mm *mm, struct inode *inode, struct layout *layout)
{
	const struct elf_segment *text = &layout->image.text;
	uint32_t first = page_floor(text->offset);
	struct map_request request = { .len = text->offset + text->filesz - first,
				       .prot = PROT_READ | PROT_EXEC,
				       .flags = MAP_PRIVATE,
				       .backing = inode->backing,
				       .offset = first };
	int err = map_now(mm, &request, &layout->text);

	layout->text += text->offset - first;
	return err;
}

static int map_data(struct mm *mm, struct inode *inode, struct layout *layout)
{
	const struct elf_segment *data = &layout->image.data;
	struct map_request request = { .len = data->memsz,
				       .prot = PROT_READ | PROT_WRITE,
				       .flags = MAP_PRIVATE | MAP_ANONYMOUS,
				       .is_heap = true };
	int err;

	if (data->memsz == 0)
		return 0;
	err = map_now(mm, &request, &layout->data);
	if (!err)
		err = read_exactly(inode, data->offset, addr_ptr(layout->data), data->filesz);
	if (!err)
		err = elf_relocate(&layout->image, addr_ptr(layout->text), addr_ptr(layout->data),
				   layout->text, layout->data);
	mm->heap_start = mm->heap_end = (layout->data + data->memsz + 7) & ~(addr_t)7;
	return err;
}

/*
 * The stack, and below it a guard: memory of the same region that nothing may touch, as much as
 * leaves the stack at a place that one entry covers.
 */
static int map_stack(struct mm *mm, struct layout *layout)
{
	uint32_t size = layout->image.stack_size;
	addr_t len, guard = 0;
	struct map_request request = { .prot = PROT_READ | PROT_WRITE,
				       .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK };
	int err;

	if (size == 0)
		size = CONFIG_DEFAULT_STACK_SIZE;
	if (size > INT32_MAX)
		return -ENOMEM;
	len = page_ceil(size);
	if (IS_ENABLED(CONFIG_STACK_GUARD)) {
		/* The eighth of the block that holds both. */
		do
			guard += PAGE_SIZE;
		while (cover_round(len + guard) != len + guard || guard % cover_unit(len + guard));
	}
	request.len = len + guard;
	err = map_now(mm, &request, &layout->stack);
	if (!err && guard) /* of one mapping, so there is nothing left to do */
		err = mm_protect_begin(mm, layout->stack, guard, PROT_NONE, &mm->job);
	layout->stack += guard;
	layout->stack_end = layout->stack + len;
	return err;
}

/* Put the strings to the top of the stack, and below them argc, argv and envp. */
static int put_args(struct layout *layout, const struct program_args *args)
{
	unsigned int nwords = 1 + args->argc + 1 + args->envc + 1;
	addr_t strings = layout->stack_end - (addr_t)((args->len + 3) & ~(size_t)3);
	addr_t sp = (strings - nwords * 4) & ~(addr_t)7;
	uint32_t *word = addr_ptr(sp);
	const char *string = addr_ptr(strings);

	if (args->len + nwords * 4 + 256 > layout->stack_end - layout->stack)
		return -E2BIG;
	if (args->copy)
		args->copy(args, addr_ptr(strings));
	else
		memcpy(addr_ptr(strings), args->strings, args->len);
	*word++ = args->argc;
	for (unsigned int i = 0; i < args->argc + args->envc; i++) {
		if (i == args->argc)
			*word++ = 0;
		*word++ = ptr_addr(string);
		string += strlen(string) + 1;
	}
	if (args->envc == 0)
		*word++ = 0;
	*word = 0;
	layout->sp = sp;
	return 0;
}

static int load(struct mm *mm, const struct proc *proc, struct inode *inode, struct layout *layout,
		const struct program_args *args)
{
	int err;

	if (!S_ISREG(inode->mode) || !inode->backing ||
	    !inode_permits(inode, proc->euid, proc->egid, MAY_EXEC))
		return -EACCES;
	err = read_headers(inode, &layout->image);
	if (!err)
		err = map_text(mm, inode, layout);
	if (!err)
		err = map_stack(mm, layout); /* before the data: it is harder to place */
	if (!err)
		err = map_data(mm, inode, layout);
	if (!err)
		err = put_args(layout, args);
	return err;
}

int program_load(struct mm *mm, const struct proc *proc, const char *path,
		 const struct program_args *args, struct program *program)
{
	const char *name = path;
	struct layout layout = { 0 };
	struct inode *inode;
	int err = vfs_lookup(path, &inode);

	if (err)
		return err == -EREMOTE ? -EACCES : err; /* text comes from flash or RAM */
	err = load(mm, proc, inode, &layout, args);
	inode_put(inode);
	*program = (struct program){ .entry = layout.text +
					      (layout.image.entry - layout.image.text.vaddr),
				     .sp = layout.sp,
				     .data = layout.data };
	for (const char *at = path; *at; at++)
		if (*at == '/')
			name = at + 1;
	memcpy(program->name, name, strnlen(name, PROC_NAME_MAX));
	if (!err)
		err = mm_stack_find(mm, layout.sp, &program->stack);
	if (err)
		mm_unmap_all(mm);
	memory_check();
	return err;
}

void program_enter(struct proc *proc, struct thread *thread, const struct program *program)
{
	proc->data_base = program->data;
	proc->tls_slot = 0;
	memcpy(proc->name, program->name, sizeof(proc->name));
	if (IS_ENABLED(CONFIG_TRACE))
		tracing_text(TRACING_name, (uint32_t)proc->pid, proc->name);
	thread->stack = program->stack;
	thread->has_result = thread->is_interrupted = false;
	arch_context_init(&thread->context, program->entry, program->sp, program->data);
}
