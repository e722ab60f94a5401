/* SPDX-License-Identifier: MIT */
/*
 * What an access that the MPU refused means.
 *
 * Context: kernel, also from the fault handler, which only interrupts programs.
 */
#ifndef MM_FAULT_H
#define MM_FAULT_H

#include <mm/space.h>

enum mm_access { ACCESS_DATA, ACCESS_FETCH };

enum mm_verdict {
	VERDICT_REFILLED, /* the access is granted, and its entry is loaded now: try again */
	VERDICT_MAPERR,	  /* nothing is mapped there */
	VERDICT_ACCERR,	  /* what is mapped there does not grant it */
};

/**
 * mm_fault - judge a refused access of the running thread, and load the entry if it may
 * @mm: active
 * @at: the address
 * @sp: the thread's stack pointer, whose entry stays
 *
 * The hardware does not tell a refused load from a refused store.  But an access to an address
 * whose entry is loaded is refused for its kind, so it is a violation, and never refilled.
 *
 * Cost: O(log VMAs), some 100 instructions; takes no memory.
 */
enum mm_verdict mm_fault(struct mm *mm, addr_t at, enum mm_access access, addr_t sp);

/**
 * mm_refill - load the entry for a refused access, where the table knows it
 * @sp: as above
 * @pc: the instruction, @at where that was refused: the entry that grants its first half stays
 *
 * Ends with arch_refused() where it is not known, or may be a violation; then nothing has changed.
 *
 * Cost: O(1), some 60 instructions.  In force when the fault handler is left.
 */
void mm_refill(addr_t at, enum mm_access access, addr_t sp, addr_t pc);

/* Filled by the port: the long way, by the kernel, which has mm_fault() judge. */
void arch_refused(addr_t at, enum mm_access access, addr_t sp);

#endif
