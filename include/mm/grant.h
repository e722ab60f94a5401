/* SPDX-License-Identifier: MIT */
/*
 * Handing a mapping to another address space, at the same address: there is only one.
 *
 *	shared	  both have it from now on
 *	private	  it moves: @from has it no more, and no byte is copied
 *
 * Context: kernel.
 */
#ifndef MM_GRANT_H
#define MM_GRANT_H

#include <mm/space.h>

/**
 * mm_grant - hand over a mapping
 * @start, @len: the whole of one mapping of @from
 *
 * Private memory goes only where nobody else has it and it is neither heap nor stack nor locked.
 * The receiver gets the rights that the giver had.
 *
 * Return: 0; -EINVAL: not a whole mapping; -EPERM; -EEXIST: @to is @from; -ENOMEM; nothing changed
 *         then.
 */
int mm_grant(struct mm *from, addr_t start, addr_t len, struct mm *to);

#endif
