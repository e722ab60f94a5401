/* SPDX-License-Identifier: MIT */
/* What mm/refill.c knows of the entries that were loaded, and its checks may look at. */
#ifndef MM_REFILL_H
#define MM_REFILL_H

#include <mm/space.h>

/* What was loaded for a page once.  See mm/refill.c. */
struct known {
	uint32_t page;		/* its number */
	uint32_t changes;	/* the space's, when it was found; 0: nothing is known */
	struct mpu_entry entry; /* of the slot where it was loaded last */
	struct span span;	/* what it grants */
};
extern struct known mm_known[CONFIG_REFILL_CACHE];
extern uint32_t mm_last_change;

/* Let mm_refill() know what was loaded for an address of a space, where no mapping is locked. */
void mm_remember(const struct mm *mm, addr_t at, const struct mpu_entry *entry, struct span span);

#endif
