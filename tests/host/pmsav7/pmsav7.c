/* SPDX-License-Identifier: MIT */
/* The rules of the ARMv7-M MPU.  See tests/host/include/pmsav7.h. */
#include <pmsav7.h>
#include <stddef.h>

/* B3.5.9, MPU_RASR: XN 28, AP 26:24, TEX 21:19, S 18, C 17, B 16, SRD 15:8, SIZE 5:1, ENABLE 0. */
static uint32_t field(uint32_t word, unsigned int high, unsigned int low)
{
	return (word >> low) & ((2u << (high - low)) - 1u);
}

static uint64_t size_of(uint32_t rasr)
{
	return 1ull << (field(rasr, 5, 1) + 1); /* "the region size in bytes is 2^(SIZE+1)" */
}

void pmsav7_write_rnr(struct pmsav7 *mpu, uint32_t value)
{
	mpu->rnr = value & 0xff;
}

/* B3.5.8: with VALID, REGION becomes the number; ADDR goes to the region of that number. */
void pmsav7_write_rbar(struct pmsav7 *mpu, uint32_t value)
{
	if (field(value, 4, 4))
		mpu->rnr = field(value, 3, 0);
	if (mpu->rnr < PMSAV7_REGIONS)
		mpu->region[mpu->rnr].rbar = value & ~31u;
}

void pmsav7_write_rasr(struct pmsav7 *mpu, uint32_t value)
{
	if (mpu->rnr < PMSAV7_REGIONS)
		mpu->region[mpu->rnr].rasr = value;
}

/* Table B3-15; -1: reserved.  What each row grants without and with privilege. */
static int program_rights(uint32_t ap)
{
	static const int rights[8] = {
		0, 0, MAY_READ, MAY_READ | MAY_WRITE, -1, 0, MAY_READ, MAY_READ,
	};

	return rights[ap];
}

static int kernel_rights(uint32_t ap)
{
	static const int rights[8] = {
		0,
		MAY_READ | MAY_WRITE,
		MAY_READ | MAY_WRITE,
		MAY_READ | MAY_WRITE,
		-1,
		MAY_READ,
		MAY_READ,
		MAY_READ,
	};

	return rights[ap];
}

/* B3.5.9: TEX, C and B; -1: reserved, or left to the implementation. */
static int memory_of(uint32_t rasr)
{
	uint32_t tex = field(rasr, 21, 19), cb = field(rasr, 17, 16);

	if (tex >= 4)
		return MEMORY_NORMAL;
	switch (tex << 2 | cb) {
	case 0: /* TEX 0, C 0, B 0 */
		return MEMORY_ORDERED;
	case 1: /* TEX 0, B: shareable */
	case 8: /* TEX 2: not shareable */
		return MEMORY_DEVICE;
	case 2: /* TEX 0, C: write-through */
	case 3: /* TEX 0, C and B: write-back */
	case 4: /* TEX 1: not cached */
	case 7: /* TEX 1, C and B: write-back, allocates on writes too */
		return MEMORY_NORMAL;
	default:
		return -1;
	}
}

const char *pmsav7_complaint(uint32_t rbar, uint32_t rasr)
{
	uint64_t size = size_of(rasr);

	if (field(rasr, 5, 1) < 4)
		return "a region has 32 bytes at least";
	if ((rbar & ~31u) % size != 0)
		return "the base is no multiple of the size";
	if (size < 256 && field(rasr, 15, 8))
		return "a region of less than 256 bytes has no subregions";
	if (field(rasr, 31, 29) || field(rasr, 27, 27) || field(rasr, 23, 22) || field(rasr, 7, 6))
		return "reserved bits of MPU_RASR are set";
	if (program_rights(field(rasr, 26, 24)) < 0)
		return "AP is reserved";
	if (memory_of(rasr) < 0)
		return "TEX, C and B are reserved";
	/* B3.5.3: instructions are not fetched from Device or Strongly-ordered memory. */
	if (memory_of(rasr) != MEMORY_NORMAL && !field(rasr, 28, 28))
		return "memory that is not Normal lacks XN";
	return NULL;
}

unsigned int pmsav7_spans(uint32_t rbar, uint32_t rasr, struct pmsa_span spans[8])
{
	uint64_t size = size_of(rasr), base = rbar & ~31u;
	unsigned int parts = size >= 256 ? 8 : 1, n = 0;

	if (!field(rasr, 0, 0))
		return 0;
	for (unsigned int part = 0; part < parts; part++) {
		uint64_t start = base + part * (size / parts);

		if (parts == 8 && field(rasr, 8 + part, 8 + part))
			continue;
		if (n > 0 && spans[n - 1].end == start)
			n--; /* goes on where the last one ended */
		else
			spans[n].start = start;
		spans[n++].end = start + size / parts;
	}
	return n;
}

bool pmsav7_matches(uint32_t rbar, uint32_t rasr, uint32_t at)
{
	uint64_t size = size_of(rasr), offset = (uint64_t)at - (rbar & ~31u);

	if (!field(rasr, 0, 0) || at < (rbar & ~31u) || offset >= size)
		return false;
	if (size < 256)
		return true;
	return !field(rasr, 8 + (unsigned int)(offset * 8 / size),
		      8 + (unsigned int)(offset * 8 / size));
}

/* B3.1: the default map, for who has privilege (with PRIVDEFENA), or with the MPU off. */
static struct pmsa_answer default_map(uint32_t at)
{
	struct pmsa_answer answer = { .region = -1, .kernel = MAY_READ | MAY_WRITE | MAY_EXEC };

	switch (at >> 29) {
	case 0: /* code */
	case 1: /* SRAM */
	case 3: /* RAM, write-back */
	case 4: /* RAM, write-through */
		answer.memory = MEMORY_NORMAL;
		break;
	case 2: /* peripherals */
	case 5: /* devices, shareable */
	case 6: /* devices, not shareable */
		answer.memory = MEMORY_DEVICE;
		answer.kernel &= ~(unsigned int)MAY_EXEC;
		break;
	default: /* the system: the private peripheral bus is strongly ordered */
		answer.memory = at < 0xe0100000u ? MEMORY_ORDERED : MEMORY_DEVICE;
		answer.kernel &= ~(unsigned int)MAY_EXEC;
	}
	return answer;
}

struct pmsa_answer pmsav7_look(const struct pmsav7 *mpu, uint32_t at)
{
	struct pmsa_answer answer = default_map(at);

	/* B3.5.1: the private peripheral bus is never looked up, and is the kernel's. */
	if (at >> 20 == 0xe00)
		return answer;
	if (!field(mpu->ctrl, 0, 0)) { /* off: one map for all */
		answer.program = answer.kernel;
		return answer;
	}
	for (int i = PMSAV7_REGIONS - 1; i >= 0; i--) {
		uint32_t rbar = mpu->region[i].rbar, rasr = mpu->region[i].rasr;
		unsigned int exec = field(rasr, 28, 28) || at >= 0xe0000000u ? 0 : MAY_EXEC;

		if (!pmsav7_matches(rbar, rasr, at))
			continue;
		answer.region = i;
		answer.program = (unsigned int)program_rights(field(rasr, 26, 24));
		answer.kernel = (unsigned int)kernel_rights(field(rasr, 26, 24));
		/* What may not be read is not executed either. */
		answer.program |= answer.program & MAY_READ ? exec : 0;
		answer.kernel |= answer.kernel & MAY_READ ? exec : 0;
		answer.memory = (enum pmsa_memory)memory_of(rasr);
		return answer;
	}
	if (!field(mpu->ctrl, 2, 2))
		answer.kernel = 0; /* no background: a fault for all */
	return answer;
}
