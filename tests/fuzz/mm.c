/* SPDX-License-Identifier: MIT */
/*
 * mm/: the input is a sequence of memory calls, 16 bytes each, compared with the model after
 * each (tests/host/model).
 */
#include "fuzz.h"

#include "../host/model/model.h"

#define MOST_OPS 200u

/* One allocation in so many fails, as often as the random test has it. */
static uint8_t take_failure(struct input *input)
{
	uint8_t byte = take8(input);

	return byte < 230 ? 0 : (uint8_t)(1 + byte % 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct op ops[MOST_OPS];
	struct input input = { data, size };
	unsigned int n = 0;

	env_setup_once();
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
	run_ops(ops, n);
	return 0;
}
