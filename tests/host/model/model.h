/* SPDX-License-Identifier: MIT */
/*
 * A model of the memory calls, for comparing with the real ones after each call.
 *
 * The model knows nothing of VMAs, regions or entries.  It keeps, for each page of the machine
 * and each process, the layers that are mapped there, oldest first, each with what it grants; and
 * for each page of RAM the bytes that it must hold.  After every call the trees must say the same
 * as the layers, every check of mm/check.c must hold, the MPU must grant no more than the layers,
 * and memory must hold the bytes.
 *
 * Calls are records, and a record means the same in any sequence: the random test
 * (tests/host/mm/test_model.c) makes them from a seed, the fuzzer (tests/fuzz/mm.c) from bytes.
 *
 *	run.c ---> map_call.c map.c cut.c remap.c heap.c truncate.c machine.c	one call each
 *	  |              room.c		what is free, what stands against it
 *	  +------> compare.c
 *	           state.c		layers and bytes
 */
#ifndef MODEL_H
#define MODEL_H

#include <errno.h>
#include <host_mpu.h>
#include <mm/uaccess.h>
#include <mm_env.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EPISODE	   2000u /* calls from an empty machine to an empty machine, at most */
#define NRAM	   (RAM_A_PAGES + RAM_B_PAGES)
#define NPAGES	   (NRAM + FLASH_PAGES + DEVICE_PAGES)
#define MAX_LAYERS 8
#define OFF_MAX	   INT32_MAX

enum kind { OWN, COMMON_COPY, STORE };

struct layer {
	uint32_t serial;
	uint32_t off; /* in the file: bytes */
	uint8_t prot, max_prot, flags, kind;
	int8_t file; /* -1: anonymous */
};

struct page_layers {
	struct layer layer[MAX_LAYERS];
	unsigned int n;
};

struct model_proc {
	struct page_layers at[NPAGES];
	uint32_t serial;
	addr_t heap_start, heap_end;
	addr_t asked[2 * EPISODE]; /* by serial: where a stack ends as asked for, 0: as mapped */
	struct mm_stack stack;
	bool has_stack;
};

struct page_origin {
	int file; /* -1: none */
	uint32_t off;
};

extern struct model_proc model[NPROCS];
extern uint8_t bytes[NRAM][1 << CONFIG_PAGE_SHIFT];
extern bool is_known[NRAM];		 /* must they be so? */
extern struct page_origin copy_of[NRAM]; /* of pages of a common copy */
extern unsigned int pins[NRAM];
extern addr_t user_sp;
extern unsigned int running; /* process */
extern int verbose;	     /* say() prints */

/* Of the call that is made now. */
extern bool was_free[NRAM];
extern uint32_t nfree_before;

enum op_what {
	OP_ANON,
	OP_FILE,
	OP_UNMAP,
	OP_PROTECT,
	OP_REMAP,
	OP_SBRK,
	OP_ADVISE,
	OP_EXIT,
	OP_FAULT,
	OP_SWITCH,
	OP_WRITE,
	OP_PIN,
	OP_UACCESS,
	OP_TRIM,
	OP_TRUNCATE,
	NOPS,
};

struct op {
	uint8_t what;	     /* enum op_what */
	uint8_t proc;	     /* below NPROCS */
	uint8_t fail;	     /* which allocation; 0: none */
	uint32_t a, b, c, d; /* what they mean is the call's */
};

/* Saying what goes on; what is wrong ends it all. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define wrong panic

/* Make @n calls on an empty machine, compare after each, and empty it. */
void run_ops(const struct op *ops, unsigned int n);

/* state.c: pages of the machine; -1: it is none of them. */
addr_t addr_of(unsigned int page);
int page_at(addr_t at);

/* Layers; none where no page is. */
struct page_layers *layers(unsigned int proc, addr_t at);
int rights(unsigned int proc, addr_t at); /* -1: nothing is mapped */
unsigned int youngest(const struct page_layers *l);
void drop(struct page_layers *l, unsigned int i);
struct layer *find(unsigned int proc, addr_t at, uint32_t serial);
void push(unsigned int proc, addr_t at, uint32_t npages, struct layer l);

/* Are the two, of neighbouring pages, of one VMA? */
bool joins(const struct layer *a, const struct layer *b);

/* The piece of a mapping, all of which grants the same, around a page. */
void piece(unsigned int proc, addr_t at, const struct layer *l, addr_t *start, addr_t *end);

/* Pieces and pages of a process; is any of a common copy, whose pieces need not be joined? */
void count(unsigned int proc, uint32_t *npieces, uint32_t *npages, bool *has_common);

/* The bytes of a page are those of a file from @off on, or zero (@which -1); are they so? */
void set_page(addr_t at, int which, uint32_t off);
void check_page(unsigned int page);

/* compare.c */
void compare(void);
void compare_pages(void);
void compare_hardware(void);

/* room.c: what a call did has to be what it may; true: it succeeded. */
bool judge(const char *call, int err, int expected, bool may_lack);

/* Memory is so short that records might not be had beside @npages. */
bool is_short(uint32_t npages);
bool were_free(addr_t at, uint32_t npages);
bool over_limits(unsigned int proc, uint32_t npages);

/* 1: there is room for it, 0: none, -1: a stack might be squeezed into a larger block. */
int has_place(uint32_t npages, bool is_stack);

/* Would it be writable here and executable there?  @without: a process that does not count. */
bool is_opposed(int which, uint32_t off, uint32_t npages, int prot, int without, bool *only_own,
		unsigned int self);

/* May MAP_FIXED take the range?  -1: an implementation may say either. */
int can_take(unsigned int proc, addr_t at, uint32_t npages);
bool any_layer(unsigned int proc, addr_t at, uint32_t npages);
bool any_full(unsigned int proc, addr_t at, uint32_t npages);

/* Is there a common copy, in one piece of some process, that has to be shared? */
bool must_share(int which, uint32_t off, uint32_t npages);
bool is_common_copy(addr_t at, uint32_t npages, int which, uint32_t off);

/* map.c: mmap() of what a file is directly, and of new memory. */
void map_store(unsigned int proc, const struct map_request *request, struct layer l,
	       uint32_t npages);
void map_new(unsigned int proc, const struct map_request *request, struct layer l, uint32_t npages,
	     uint32_t chance);

/* map_call.c: arguments from random numbers. */
int some_prot(uint32_t random);
int implied(int prot); /* what a protection comes to */
addr_t some_address(unsigned int proc, uint32_t random);
uint32_t some_length(uint32_t random);

/* cut.c: take layers off, the youngest or all. */
void cut(unsigned int proc, addr_t start, addr_t end, bool all);

/* Could so many pieces more, for cutting in [@start, @end), be too many? */
bool may_lack_pieces(unsigned int proc, addr_t start, addr_t end);

/* machine.c: fill, but perhaps be killed meanwhile, and then true; and exit. */
bool finish(unsigned int proc, struct mm_job *job, uint32_t chance);
void leave(unsigned int proc);

/* The calls. */
void op_map(const struct op *op, bool is_file);
void op_unmap(const struct op *op);
void op_protect(const struct op *op);
void op_remap(const struct op *op);
void op_sbrk(const struct op *op);
void op_advise(const struct op *op);
void op_fault(const struct op *op);
void op_switch(const struct op *op);
void op_write(const struct op *op);
void op_pin(const struct op *op);
void op_uaccess(const struct op *op);
void op_trim(const struct op *op);
void op_truncate(const struct op *op);

#endif
