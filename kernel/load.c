/* SPDX-License-Identifier: MIT */
/*
 * The steps of loading a program.  See include/kernel/exec.h.
 *
 * Each stage is called until it says that it is over, and what it begins to fill is filled before
 * the next.  Between two steps anything may run: the caller's other threads, who may change its
 * arguments, and other processes, who may cut the file.  So each judges anew what it uses.
 */
#include <arch/irq.h>
#include <croft/limits.h>
#include <croft/mman.h>
#include <errno.h>
#include <kernel/config.h>
#include <kernel/fd.h>
#include <mm/page.h>
#include <mm/uaccess.h>
#include <string.h>

#include "load.h"

#define PIECE_BYTES 256u /* of a string in a step */
#define RELOCS	    64u	 /* in a step */
#define STACK_SPARE 256u /* beside its arguments a program has this at least */
#define WORD_BYTES  4u
#define ARG_WORDS   3u /* argc, and the ends of the lists */
#define ROUND_UP(n) (((n) + 7u) & ~(addr_t)7)

static struct mm *caller_mm(const struct load *load)
{
	return load->thread->proc->mm;
}

/*
 * The next piece of the strings of argv and envp: a whole string, its end, or PIECE_BYTES of it.
 * 0: there is none; LOAD_MORE; -EFAULT.
 */
static int next_piece(struct load *load, const char **piece, size_t *len)
{
	uaddr_t list = load->lists[load->list], at = { list.addr + load->index * WORD_BYTES };
	int err;

	if (load->offset == 0) {
		load->string.addr = 0;
		err = list.addr & 3 ? -EFAULT : 0;
		if (list.addr && !err)
			err = user_read(caller_mm(load), &load->string.addr, at, WORD_BYTES);
		if (err)
			return err;
		if (!load->string.addr)
			return 0;
	}
	at.addr = load->string.addr + load->offset;
	err = user_string(caller_mm(load), at, PIECE_BYTES, piece, len);
	if (err == -ENAMETOOLONG) {
		*len = PIECE_BYTES;
		load->offset += PIECE_BYTES;
		return LOAD_MORE;
	}
	*len += 1; /* its end */
	load->offset = 0;
	load->index++;
	return err ? err : LOAD_MORE;
}

/* Behind the last string of a list: on to the next.  0: there is none. */
static int next_list(struct load *load)
{
	load->index = 0;
	load->list = (load->list + 1) % LOAD_LISTS;
	return load->list ? LOAD_MORE : 0;
}

/* Count the strings of argv and envp, and their bytes. */
static int judge_args(struct load *load)
{
	const char *piece;
	size_t len;
	int err = next_piece(load, &piece, &len);

	if (err == 0)
		return next_list(load);
	if (err < 0)
		return err;
	load->bytes += len;
	load->counts[load->list] += load->offset == 0;
	return load->bytes > CONFIG_ARG_MAX ? -E2BIG : LOAD_MORE;
}

static int find_file(struct load *load, const char *path)
{
	const char *name = path;
	int err = vfs_lookup(path, &load->inode);

	if (err)
		return err == -EREMOTE ? -EACCES : err; /* text comes from flash or RAM */
	for (const char *at = path; *at; at++)
		if (*at == '/')
			name = at + 1;
	memcpy(load->name, name, strnlen(name, PROC_NAME_MAX));
	return 0;
}

static int find_program(struct load *load)
{
	const char *path;
	size_t len;
	int err = user_string(caller_mm(load), load->path, CROFT_PATH_MAX, &path, &len);

	if (err)
		return err;
	if (len < load->place.at) /* it has been changed */
		return -ENOENT;
	while (len > 0 && vfs_walk_ahead(path, &load->place))
		if (arch_kernel_requested())
			return LOAD_MORE;
	return find_file(load, path);
}

/* Read and judge the headers. */
static int read_headers(struct load *load)
{
	struct inode *inode = load->inode;
	struct elf_image *image = &load->image;
	uint8_t headers[ELF_MAX_SEGMENTS * ELF_PHDR_BYTES]; /* that of the file, then the others */
	ssize_t len;

	if (!S_ISREG(inode->mode) || !inode->backing ||
	    !inode_permits(inode, load->proc->euid, load->proc->egid, MAY_EXEC))
		return -EACCES;
	if (inode->ops->read(inode, 0, headers, ELF_HEADER_BYTES) != ELF_HEADER_BYTES ||
	    elf_judge_header(headers, inode->size, image))
		return -ENOEXEC;
	len = (ssize_t)(image->phnum * ELF_PHDR_BYTES);
	if (inode->ops->read(inode, image->phoff, headers, (size_t)len) != len)
		return -ENOEXEC;
	return elf_judge_segments(headers, inode->size, image);
}

static int map(struct load *load, const struct map_request *request, addr_t *at)
{
	int err = mm_map_judge(request);

	return err ? err : mm_map(load->mm, request, at, &load->mm->job);
}

static int map_text(struct load *load)
{
	const struct elf_segment *text = &load->image.text;
	uint32_t first = page_floor(text->offset);
	struct map_request request;
	int err;

	map_request_init(&request, text->offset + text->filesz - first, PROT_READ | PROT_EXEC,
			 MAP_PRIVATE);
	request.backing = load->inode->backing;
	request.offset = first;
	err = map(load, &request, &load->text);
	load->text += text->offset - first;
	return err;
}

/*
 * The stack, and below it a guard: memory of the same region that nothing may touch, as much as
 * leaves the stack at a place that one entry covers.
 */
static int map_stack(struct load *load)
{
	uint32_t size = load->image.stack_size;
	addr_t len, guard = 0;
	struct map_request request;
	int err;

	if (size == 0)
		size = CONFIG_DEFAULT_STACK_SIZE;
	/* What there is not is refused before a guard that fits is looked for, page by page. */
	if (size > page_total() << CONFIG_PAGE_SHIFT)
		return -ENOMEM;
	len = page_ceil(size);
	if (IS_ENABLED(CONFIG_STACK_GUARD)) {
		/* The eighth of the block that holds both. */
		do
			guard += PAGE_SIZE;
		while (cover_round(len + guard) != len + guard || guard % cover_unit(len + guard));
	}
	map_request_init(&request, len + guard, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK);
	request.guard = (uint16_t)(guard >> CONFIG_PAGE_SHIFT); /* more cannot be had */
	err = map(load, &request, &load->stack);
	load->stack += guard;
	load->stack_end = load->stack + len;
	return err;
}

/* Where the strings go, at the top of the stack, and the words below them. */
static int place_args(struct load *load)
{
	uint32_t nwords = load->counts[LOAD_ARGV] + load->counts[LOAD_ENVP] + ARG_WORDS;

	if (load->bytes + nwords * WORD_BYTES + STACK_SPARE > load->stack_end - load->stack)
		return -E2BIG;
	load->to = load->stack_end - ((load->bytes + WORD_BYTES - 1) & ~(WORD_BYTES - 1));
	load->sp = (load->to - nwords * WORD_BYTES) & ~(addr_t)7;
	*(uint32_t *)addr_ptr(load->sp) = load->counts[LOAD_ARGV];
	return 0;
}

/* What was counted must be there still. */
static int copy_args(struct load *load)
{
	uint32_t before = load->list == LOAD_ENVP ? load->counts[LOAD_ARGV] + 1 : 0;
	uint32_t *words = (uint32_t *)addr_ptr(load->sp) + 1 + before;
	uint32_t index = load->index;
	bool begins = load->offset == 0;
	const char *piece;
	size_t len;
	int err;

	if (!load->thread) {
		words[0] = load->to;
		memcpy(addr_ptr(load->to), addr_ptr(load->path.addr), load->bytes);
		return 0;
	}
	if (index == load->counts[load->list])
		return next_list(load);
	err = next_piece(load, &piece, &len);
	if (err <= 0 || len > load->bytes)
		return -EFAULT;
	if (begins)
		words[index] = load->to;
	memcpy(addr_ptr(load->to), piece, len);
	load->bytes -= (uint32_t)len;
	load->to += (addr_t)len;
	return LOAD_MORE;
}

static int map_data(struct load *load)
{
	const struct elf_segment *data = &load->image.data;
	struct map_request request;
	int err;

	map_request_init(&request, data->memsz, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS);
	request.is_heap = true;
	err = data->memsz ? map(load, &request, &load->data) : 0;
	load->mm->heap_start = load->mm->heap_end = ROUND_UP(load->data + data->memsz);
	return err;
}

/* Copy the initial data. */
static int copy_data(struct load *load)
{
	const struct elf_segment *data = &load->image.data;
	struct inode *inode = load->inode;
	size_t len = MIN(data->filesz - load->offset, (size_t)CONFIG_STEP_BYTES);
	ssize_t got = len ? inode->ops->read(inode, data->offset + load->offset,
					     addr_ptr(load->data + load->offset), len)
			  : 0;

	if (len && got <= 0)
		return -ENOEXEC;
	load->offset += (uint32_t)got;
	return load->offset < data->filesz ? LOAD_MORE : 0;
}

/* Is the text there still?  A file in RAM may have been cut. */
static int judge_text(struct load *load)
{
	uaddr_t at = { load->text };
	void *text;

	return user_range(load->mm, at, load->image.text.filesz, PROT_READ, &text) ? -ENOEXEC : 0;
}

static int find_relocations(struct load *load)
{
	int err = judge_text(load);

	if (err || !load->image.data.memsz)
		return err;
	return elf_find_relocations(&load->image, addr_ptr(load->text), &load->relocs);
}

static int relocate(struct load *load)
{
	int err = 0;

	if (load->relocs.at == load->relocs.end)
		return 0;
	err = judge_text(load);
	if (!err)
		err = elf_relocate(&load->image, &load->relocs, RELOCS, addr_ptr(load->text),
				   addr_ptr(load->data), load->text, load->data);
	return err ? err : LOAD_MORE;
}

/* Nothing fails from here on. */
static int close_files(struct load *load)
{
	return fd_close_on_exec_step(load->proc) ? 0 : LOAD_MORE;
}

/*
 * What the caller says, what is done for it, and the parts; the stack first, since it is harder to
 * place than the data.
 */
static int (*const stages[])(struct load *load) = {
	judge_args,	  find_program, load_action_step, read_headers, map_text,
	map_stack,	  place_args,	copy_args,	  map_data,	copy_data,
	find_relocations, relocate,	close_files,
};

#define AT_HEADERS 3

int load_begin_at_boot(struct load *load, const char *path)
{
	load->path.addr = ptr_addr(path);
	load->counts[LOAD_ARGV] = 1;
	load->bytes = strlen(path) + 1;
	load->stage = AT_HEADERS;
	return find_file(load, path);
}

int load_steps(struct load *load)
{
	struct mm_job *job = &load->mm->job;
	int more = LOAD_MORE;

	do {
		if (!mm_job_is_done(job)) {
			mm_job_step(job);
			continue;
		}
		more = stages[load->stage](load);
		if (more < 0)
			return more;
		if (more == 0) {
			load->index = load->offset = 0;
			if (++load->stage == ARRAY_SIZE(stages))
				return 0;
		}
	} while (!arch_kernel_requested());
	return LOAD_MORE;
}
