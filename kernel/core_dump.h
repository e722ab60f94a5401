/* SPDX-License-Identifier: MIT */
/* What the files of core dumps share: a dump under way, and the places that it can go to. */
#ifndef KERNEL_CORE_DUMP_H
#define KERNEL_CORE_DUMP_H

#include <croft/limits.h>
#include <croft/signal.h>
#include <kernel/core.h>
#include <kernel/proc.h>

struct file;

/* Parts of the file, in their order; COUNT and OPEN come before it. */
enum core_part {
	CORE_COUNT, /* sizes are found, mapping by mapping */
	CORE_OPEN,
	CORE_HEADER,
	CORE_NOTE_HEADER,
	CORE_MAP_HEADERS,
	CORE_STATUS, /* registers of the thread that the signal came to */
	CORE_PSINFO,
	CORE_SIGINFO,
	CORE_CROFT,
	CORE_FILE, /* what is mapped where: the count, the addresses, the names */
	CORE_FILE_MAPS,
	CORE_FILE_NAMES,
	CORE_FILE_END,
	CORE_THREADS, /* registers of the others */
	CORE_MEMORY,
	CORE_DONE,
};

/* The mappings of the process; those changed by others meanwhile, the dump is cut. */
struct core_shape {
	uint32_t serial, nvmas, npages, changes;
};

struct core {
	const struct core_sink *sink;
	struct proc *proc;
	struct thread *thread; /* that the signal came to */
	struct croft_siginfo info;
	struct core_shape shape;
	uint32_t nmaps, nfiles, names_len, memory_len; /* found by CORE_COUNT */
	uint32_t names_told;			       /* of names_len */
	uint32_t size;				       /* of the whole file */
	uint32_t limit;				       /* how much of it will be written */
	uint32_t off;				       /* how much has been */

	/* The piece to write next: of which part, of which mapping or thread, from where on. */
	uint8_t part;	    /* enum core_part */
	bool is_first_told; /* the stack of @thread, before the other mappings */
	addr_t start, end;  /* sort position of the mapping told last; 0, 0, 0: none */
	uint32_t serial;
	struct thread *other;
	uint32_t done;	   /* bytes of the piece that are written */
	uint32_t data_off; /* where the memory of the next mapping goes, while headers are made */

	/* Of the sink. */
	char path[CROFT_PATH_MAX];
	struct file *file;
	int handle;
	uint32_t crc;
};

struct core_sink {
	const char *name;
	/**
	 * open - prepare for core->limit bytes; may lower it
	 *
	 * Sets core->path, by which people know it.  Return: 0; 1: a step is done, call again;
	 * -errno: there is no such place now.
	 */
	int (*open)(struct core *core);
	/* Take bytes that go to core->off.  How many, perhaps none yet; -EAGAIN: wait for console_waiters;
	 * another -errno: no more. */
	ssize_t (*write)(struct core *core, const void *from, size_t len);
	/* All is written, or given up. */
	void (*close)(struct core *core);
};

extern const struct core_sink core_host_sink, core_file_sink, core_console_sink;

#define CORE_PIECE_WORDS 42 /* of the largest piece that is made: a thread's registers */

/**
 * core_count - look at one mapping more, and add what it takes
 *
 * Return: true when all have been looked at; then core->size is known.
 */
bool core_count(struct core *core);

#define CORE_NO_PIECE (-1)

/**
 * core_piece - the piece of the file that comes next
 * @buf:  of CORE_PIECE_WORDS
 * @from: set to it: @buf, or memory of the process
 *
 * Return: its length, which may be 0; CORE_NO_PIECE: there is none of this part left.
 */
int core_piece(struct core *core, uint32_t *buf, const void **from);

/* The mapping to tell next, the stack of the thread first; NULL: all have been told. */
struct vma *core_next_map(const struct core *core);

/* The path of what a mapping shows, in @path.  Its length; 0: it has none. */
uint32_t core_path_of(const struct vma *vma, char path[CROFT_PATH_MAX]);

/* Bytes of all notes, once nfiles and names_len are known. */
uint32_t core_notes_len(const struct core *core);

/* Each puts the next piece of its part into @buf.  Its length; CORE_NO_PIECE: none is left. */
int core_note_own_status(struct core *core, void *buf);
int core_note_psinfo(struct core *core, void *buf);
int core_note_siginfo(struct core *core, void *buf);
int core_note_croft(struct core *core, void *buf);
int core_note_file(struct core *core, void *buf);
int core_note_file_map(struct core *core, void *buf);
int core_note_file_name(struct core *core, void *buf);
int core_note_file_end(struct core *core, void *buf);
int core_note_other_status(struct core *core, void *buf);

/* The piece is written: the next one of its part comes, or the first of the next part. */
void core_next_piece(struct core *core);
void core_next_part(struct core *core);

#endif
