/* SPDX-License-Identifier: MIT */
/*
 * A protection unit to test against: what was loaded, and what that lets a program do.
 *
 * What is loaded means what the model of the architecture says: pmsav7.h or pmsav8.h.
 */
#ifndef HOST_MPU_H
#define HOST_MPU_H

#include <arch/mpu.h>
#include <pmsa.h>

extern struct mpu_entry mpu_hardware[MPU_SLOTS];

/* What is wrong with the words of an entry that grants something?  NULL: nothing. */
const char *mpu_complaint(const struct mpu_entry *entry);

/* The bytes that an entry matches, in order.  Returns the number of spans; 0: it is off. */
unsigned int mpu_entry_spans(const struct mpu_entry *entry, struct pmsa_span spans[8]);

/* What an unprivileged access may do at an address: PROT_* bits. */
unsigned int mpu_grants(uint32_t at);

/* What all that is loaded means there. */
struct pmsa_answer mpu_look(uint32_t at);

/* What a program may do by one slot alone; -1: it does not match the address. */
int mpu_slot_grants(unsigned int slot, uint32_t at);

/* The bytes that a slot matches. */
static inline unsigned int mpu_slot_spans(unsigned int slot, struct pmsa_span spans[8])
{
	return mpu_entry_spans(&mpu_hardware[slot], spans);
}

/* What the geometry of the entries comes to, by trying: for the model of the memory calls. */

/* Would one entry grant exactly this? */
bool mpu_one_entry(uint32_t start, uint32_t len);

/* And in the smallest block that can hold so much? */
bool mpu_lies_well(uint32_t start, uint32_t len);

/* Pages of a stack that needs so many. */
uint32_t mpu_stack_pages(uint32_t npages);

#endif
