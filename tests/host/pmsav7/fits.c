/* SPDX-License-Identifier: MIT */
/* What fits one entry of an ARMv7-M MPU, by trying.  See host_mpu.h. */
#include <host_mpu.h>

/* Tries every size. */
bool mpu_one_entry(uint32_t start, uint32_t len)
{
	for (unsigned int log2 = CONFIG_PAGE_SHIFT; log2 < 32; log2++) {
		uint64_t block = 1ull << log2, base = start & ~(block - 1);

		if (start + (uint64_t)len <= base + block && start % (block / 8) == 0 &&
		    (start + (uint64_t)len) % (block / 8) == 0)
			return true;
	}
	return false;
}

bool mpu_lies_well(uint32_t start, uint32_t len)
{
	uint32_t block = PAGE_SIZE;

	while (block < len)
		block *= 2;
	return (start & ~(block - 1)) == ((start + len - 1) & ~(block - 1)) &&
	       mpu_one_entry(start, len);
}

/* Eighths of the smallest block that holds them. */
uint32_t mpu_stack_pages(uint32_t npages)
{
	uint32_t block = 1, eighth;

	while (block < npages)
		block *= 2;
	eighth = MAX(block / 8, 1u);
	return (npages + eighth - 1) / eighth * eighth;
}
