/* SPDX-License-Identifier: MIT */
/*
 * The memory calls: map, unmap, protect, remap, the heap, and the small ones.
 *
 * Each judges everything first and then changes state by steps that cannot fail, so an error
 * leaves all as it was.  Addresses and lengths are the caller's, unjudged.
 *
 * Work that takes long (zeroing, copying) is left in a struct mm_job, and mm_job_step() is called
 * until it is done.  Between steps other processes may run, but no thread of this one: what it
 * would see is not yet zero.  Who reads for another process asks mm_is_unfilled().
 *
 * Source: POSIX.1-2017; mremap, MAP_FIXED_NOREPLACE as on Linux; docs/memory-model.md.
 *
 * Context: kernel.
 */
#ifndef MM_MMAP_H
#define MM_MMAP_H

#include <mm/space.h>

static inline bool mm_job_is_done(const struct mm_job *job)
{
	return job->at == job->end;
}

/* Is some of a range still to be filled?  Until then it holds what others have left there.  @len: not 0. */
static inline bool mm_is_unfilled(const struct mm *mm, addr_t start, size_t len)
{
	const struct mm_job *job = &mm->job;

	return !mm_job_is_done(job) && job->kind == JOB_FILL && start < job->end &&
	       start + len > job->at;
}

/* Leave nothing to do. */
static inline void mm_job_clear(struct mm_job *job)
{
	job->at = job->end = 0;
}

/**
 * mm_job_fill - fill new memory of a mapping
 * @job:     set to it, unless it is done: a little is cleared at once
 * @at:	     from here to the mapping's end
 * @backing: with what that holds; NULL, or one that cannot be read: with zeros
 */
void mm_job_fill(struct mm_job *job, const struct vma *vma, addr_t at, struct backing *backing);

/* Of a job that is not done, copy at most CONFIG_STEP_BYTES, or clear sixteen times as many, or look at
 * one mapping, or change it, or give at most MM_STEP_PAGES of its pages back. */
void mm_job_step(struct mm_job *job);

struct map_request {
	addr_t addr; /* a hint, or with MAP_FIXED the place */
	size_t len;
	int prot;		 /* PROT_* */
	int flags;		 /* MAP_* */
	struct backing *backing; /* NULL: anonymous */
	uint32_t offset;	 /* bytes */
	const struct vma *moved; /* by mremap(): copy this, which goes then; or NULL */
	uint16_t guard; /* so many pages at the start nothing may ever touch; with MAP_STACK */
	bool can_write; /* the file was opened for writing */
	bool is_heap;	/* place it with room behind, for sbrk */
};

/* A request for anonymous memory, to be added to. */
static inline void map_request_init(struct map_request *request, size_t len, int prot, int flags)
{
	/* Each field by itself: clearing all of it first takes longer than many a call that fails. */
	request->addr = 0;
	request->len = len;
	request->prot = prot;
	request->flags = flags;
	request->backing = NULL;
	request->offset = 0;
	request->moved = NULL;
	request->guard = 0;
	request->can_write = request->is_heap = false;
}

/**
 * mm_map_judge - the errors of mmap() that need no file
 *
 * Return: 0, -EINVAL, -EOPNOTSUPP, -ENOMEM (length).
 */
int mm_map_judge(const struct map_request *request);

/**
 * mm_map - map memory or a file
 * @request: judged
 * @at:	     set to the address
 * @job:     set to what is left to do: fill it; with MAP_FIXED take what is there away before, and its result
 *	     becomes -ENOMEM where that cannot be done
 *
 * Return: 0, -ENODEV, -EOVERFLOW, -ENOTSUP, -EEXIST, -ENOMEM; then nothing changed.
 */
int mm_map(struct mm *mm, const struct map_request *request, addr_t *at, struct mm_job *job);

/**
 * mm_unmap - take the youngest layer off each page of a range
 *
 * Return: 0, -EINVAL, -ENOMEM (no record for a split; nothing changed).
 */
int mm_unmap(struct mm *mm, addr_t start, size_t len);

/* Take the mapping that a VMA is a piece of away, with all its pieces over that region. */
void mm_unmap_mapping(struct vma *vma);

/**
 * mm_unmap_begin, mm_protect_begin - the same as mm_unmap() and mm_protect(), in steps
 * @job: what is left to do; its result becomes -errno where that cannot be done, and then nothing
 *	 has changed but for what other processes have done to the mappings meanwhile
 *
 * Each mapping takes a step to be judged, and then one to be changed.
 */
int mm_unmap_begin(struct mm *mm, addr_t start, size_t len, struct mm_job *job);
int mm_protect_begin(struct mm *mm, addr_t start, size_t len, int prot, struct mm_job *job);

#define MM_STEP_PAGES 64

/* Take a bounded part of everything away; false: there is more.  At exit. */
bool mm_unmap_all_step(struct mm *mm);

/* Take everything away at once; where a program could not be loaded. */
void mm_unmap_all(struct mm *mm);

/* Change what a range grants.  0, -EINVAL, -ENOMEM, -EACCES, -ENOTSUP; then nothing changed. */
int mm_protect(struct mm *mm, addr_t start, size_t len, int prot);

/* Resize or move a mapping.  0, -EINVAL, -EFAULT, -EPERM, -ENOMEM; then nothing changed. */
int mm_remap(struct mm *mm, addr_t old, size_t old_len, size_t new_len, int flags, addr_t to,
	     addr_t *at, struct mm_job *job);

/* Move the break by @increment bytes; @old is set to where it was.  0, -EINVAL, -ENOMEM. */
int mm_sbrk(struct mm *mm, intptr_t increment, addr_t *old, struct mm_job *job);

/**
 * mm_look_begin - look at every mapping of a range, in steps
 * @start: to lock or unlock, any byte of the first page, as on Linux
 * @kind: JOB_LOOK: is all of it mapped?  JOB_LOCK: then keep the entries of those mappings loaded, from
 *	  mm_pin_locked() on, before a thread of the space goes on; JOB_UNLOCK: no longer
 * @job:  what is left to do; its result becomes -ENOMEM where a page is not mapped, -EAGAIN where too few
 *	  slots would be left, and then nothing has changed
 *
 * What is locked never faults for a refill.  Slots enough for any instruction to make progress
 * stay free: two for the halves of an instruction unless all that may be executed is locked, and
 * two for its data unless everything is.
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int mm_look_begin(struct mm *mm, addr_t start, size_t len, enum mm_job_kind kind,
		  struct mm_job *job);

/* The same for all that is mapped, with MCL_FUTURE also what will be. */
int mm_lock_all(struct mm *mm, int flags, struct mm_job *job);
void mm_unlock_all(struct mm *mm, struct mm_job *job);

/* Lock a mapping just made, at once.  0, -EAGAIN. */
int mm_lock_new(struct mm *mm, addr_t start, addr_t end);

/* Load an entry of a locked mapping again, where a change has dropped it.  true: none is left to be.  @mm: active. */
bool mm_pin_step(struct mm *mm);

static inline bool mm_pin_locked(struct mm *mm)
{
	return !mm->nlocked || mm_pin_step(mm);
}

int mm_sync(struct mm *mm, addr_t start, size_t len, int flags, struct mm_job *job);
int mm_advise(struct mm *mm, addr_t start, size_t len, int advice, struct mm_job *job);

/* vm.nr_trim_pages: from so many excess pages on a power of two is trimmed; 0: never. */
extern uint32_t mm_nr_trim_pages;

#endif
