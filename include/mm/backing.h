/* SPDX-License-Identifier: MIT */
/*
 * A backing is a store of bytes that can be mapped: a flash file, a RAM file, a shared memory
 * segment, a window of device registers.
 *
 * mm owns this interface and each file system fills it: the backing is a member of the file
 * system's own object (container_of leads back).  mm asks three things: can the bytes be used
 * where they lie, and where is that; if not, give them to me; hold on, I still use you.
 *
 * Every VMA of the store, of whatever process, hangs on @vmas (N6), so that truncating finds
 * them without a walk over processes; @nwrite and @nexec count those that grant it, so that
 * asking for the opposite costs nothing where there is none (I7).
 *
 * Context: kernel.
 */
#ifndef MM_BACKING_H
#define MM_BACKING_H

#include <kernel/types.h>
#include <mm/region.h>
#include <sys/queue.h>

struct mm;
struct vma;

/* Where a store lies, when it can be used in place. */
struct extent {
	addr_t start; /* of byte 0 of the store; page aligned */
	addr_t end;   /* past the last byte that can be mapped; page aligned */
};

enum backing_kind {
	BACKING_FLASH,	/* constant bytes in memory of the machine */
	BACKING_RAM,	/* pages of RAM that the store owns */
	BACKING_DEVICE, /* registers */
	BACKING_COPY,	/* bytes that can only be read out */
};

struct backing_ops {
	/**
	 * direct - where does the store lie?
	 * @extent: filled; pages of it may be mapped as they are.  The last page of a file is
	 *          inside only when what follows the file in that page is zero.
	 *
	 * Return: 0, or -ENODEV where nothing of the store can be used in place.
	 */
	int (*direct)(struct backing *backing, struct extent *extent);
	/**
	 * read - copy bytes of the store
	 * @off, @len: any; @len is at most CONFIG_STEP_BYTES
	 * @to:        kernel pointer
	 *
	 * NULL: that takes waiting, so a mapping is zero until it is filled from outside (fill.h).
	 *
	 * Return: bytes copied, 0 at the end of the store; -EINPROGRESS: a step on the way to @off is
	 *         done; or another -errno.
	 */
	ssize_t (*read)(struct backing *backing, uint32_t off, void *to, size_t len);
	/** attached - one mapping by @mm more; NULL: nobody asks */
	void (*attached)(struct backing *backing, struct mm *mm);
	/** detached - the last piece of one mapping by @mm has gone; NULL: nobody asks */
	void (*detached)(struct backing *backing, struct mm *mm);
	/**
	 * path - what the store is called, for /proc/maps
	 * @to: filled, cut to @size bytes with its end
	 *
	 * NULL: it has no name.
	 */
	void (*path)(const struct backing *backing, char *to, size_t size);
	/** get, put - one mapping more, or fewer, needs the store; put may free it */
	void (*get)(struct backing *backing);
	void (*put)(struct backing *backing);
};

LIST_HEAD(vma_list, vma);

struct backing {
	const struct backing_ops *ops;
	struct vma_list vmas; /* every VMA over the store, and over copies of it */
	struct region
		store; /* over the whole of it; ->end 0: of no pages, or in flash and not mapped */
	LIST_ENTRY(backing) on_stores; /* where ->store has an end */
	uint32_t nwrite;	       /* VMAs over the store itself that grant writing */
	uint32_t nexec;		       /* the same for executing */
	uint8_t kind;		       /* enum backing_kind */
	uint16_t dev;		       /* for /proc/maps: file system and inode */
	uint32_t ino;
	uint32_t size; /* bytes in the store now */
};

#endif
