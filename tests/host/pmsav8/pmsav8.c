/* SPDX-License-Identifier: MIT */
/* The rules of the ARMv8-M MPU.  See tests/host/include/pmsav8.h. */
#include <pmsav8.h>
#include <stddef.h>

/*
 * D1.2, MPU_RBAR: BASE 31:5, SH 4:3, AP 2:1, XN 0.  MPU_RLAR: LIMIT 31:5, reserved 4, AttrIndx 3:1, EN 0.
 * MPU_MAIR0 and 1: an attribute of eight bits for each value of AttrIndx.
 */
static uint32_t field(uint32_t word, unsigned int high, unsigned int low)
{
	return (word >> low) & ((2u << (high - low)) - 1u);
}

static uint32_t attribute_of(const uint32_t mair[2], uint32_t rlar)
{
	uint32_t index = field(rlar, 3, 1);

	return mair[index / 4] >> index % 4 * 8 & 0xff;
}

void pmsav8_write_rnr(struct pmsav8 *mpu, uint32_t value)
{
	mpu->rnr = value & 0xff;
}

/* D1.2, MPU_RBAR_A<n>: the region of MPU_RNR with its lowest two bits replaced by n. */
static unsigned int aliased(const struct pmsav8 *mpu, unsigned int alias)
{
	return alias ? (mpu->rnr & ~3u) | alias : mpu->rnr;
}

void pmsav8_write_rbar(struct pmsav8 *mpu, unsigned int alias, uint32_t value)
{
	if (aliased(mpu, alias) < mpu->nregions)
		mpu->region[aliased(mpu, alias)].rbar = value;
}

void pmsav8_write_rlar(struct pmsav8 *mpu, unsigned int alias, uint32_t value)
{
	if (aliased(mpu, alias) < mpu->nregions)
		mpu->region[aliased(mpu, alias)].rlar = value;
}

/* D1.2, MAIR_ATTR: 0b0000dd00 is Device (nGnRnE first), the rest Normal, outer and inner. */
static enum pmsa_memory memory_of(uint32_t attribute)
{
	if (field(attribute, 7, 4))
		return MEMORY_NORMAL;
	return field(attribute, 3, 2) ? MEMORY_DEVICE : MEMORY_ORDERED;
}

const char *pmsav8_complaint(const uint32_t mair[2], uint32_t rbar, uint32_t rlar)
{
	uint32_t attribute = attribute_of(mair, rlar);

	if (field(rbar, 31, 5) > field(rlar, 31, 5))
		return "the region ends before it starts";
	if (field(rbar, 4, 3) == 1)
		return "SH is reserved";
	if (field(rlar, 4, 4))
		return "a reserved bit of MPU_RLAR is set";
	if (field(attribute, 7, 4) && !field(attribute, 3, 0))
		return "an inner attribute of Normal memory is 0";
	if (!field(attribute, 7, 4) && field(attribute, 1, 0))
		return "reserved bits of a Device attribute are set";
	if (memory_of(attribute) != MEMORY_NORMAL && !field(rbar, 0, 0))
		return "memory that is not Normal lacks XN";
	return NULL;
}

/* B11: from BASE with five zeros to LIMIT with five ones, both included. */
bool pmsav8_matches(uint32_t rbar, uint32_t rlar, uint32_t at)
{
	return field(rlar, 0, 0) && field(at, 31, 5) >= field(rbar, 31, 5) &&
	       field(at, 31, 5) <= field(rlar, 31, 5);
}

bool pmsav8_overlaps(const struct pmsav8 *mpu)
{
	/* Where two regions meet, the start of one of them is in the other. */
	for (unsigned int i = 0; i < mpu->nregions; i++)
		for (unsigned int k = 0; k < mpu->nregions; k++)
			if (i != k && field(mpu->region[i].rlar, 0, 0) &&
			    pmsav8_matches(mpu->region[k].rbar, mpu->region[k].rlar,
					   mpu->region[i].rbar & ~31u))
				return true;
	return false;
}

/* B8: the default map, for who has privilege (with PRIVDEFENA), or with the MPU off. */
static struct pmsa_answer default_map(uint32_t at)
{
	static const enum pmsa_memory memory[8] = {
		MEMORY_NORMAL, MEMORY_NORMAL, MEMORY_DEVICE, MEMORY_NORMAL, /* code SRAM I/O RAM */
		MEMORY_NORMAL, MEMORY_DEVICE, MEMORY_DEVICE, MEMORY_DEVICE, /* RAM I/O I/O system */
	};
	struct pmsa_answer answer = {
		.region = PMSAV8_BACKGROUND,
		.kernel = MAY_READ | MAY_WRITE | MAY_EXEC,
		.memory = memory[at >> 29],
	};

	if (at >= 0xe0000000u && at < 0xe0100000u)
		answer.memory = MEMORY_ORDERED; /* the private peripheral bus */
	if (answer.memory != MEMORY_NORMAL)
		answer.kernel &= ~(unsigned int)MAY_EXEC;
	return answer;
}

/* D1.2, MPU_RBAR.AP: what each value grants without and with privilege. */
static const unsigned int program_rights[4] = { 0, MAY_READ | MAY_WRITE, 0, MAY_READ };
static const unsigned int kernel_rights[4] = { MAY_READ | MAY_WRITE, MAY_READ | MAY_WRITE, MAY_READ,
					       MAY_READ };

static struct pmsa_answer in_region(const struct pmsav8 *mpu, unsigned int i, uint32_t at)
{
	uint32_t rbar = mpu->region[i].rbar, ap = field(rbar, 2, 1);
	unsigned int exec = field(rbar, 0, 0) || at >= 0xe0000000u ? 0 : MAY_EXEC;
	struct pmsa_answer answer = {
		.region = (int)i,
		.program = program_rights[ap],
		.kernel = kernel_rights[ap],
		.memory = memory_of(attribute_of(mpu->mair, mpu->region[i].rlar)),
	};

	/* What may not be read is not executed either. */
	answer.program |= answer.program & MAY_READ ? exec : 0;
	answer.kernel |= answer.kernel & MAY_READ ? exec : 0;
	return answer;
}

struct pmsa_answer pmsav8_look(const struct pmsav8 *mpu, uint32_t at)
{
	struct pmsa_answer answer = default_map(at);
	unsigned int nmatches = 0;

	/* B11: the private peripheral bus is never looked up, and is the kernel's. */
	if (at >> 20 == 0xe00)
		return answer;
	if (!field(mpu->ctrl, 0, 0)) { /* off: one map for all */
		answer.program = answer.kernel;
		return answer;
	}
	for (unsigned int i = 0; i < mpu->nregions; i++)
		if (pmsav8_matches(mpu->region[i].rbar, mpu->region[i].rlar, at)) {
			answer = in_region(mpu, i, at);
			nmatches++;
		}
	/* B11: an access that matches more than one region is a fault, with privilege too. */
	if (nmatches > 1)
		return (struct pmsa_answer){ .region = PMSAV8_CONFLICT, .memory = answer.memory };
	if (nmatches == 0 && !field(mpu->ctrl, 2, 2))
		answer.kernel = 0; /* no background: a fault for all */
	return answer;
}
