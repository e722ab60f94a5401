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
 * @want: PROT_READ or PROT_EXEC
 * @sp: as above
 *
 * Return: true: try again; false: mm_fault() judges, nothing changed.
 *
 * Cost: O(1), some 70 instructions.  In force when the fault handler is left.
 */
bool mm_refill(addr_t at, unsigned int want, addr_t sp);

#endif
