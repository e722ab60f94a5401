/* SPDX-License-Identifier: MIT */
/*
 * mm/: the input is a sequence of memory calls, 16 bytes each, compared with the model after
 * each (tests/host/model).
 */
#include "fuzz.h"

#include "../host/model/model.h"

#include <setjmp.h>

#define MOST_OPS 200u

/* One allocation in so many fails, as often as the random test has it. */
static uint8_t take_failure(struct input *input)
{
	uint8_t byte = take8(input);

	return byte < 230 ? 0 : (uint8_t)(1 + byte % 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool is_set_up;
	static struct op ops[MOST_OPS];
	struct input input = { data, size };
	jmp_buf buf;
	unsigned int n = 0;

	if (!is_set_up)
		env_setup(NULL);
	is_set_up = true;
	verbose = getenv("SHOW") != NULL;
	while (input.left && n < MOST_OPS) {
		struct op *op = &ops[n++];

		op->what = take8(&input) % NOPS;
		op->proc = take8(&input) % NPROCS;
		op->fail = take_failure(&input);
		op->a = take32(&input);
		op->b = take32(&input);
		op->c = take16(&input);
		op->d = take32(&input);
	}
	env_panic = &buf;
	if (setjmp(buf)) {
		fprintf(stderr, "%s\n", env_panic_text);
		abort();
	}
	run_ops(ops, n);
	return 0;
}
