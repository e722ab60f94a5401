/* SPDX-License-Identifier: MIT */
/*
 * A machine for mm to manage: two banks of RAM, flash with files, a window of registers, at
 * fixed low addresses since an addr_t has 32 bits; and processes.
 *
 *	0x10000000 flash   0x20000000 RAM a   0x30000000 RAM b   0x40000000 registers
 *
 * After every test all must be free again (I8): env_done() checks it.
 */
#ifndef MM_ENV_H
#define MM_ENV_H

#include <croft/mman.h>
#include <kernel/assert.h>
#include <mm/check.h>
#include <mm/fault.h>
#include <mm/mmap.h>
#include <mm/page.h>
#include <mm/pool.h>
#include <mm/store.h>
#include <setjmp.h>

#define FLASH_AT  0x10000000u
#define RAM_A	  0x20000000u
#define RAM_B	  0x30000000u
#define DEVICE_AT 0x40000000u

#define FLASH_PAGES  32u
#define RAM_A_PAGES  40u
#define RAM_B_PAGES  24u
#define DEVICE_PAGES 4u

#define PG(n) ((addr_t)(n) << CONFIG_PAGE_SHIFT)

/* The stores. */
enum env_file {
	FILE_TEXT, /* in flash, 8 pages less 100 bytes, zero behind */
	FILE_TAIL, /* in flash, 4 pages and 10 bytes, something else behind */
	FILE_COPY, /* 5 pages and a half, can only be read */
	FILE_RAM,  /* in RAM, 6 pages */
	FILE_RAM2, /* in RAM, 3 pages */
	FILE_MMIO, /* 2 pages of registers */
	ENV_FILES,
};

struct env_file_info {
	struct backing backing;
	struct extent extent; /* 0, 0: cannot be used in place */
	int users;	      /* gets less puts */
	int nattached;	      /* whole mappings, as a test counts them, less those detached */
	bool fails;	      /* reading it */
};
extern struct env_file_info env_files[ENV_FILES];

static inline struct backing *file(enum env_file which)
{
	return &env_files[which].backing;
}

/* The byte at @off of a file, 0 behind its end. */
uint8_t file_byte(enum env_file which, uint32_t off);

#define NPROCS 3
extern struct mm procs[NPROCS];

/* Once for a program: the memory.  Before and after each test: files and processes. */
int env_setup(void **state);
/* The same for a program without cmocka, as often as it likes: a panic says itself and aborts. */
void env_setup_once(void);
int env_begin(void **state);
int env_end(void **state);

/* One bank more, for good. */
void env_add_zone(struct zone *zone);

/* Grow a store in place, or move it to where it has room, to the last step. */
int env_store_grow(struct backing *backing, uint32_t npages);

/* The stores in RAM take pages, so a test that wants all of them starts without. */
void env_drop_ram_files(void);

/* All checks: mm_check(), the figures, and that each page in use is accounted for. */
void env_check(void);

/* Do the slots hold what mm's image says, and grant no more than its VMAs? */
void env_check_hardware(struct mm *mm);

/* Pages that are neither free, nor the zones' own, nor records, regions or stores. */
int env_unaccounted(void);
extern int env_pinned; /* pages that a test holds by itself */

/* Allocation number @n from now on fails, n = 1, 2, ...; 0: none.  Did it? */
void env_fail_at(unsigned int n);
bool env_failed(void);

/* panic() goes there when armed; else it fails the test. */
extern jmp_buf *env_panic;
extern char env_panic_text[256];

/* Run @call and expect a panic whose text has @text in it. */
#define expect_panic(call, text)                                                                   \
	do {                                                                                       \
		jmp_buf env_buf;                                                                   \
		env_panic = &env_buf;                                                              \
		if (setjmp(env_buf) == 0) {                                                        \
			call;                                                                      \
			env_panic = NULL;                                                          \
			fail_msg("no panic");                                                      \
		}                                                                                  \
		env_panic = NULL;                                                                  \
		if (!strstr(env_panic_text, text))                                                 \
			fail_msg("panic: %s", env_panic_text);                                     \
	} while (0)

/* mmap() with its job done: 0 or -errno. */
int env_map(struct mm *mm, const struct map_request *request, addr_t *at);
/* Do a job; or, of one that replaces mappings, that, and leave what is made to be filled.  0 or -errno. */
int env_finish(struct mm_job *job);
int env_replace(struct mm_job *job);

/* Of a job the part that looks at mappings, and locks them; @err: what beginning it came to. */
int env_look(struct mm_job *job, int err);
int env_lock(struct mm *mm, addr_t start, size_t len);
int env_unlock(struct mm *mm, addr_t start, size_t len);
int env_lock_all(struct mm *mm, int flags);
void env_unlock_all(struct mm *mm);

/* What comes before a thread of the space goes on.  In how many steps? */
unsigned int env_pin(struct mm *mm);

/* The same in one line; @err: what is expected.  The address, or 0. */
addr_t map_anon(struct mm *mm, addr_t addr, uint32_t npages, int prot, int flags, int err);
addr_t map_file(struct mm *mm, addr_t addr, uint32_t npages, int prot, int flags,
		enum env_file which, uint32_t page, bool can_write, int err);

/* "start-end rwxs" of every VMA, pages from @base on, for comparing with a string. */
const char *env_maps(struct mm *mm, addr_t base);

/* Everything that a failed call must leave as it was, as text. */
const char *env_snapshot(void);

/* What a port does where mm_refill() does not know the entry: it hands the fault to the kernel. */
extern bool env_is_refused;

/* Did mm_refill() load it? */
static inline bool env_refill(addr_t at, enum mm_access access, addr_t sp, addr_t pc)
{
	env_is_refused = false;
	mm_refill(at, access, sp, pc);
	return !env_is_refused;
}

#endif
