/* SPDX-License-Identifier: MIT */
/* Moments of CLOCK_MONOTONIC. */
#ifndef CLOCK_H
#define CLOCK_H

#include <time.h>

static inline struct timespec in_ms(long ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += ms % 1000 * 1000000;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return until;
}

#endif
