/* SPDX-License-Identifier: MIT */
/* What the models of the protection units have in common: pmsav7.h, pmsav8.h. */
#ifndef PMSA_H
#define PMSA_H

#include <stdbool.h>
#include <stdint.h>

enum pmsa_rights { MAY_READ = 1, MAY_WRITE = 2, MAY_EXEC = 4 };
enum pmsa_memory { MEMORY_ORDERED, MEMORY_DEVICE, MEMORY_NORMAL };

/* What an access to a byte meets. */
struct pmsa_answer {
	int region;		      /* that decides; -1: the default map */
	unsigned int program, kernel; /* rights without and with privilege */
	enum pmsa_memory memory;
};

/* Bytes that a region matches: [start, end). */
struct pmsa_span {
	uint64_t start, end;
};

#endif
