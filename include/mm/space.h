/* SPDX-License-Identifier: MIT */
/*
 * An mm is the address space of one process: a tree of VMAs, and the image of the protection
 * entries that cache it.
 *
 *	mm->vmas    tree of VMAs: the truth, what the process may touch
 *	mm->image   the MPU's words: a cache of it, any part of which may be dropped
 *
 * The image is filled by faults (fault.h) and emptied by every change that takes rights away,
 * before the call returns.  STACK_SLOT holds the stack of the thread that runs, from that
 * thread's own record; the other slots are the mm's, taken in turn, and those in @locked are
 * never taken (mlock).
 *
 * docs/mpu-as-a-tlb.md tells why it is so.
 *
 * Context: kernel.
 */
#ifndef MM_SPACE_H
#define MM_SPACE_H

#include <arch/mpu.h>
#include <arch/mpu_load.h> /* of the port */
#include <mm/vma.h>

#define STACK_SLOT (MPU_SLOTS - 1)
#define MM_SLOTS   (MPU_SLOTS - 1) /* slots 0 to MM_SLOTS - 1 are the mm's */

/* So many slots any instruction needs for what is not locked. */
#define MM_FETCH_SLOTS 2u /* an instruction over an edge */
#define MM_DATA_SLOTS  2u /* what it loads or stores, over an edge */
#define MM_SLOTS_FREE  (MM_FETCH_SLOTS + MM_DATA_SLOTS)

enum mm_job_kind {
	JOB_FILL, /* zero or copy to one mapping; what happens to it meanwhile, is not written to */
	JOB_ADVISE,  /* zero every piece of anonymous memory in the range, of any mapping */
	JOB_PROTECT, /* of many mappings: judge them one by one, then change them one by one */
	JOB_UNMAP,   /* the same */
	JOB_REPLACE, /* the same, to make one mapping in their place, which is filled then (mm/replace.c) */
	JOB_LOCK,   /* the same */
	JOB_UNLOCK, /* the same */
	JOB_LOOK,   /* judge only whether all is mapped */
};

/* What a call has still to do, [@at, @end), in steps.  See mmap.h. */
struct mm_job {
	struct mm *mm;
	addr_t at, end;	    /* equal: there is nothing to do */
	long *result;	    /* of the call: set where the job finds that it cannot be done */
	uint8_t kind;	    /* enum mm_job_kind */
	bool is_judged : 1; /* of a change: there is no way back */
	bool is_copy : 1;   /* JOB_REPLACE makes one that others may share */
	bool locks : 1;	    /* and it is to be locked; or what comes, too, when JOB_LOCK is done */
	bool clears : 1;    /* JOB_ADVISE follows JOB_LOOK */
	uint8_t prot;	    /* JOB_PROTECT, and of the mapping that JOB_REPLACE makes */
	uint8_t max_prot;
	union {
		uint8_t flags;
		uint8_t nslots; /* JOB_LOCK: slots that it takes, */
	};
	int16_t err; /* of a change: the worst that was found */
	union {
		struct {			 /* JOB_FILL */
			uint32_t serial;	 /* of the mapping */
			struct backing *backing; /* copy from here, zero behind its end; or NULL */
			uint32_t offset;	 /* of @at in the backing, bytes */
			addr_t from, from_end;	 /* copy this memory first; from 0: there is none */
			addr_t done_start, done_end; /* unmap this when done */
		};
		struct {	      /* of a change */
			addr_t start; /* of the range */
			union {
				uint16_t nspares; /* records that it takes, */
				uint16_t nvmas;	  /* JOB_LOCK: mappings that it locks, */
			};
			union {
				uint16_t gone_vmas; /* and mappings that JOB_REPLACE takes away */
				uint16_t nexec;	    /* JOB_LOCK: those of them that are executed */
			};
			union {
				uint32_t gone_pages;	/* what these have; until it is judged */
				struct vma_list spares; /* the records; from then on */
			};
			union {
				struct {		     /* JOB_REPLACE */
					addr_t stop;	     /* of the range */
					uint32_t new_serial; /* of what it makes, */
					struct backing
						*source; /* and the rest of that; NULL: anonymous */
					uint32_t source_offset;
					addr_t moved; /* what goes there, by mremap(); 0: nothing */
				};
				struct { /* of one that goes from mapping to mapping */
					addr_t seen_start, seen_end; /* the last; 0, 0: none */
					uint32_t seen_serial;
					addr_t reached; /* up to here all is mapped */
					addr_t stack;	/* JOB_LOCK: that the caller runs on */
				};
			};
		};
	};
};

struct mm {
	struct tree vmas;
	LIST_ENTRY(mm) link; /* on spaces */
	struct vma *last;    /* found last; NULL: none */
	uint32_t serial;     /* of the last mapping made */
	uint16_t nvmas;	     /* at most max_vmas */
	uint16_t max_vmas;   /* CONFIG_MAX_MAP_COUNT */
	uint32_t npages;     /* sum over VMAs; at most max_pages */
	uint32_t max_pages;  /* RLIMIT_AS, and what it may be set to; UINT32_MAX: no limit */
	uint32_t top_pages;
	addr_t heap_start; /* first byte of the heap; 0: there is none */
	addr_t heap_end;   /* the break */
	struct mpu_entry image[MM_SLOTS];
	struct span spans[MM_SLOTS]; /* what each grants */
	mpu_slots_t locked;	     /* bit i: slot i is never evicted */
	uint8_t next_slot;	     /* where the next refill goes */
	uint16_t lock_future : 1;    /* mlockall(MCL_FUTURE) */
	uint16_t pid : 15;	     /* of its process, for who looks at it */
	uint16_t nlocked;	     /* VMAs with VMA_LOCKED */
	uint16_t overflows : 1;	     /* more is locked than there are slots for */
	uint16_t nexec : 15;	     /* VMAs that are not locked and may be executed */
	addr_t pin_from, pin_to;     /* what is locked there may have to be pinned anew */
	struct mm_job job;	     /* of the thread that called last */
	uint32_t changes;	     /* another number with each that takes rights away; never 0 */
	uint32_t refills, drops;     /* entries loaded, and those that a change took away */
	uint32_t emptied;	     /* @refills, when the last was taken away with the space */
};

/* The stack that a thread runs on: what one entry grants of a VMA; of one made with MAP_STACK all. */
struct mm_stack {
	addr_t start, end;	/* 0, 0: lost */
	struct mpu_entry entry; /* for STACK_SLOT */
	uint32_t changes;	/* mm->changes when this was found to hold */
};

LIST_HEAD(mm_list, mm);
extern struct mm_list spaces; /* all of them */

/* Make an empty space; and forget one, from which all is unmapped. */
void mm_init(struct mm *mm);
void mm_destroy(struct mm *mm);

/* Any VMA that holds the address, or NULL. */
struct vma *mm_find(struct mm *mm, addr_t at);

/* The first VMA of all, or NULL. */
static inline struct vma *mm_lowest(const struct mm *mm)
{
	return vma_of(tree_end(&mm->vmas, 0));
}

#define MM_FOREACH(vma, mm) for ((vma) = mm_lowest(mm); (vma); (vma) = vma_behind(vma))

/* The first VMA, in the order of the tree, of those that overlap the range; and the next. */
struct vma *mm_first(struct mm *mm, addr_t start, addr_t end);
struct vma *mm_next(struct vma *vma, addr_t start, addr_t end);

/* Of the regions that the space maps, the first that ends behind an address; or NULL. */
struct region *mm_region_from(struct mm *mm, addr_t at);

/* The first VMA behind a place in the order of the tree; 0, 0, 0: the first of all.  Or NULL. */
struct vma *mm_behind(struct mm *mm, addr_t start, addr_t end, uint32_t serial);

/* The last VMA that starts before @end, or NULL where no part of the range is mapped. */
struct vma *mm_last(struct mm *mm, addr_t start, addr_t end);

/**
 * mm_rights - what may the process do at an address?
 * @start, @end: set to a range around @at where the answer is the same
 *
 * Where VMAs coincide it is the union of what they grant (N5).
 *
 * Return: PROT_* bits, or -1 where nothing is mapped (and then the range is not set).
 */
/*@ axiomatic rights {
  @   // What the mappings grant at an address, -1 where there is none; nothing changes them
  @   // while a pointer is judged.
  @   logic integer rights_at(struct mm *mm, integer at) reads \nothing;
  @   predicate is_register(struct mm *mm, integer at) reads \nothing;
  @   predicate grants(struct mm *mm, integer at, unsigned int want) =
  @     rights_at(mm, at) >= 0 && (rights_at(mm, at) & want) == want && !is_register(mm, at);
  @ }
  @*/
/*@ requires \valid(mm) && \valid(start) && \valid(end);
  @ requires \separated(mm, start, end);
  @ assigns \result, *start, *end, mm->last \from at, *mm;
  @ ensures \result >= 0 ==> \initialized(start) && \initialized(end);
  @ ensures \result == rights_at(mm, at);
  @ ensures \result >= 0 ==> *start <= at < *end &&
  @   \forall integer a; *start <= a < *end ==> rights_at(mm, a) == \result &&
  @     (is_register(mm, a) <==> is_register(mm, at));
  @*/
int mm_rights(struct mm *mm, addr_t at, addr_t *start, addr_t *end);

/* Is the address one of a device's registers? */
/*@ requires \valid(mm);
  @ assigns \result, mm->last \from at, *mm;
  @ ensures 0 <= \result <= 1;
  @ ensures \result <==> is_register(mm, at);
  @*/
bool mm_is_device(struct mm *mm, addr_t at);

/* Is it plain that the process may do so, since one VMA that is alone grants all?  @len: not 0. */
/*@ requires \valid(mm) && len > 0;
  @ assigns mm->last;
  @ ensures \result ==> at + len - 1 <= UINT32_MAX &&
  @   \forall integer a; at <= a < at + len ==> grants(mm, a, want);
  @*/
bool mm_grants(struct mm *mm, addr_t at, size_t len, unsigned int want);

/**
 * mm_youngest - the VMA that holds an address and was made last
 * @until: set to where it ends, or another becomes the youngest
 *
 * Return: it, or NULL; then @until is where the next VMA starts, or @end.
 */
struct vma *mm_youngest(struct mm *mm, addr_t at, addr_t end, addr_t *until);

/* The MPU image. */

/**
 * mm_activate - make this mm the one whose entries the hardware holds
 * @stack: of the thread that will run; may be NULL
 */
void mm_activate(struct mm *mm, const struct mm_stack *stack);

/* What the hardware holds: whose image, and with it which stack; 0, 0: none. */
extern struct mm_hardware {
	struct mm *mm;
	addr_t stack_start, stack_end;
} mm_hardware;

/* Where entries must not overlap: empty what a stack's entry is to grant. */
void mm_make_room(struct mm *mm, const struct mm_stack *stack);

/* The same, where @stack is known to hold; in force when the kernel is left. */
static inline void mm_switch(struct mm *mm, const struct mm_stack *stack)
{
	if (!MPU_MAY_OVERLAP)
		mm_make_room(mm, stack);
	mm_hardware.stack_start = stack->start;
	mm_hardware.stack_end = stack->end;
	if (mm != mm_hardware.mm) {
		mm_hardware.mm = mm;
		arch_mpu_load_image(mm->image);
	}
	arch_mpu_load_stack(&stack->entry);
}

/* Is it the one? */
bool mm_is_active(const struct mm *mm);

/* Drop what the image and the hardware grant of the range, and count a change. */
void mm_flush(struct mm *mm, addr_t start, addr_t end);

/**
 * mm_flush_vma - the same, where a VMA goes in a part of its range
 *
 * Nothing is dropped where nothing rests on it, or where another grants all that it does.
 */
void mm_flush_vma(const struct vma *vma, addr_t start, addr_t end);

/* The same for one that has come: where it coincides, more may be granted than what is loaded does. */
void mm_flush_new(const struct vma *vma);

/* The kernel rests on what is mapped at an address until the next change is counted. */
void mm_rely_on(struct mm *mm, addr_t at);

/* Does an entry that is loaded grant some access to the address?  @mm: active. */
bool mm_is_resident(const struct mm *mm, addr_t at);

/**
 * mm_load - put the best entry for an address into a slot
 * @rights, @start, @end: from mm_rights()
 * @sp: the stack pointer of the running thread: its entry is not evicted
 */
void mm_load(struct mm *mm, addr_t at, unsigned int rights, addr_t start, addr_t end, addr_t sp);

/* What an entry of an image or of a stack grants, for who looks at it.  false: nothing. */
bool mm_entry_shown(const struct mpu_entry *entry, struct cover *cover, unsigned int *prot);

/* Is an entry loaded that grants some of it?  @mm: active. */
bool mm_meets_loaded(const struct mm *mm, struct span span);

/**
 * mm_give_way - drop the entry that the hardware holds for an address
 *
 * For where the kernel was refused a store (MPU_KERNEL_WRITES is false): it is not, where no entry names it.
 *
 * Return: false, where none was loaded.
 */
bool mm_give_way(addr_t at);

/* Tell the trace of it. */
void mm_tell_refill(const struct mm *mm, unsigned int slot, const struct mpu_entry *entry,
		    struct span span);

/*
 * Never evict the entry of an address: load the best, where none that is loaded reaches up to @last.
 * @rights, @start, @end: from mm_rights()
 */
void mm_pin(struct mm *mm, addr_t at, unsigned int rights, addr_t start, addr_t end, addr_t last);

/* Pin no entry that grants some of a range, but look there for what is to be pinned (mm_pin_step). */
void mm_unpin(struct mm *mm, addr_t start, addr_t end);

/* A slot was loaded for a mapping that is locked: pin it, if that may be.  (mm/lock.c) */
void mm_pin_loaded(struct mm *mm, unsigned int slot);

/* Does STACK_SLOT grant the address? */
bool mm_is_stack(const struct mm *mm, addr_t at);

/**
 * mm_stack_find - the stack mapping that holds a stack pointer
 * @stack: set
 *
 * Return: 0, or -EFAULT where @sp lies in no VMA made with MAP_STACK that can be written.
 */
int mm_stack_find(struct mm *mm, addr_t sp, struct mm_stack *stack);

/* Is it still mapped?  It is lost from then on where it is not. */
bool mm_stack_is_there(struct mm *mm, struct mm_stack *stack);

/* Does a thread's stack still hold?  Checked before its frame is touched. */
static inline bool mm_stack_holds(struct mm *mm, struct mm_stack *stack)
{
	return stack->changes == mm->changes ? stack->end != 0 : mm_stack_is_there(mm, stack);
}

/* Which slot's turn comes next? */
static inline unsigned int mm_slot_behind(unsigned int slot)
{
	return slot + 1 < MM_SLOTS ? slot + 1 : 0;
}

/* How many slots grant something? */
unsigned int mm_resident(const struct mm *mm);

/* How many refills took the slot of another entry? */
static inline uint32_t mm_evictions(const struct mm *mm)
{
	return mm->refills - mm->drops - mm_resident(mm);
}

/* May the process have @npages more mapped (RLIMIT_AS)? */
static inline bool mm_has_room(const struct mm *mm, uint32_t npages)
{
	return mm->npages + npages <= mm->max_pages;
}

/* Have whatever was found to hold of the space be looked at anew: its number of changes is one never used. */
void mm_change(struct mm *mm);

/*
 * The numbers of changes have been used up, and begin anew: whoever has kept one is to forget it before a
 * program runs, and then clears this.  Set together with a request for the kernel.
 */
extern bool mm_numbers_are_new;

/* Is nothing mapped any more? */
static inline bool mm_is_empty(const struct mm *mm)
{
	return !mm->vmas.root;
}

#endif
