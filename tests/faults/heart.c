/* SPDX-License-Identifier: MIT */
/*
 * The bystander of tests/faults.py: it wakes each second, looks whether its memory is as it left it,
 * and changes all of it.  What it found lies in @beat, which the host reads.
 */
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define WORDS 192 /* in data, and a quarter of them on the stack */

static volatile struct {
	uint32_t magic[2]; /* found by the host */
	uint32_t beats;
	uint32_t late_ms; /* the most by which it woke too late */
	uint32_t wrong;	  /* words that somebody else changed */
} beat = { .magic = { 0x72616568, 0x21656274 } };

static volatile uint32_t words[WORDS];

static void fill(volatile uint32_t *at, int count)
{
	for (int i = 0; i < count; i++)
		at[i] = (beat.beats + (uint32_t)i) * 0x9e3779b9u;
}

static void look(volatile uint32_t *at, int count)
{
	for (int i = 0; i < count; i++)
		if (at[i] != (beat.beats + (uint32_t)i) * 0x9e3779b9u)
			beat.wrong++;
}

int main(void)
{
	struct sched_param param = { .sched_priority = 24 };
	volatile uint32_t on_stack[WORDS / 4];
	struct timespec next, now;

	if (sched_setscheduler(0, SCHED_RR, &param) < 0)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (;;) {
		fill(words, WORDS);
		fill(on_stack, WORDS / 4);
		next.tv_sec++;
		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL))
			;
		clock_gettime(CLOCK_MONOTONIC, &now);
		look(words, WORDS);
		look(on_stack, WORDS / 4);
		beat.beats++;

		uint32_t late = (uint32_t)((now.tv_sec - next.tv_sec) * 1000 +
					   (now.tv_nsec - next.tv_nsec) / 1000000);

		if (late > beat.late_ms)
			beat.late_ms = late;
	}
}
