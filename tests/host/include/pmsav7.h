/* SPDX-License-Identifier: MIT */
/*
 * What the ARMv7-M MPU does with its registers: a model written from the manual alone, which
 * shares nothing with the code that it judges.
 *
 * Words that the manual calls UNPREDICTABLE or reserved are never right, so they have no
 * meaning here, only a complaint.
 *
 * Source: ARMv7-M ARM (DDI 0403E.e) B3.5 and B3.1.
 */
#ifndef PMSAV7_H
#define PMSAV7_H

#include <pmsa.h>

#define PMSAV7_REGIONS 8 /* of the Cortex-M3 and M4 */

struct pmsav7 {
	uint32_t ctrl; /* MPU_CTRL: bit 0 ENABLE, bit 2 PRIVDEFENA */
	uint32_t rnr;
	struct {
		uint32_t rbar, rasr;
	} region[PMSAV7_REGIONS];
};

/* Stores to MPU_RNR, MPU_RBAR and MPU_RASR, as the processor takes them. */
void pmsav7_write_rnr(struct pmsav7 *mpu, uint32_t value);
void pmsav7_write_rbar(struct pmsav7 *mpu, uint32_t value);
void pmsav7_write_rasr(struct pmsav7 *mpu, uint32_t value);

/* What is wrong with the words of an enabled region?  NULL: nothing. */
const char *pmsav7_complaint(uint32_t rbar, uint32_t rasr);

/* What a region matches, in order, with no two spans that touch.  Returns their number. */
unsigned int pmsav7_spans(uint32_t rbar, uint32_t rasr, struct pmsa_span spans[8]);

/* Does the region match the byte? */
bool pmsav7_matches(uint32_t rbar, uint32_t rasr, uint32_t at);

/* The rules for one byte: of the regions that match it the highest number decides. */
struct pmsa_answer pmsav7_look(const struct pmsav7 *mpu, uint32_t at);

#endif
