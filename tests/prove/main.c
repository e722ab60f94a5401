/* SPDX-License-Identifier: MIT */
/*
 * Proofs by running through every case.
 *
 *	prove [quick]
 *
 * Prints TAP.  The first case that is not as it must be ends it.
 */
#include "prove.h"

#include <mm_env.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool is_quick;
static unsigned int count;

void proven(const char *format, ...)
{
	va_list args;

	printf("ok %u - ", ++count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
}

void wrong(const char *format, ...)
{
	va_list args;

	printf("not ok %u - ", ++count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n1..%u\n", count);
	exit(1);
}

uint32_t pick(uint32_t n)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((state >> 32) * n >> 32);
}

int main(int argc, char **argv)
{
	static jmp_buf buf;

	is_quick = argc > 1 && strcmp(argv[1], "quick") == 0;
	env_panic = &buf;
	if (setjmp(buf))
		wrong("panic: %s", env_panic_text);
	env_setup(NULL);
	prove_rights();
	prove_ranges();
	prove_places();
	prove_pairs();
	prove_stacks();
	printf("1..%u\n", count);
	return 0;
}
