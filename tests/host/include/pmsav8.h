/* SPDX-License-Identifier: MIT */
/*
 * What the ARMv8-M MPU does with its registers: a model written from the manual alone, which
 * shares nothing with the code that it judges.
 *
 * Words that the manual calls UNPREDICTABLE or reserved are never right, so they have no
 * meaning here, only a complaint.  PXN, which came with ARMv8.1-M, is reserved.
 *
 * Source: ARMv8-M ARM (DDI 0553) B8 (the default map), B11 (PMSAv8), D1.2 (the registers);
 * Cortex-M33 TRM (100230), C.10 (what is UNPREDICTABLE).
 */
#ifndef PMSAV8_H
#define PMSAV8_H

#include <pmsa.h>

#define PMSAV8_REGIONS 16 /* at most, of the Cortex-M23 and M33 */

#define PMSAV8_BACKGROUND (-1) /* pmsa_answer.region: no region matches */
#define PMSAV8_CONFLICT	  (-2) /* several do: a fault for all */

struct pmsav8 {
	unsigned int nregions; /* MPU_TYPE.DREGION: 8 or 16 */
	uint32_t ctrl;	       /* MPU_CTRL: bit 0 ENABLE, bit 2 PRIVDEFENA */
	uint32_t rnr;
	uint32_t mair[2];
	struct {
		uint32_t rbar, rlar;
	} region[PMSAV8_REGIONS];
};

/* A store to MPU_RNR; and to MPU_RBAR or MPU_RLAR (@alias 0), or to one of their aliases (1 to 3). */
void pmsav8_write_rnr(struct pmsav8 *mpu, uint32_t value);
void pmsav8_write_rbar(struct pmsav8 *mpu, unsigned int alias, uint32_t value);
void pmsav8_write_rlar(struct pmsav8 *mpu, unsigned int alias, uint32_t value);

/* What is wrong with the words of an enabled region?  NULL: nothing. */
const char *pmsav8_complaint(const uint32_t mair[2], uint32_t rbar, uint32_t rlar);

/* Does the region match the byte? */
bool pmsav8_matches(uint32_t rbar, uint32_t rlar, uint32_t at);

/* Is there a byte that two regions match? */
bool pmsav8_overlaps(const struct pmsav8 *mpu);

/* The rules for one byte. */
struct pmsa_answer pmsav8_look(const struct pmsav8 *mpu, uint32_t at);

#endif
