/* SPDX-License-Identifier: MIT */
/*
 * Views: the VMAs of all processes that show one store, and what they may grant together.
 *
 * No byte is writable through one view and executable through another (I7).
 */
#ifndef MM_VIEWS_H
#define MM_VIEWS_H

#include <croft/mman.h>
#include <mm/space.h>

/* PROT_* bits with what they imply: the MPU cannot grant writing or executing alone. */
static inline unsigned int mm_prot_implied(int prot)
{
	unsigned int bits = (unsigned int)prot & (PROT_READ | PROT_WRITE | PROT_EXEC);

	return bits & (PROT_WRITE | PROT_EXEC) ? bits | PROT_READ : bits;
}

/**
 * views_allow - may [@start, @end) of a store be given these rights?
 * @mm: its own views of the range do not count; NULL: all count
 *
 * Cost: O(1) where nobody has the opposite right, else O(views of the store).
 */
bool views_allow(const struct backing *backing, const struct mm *mm, addr_t start, addr_t end,
		 unsigned int prot);

#endif
