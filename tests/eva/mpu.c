/* SPDX-License-Identifier: MIT */
/* Covers and the words of entries: any range, any address in it, any length, any rights; and words that are none. */
#include "eva.h"

#include <arch/cover.h>
#include <arch/mpu.h>

/*@ requires start <= at < end; */
static void any_cover(addr_t start, addr_t end, addr_t at)
{
	struct cover cover = cover_find(start, end, at);
	struct mpu_entry entry;
	unsigned int prot;

	cover_grants(&cover, any());
	cover_granted(&cover);
	cover_block(&cover);
	cover_span(&cover, start, end);
	cover_off(&cover);
	cover_count(start, end);
	entry = arch_mpu_encode(any_of(0, MPU_SLOTS - 1), &cover, any(),
				any_of(0, 1) ? MPU_DEVICE : MPU_NORMAL);
	entry = arch_mpu_move(entry, any_of(0, MPU_SLOTS - 1));
	arch_mpu_decode(&entry, &cover, &prot);
}

/* Words that nobody wrote. */
/*@ assigns \result \from Frama_C_entropy_source; */
struct mpu_entry any_words(void);

static void any_entry(void)
{
	struct mpu_entry entry = any_words();
	struct cover cover;
	unsigned int prot;

	if (arch_mpu_decode(&entry, &cover, &prot))
		cover_off(&cover);
}

int main(void)
{
	addr_t start = any(), end = any(), at = any();

	cover_unit(any());
	cover_round(any());
	cover_place_low(start, end, any());
	cover_place_high(start, end, any());
	if (start <= at && at < end)
		any_cover(start, end, at);
	any_entry();
	return 0;
}
