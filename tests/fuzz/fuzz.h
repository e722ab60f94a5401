/* SPDX-License-Identifier: MIT */
/*
 * What every target has: see README.md.
 *
 * libFuzzer calls LLVMFuzzerTestOneInput() with bytes that it makes up; replay.c does so with
 * files.  A target fails by a CHECK, a panic of the kernel, or what a sanitizer finds.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #cond);         \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* A copy in memory of exactly that length; free() it. */
static inline uint8_t *fuzz_copy(const void *bytes, size_t size)
{
	uint8_t *copy = malloc(size);

	if (size)
		memcpy(copy, bytes, size);
	return copy;
}

/* The input, taken apart from its start; zeros behind its end. */
struct input {
	const uint8_t *at;
	size_t left;
};

static inline uint8_t take8(struct input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return *input->at++;
}

static inline uint16_t take16(struct input *input)
{
	uint16_t low = take8(input);

	return (uint16_t)(low | take8(input) << 8);
}

static inline uint32_t take32(struct input *input)
{
	uint32_t low = take16(input);

	return low | (uint32_t)take16(input) << 16;
}

#endif
