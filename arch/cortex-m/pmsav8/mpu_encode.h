/* SPDX-License-Identifier: MIT */
/* What loading the ARMv8-M MPU needs of its words besides include/arch/mpu.h. */
#ifndef MPU_ENCODE_H
#define MPU_ENCODE_H

#include <arch/mpu.h>

/* MPU_MAIR: what RLAR's index stands for.  ARMv8-M ARM (DDI 0553) D1.2, MAIR_ATTR. */
#define MAIR_INDEX_NORMAL 0
#define MAIR_INDEX_DEVICE 1
#define MAIR_NORMAL	  0xaau /* write-through, outer and inner: allocates on reads */
#define MAIR_DEVICE	  0x04u /* nGnRE */
#define MAIR0_WORD	  (MAIR_NORMAL << 8 * MAIR_INDEX_NORMAL | MAIR_DEVICE << 8 * MAIR_INDEX_DEVICE)

/* An entry of the kernel's own: code it may not write, or data it may not execute; nothing for programs.
 * @span: from a multiple of 32 bytes to the last byte before one */
struct mpu_entry mpu_encode_kernel(struct span span, bool is_code);

#endif
