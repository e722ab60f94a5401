/* SPDX-License-Identifier: MIT */
/*
 * The memory protection unit: the contract that a port fills.
 *
 * mm decides what is in which slot; the port encodes, loads and reports.  An entry is kept as
 * the words that go to the registers, slot number included, so that loading is copying.
 */
#ifndef ARCH_MPU_H
#define ARCH_MPU_H

#include <arch/cover.h>
#include <arch/mpu_entry.h> /* of the port: struct mpu_entry, MPU_SLOTS, mpu_slots_t */
#include <kernel/types.h>

enum mpu_memory { MPU_NORMAL, MPU_DEVICE };

/**
 * arch_mpu_encode - the words that grant a cover in a slot
 * @prot: PROT_READ with PROT_WRITE or PROT_EXEC or neither
 */
/*@ requires \valid_read(cover) && cover_is_sound(*cover);
  @ assigns \nothing;
  @*/
struct mpu_entry arch_mpu_encode(unsigned int slot, const struct cover *cover, unsigned int prot,
				 enum mpu_memory memory);

/*
 * In <arch/mpu_entry.h>: MPU_MAY_OVERLAP, false where an access that two loaded entries match is refused, so that
 * mm keeps them apart (arch_mpu_load_image() may pass through states in which they are not); and MPU_KERNEL_WRITES, false where the
 * kernel cannot write to what an entry lets programs only read, so that mm takes the entry away (mm_give_way).
 *
 * Inline there: arch_mpu_move(entry, slot) is the same entry for another slot; arch_mpu_is_same(a, b): are
 * two entries for one slot the same?  arch_mpu_may_fetch(entry): may programs execute what it grants?  And where
 * entries may overlap, arch_mpu_slot(entry): the slot it is for.
 */

/* The words that grant nothing in a slot. */
/*@ assigns \nothing; */
struct mpu_entry arch_mpu_empty(unsigned int slot);

/* What an entry grants: false when nothing. */
/*@ requires \valid_read(entry) && \valid(cover) && \valid(prot);
  @ requires \separated(entry, cover, prot);
  @ assigns *cover, *prot;
  @*/
bool arch_mpu_decode(const struct mpu_entry *entry, struct cover *cover, unsigned int *prot);

/* Load one slot; in force when it returns.  Context: kernel. */
void arch_mpu_load(unsigned int slot, const struct mpu_entry *entry);

/*
 * In <arch/mpu_load.h>, some inline; in force when the kernel is left: arch_mpu_load_slot(slot, entry) is
 * as arch_mpu_load(); arch_mpu_replace(slot, old, entry) the same, where the slot holds @old;
 * arch_mpu_load_stack(entry) loads the entry of a stack in the place of another one's, or of none;
 * arch_mpu_load_image(image) loads all slots but the last, which is empty then where entries must not
 * overlap.
 */

/* Switch protection on, with the kernel's own right to everything.  Context: boot. */
void arch_mpu_init(void);

#endif
