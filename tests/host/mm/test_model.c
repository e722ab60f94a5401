/* SPDX-License-Identifier: MIT */
/*
 * Random calls, compared with a model after each: tests/host/model.
 *
 *	OPS=n	calls in all (1,000,000)
 *	SEED=n	where to begin; a failure prints its own
 *	SHOW=1	print every call
 *
 * A sequence that fails is made shorter by leaving out parts of it while it still fails, each
 * try in a process of its own.
 */
#include "../model/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const unsigned int weight[NOPS] = {
	[OP_ANON] = 12,	 [OP_FILE] = 16,  [OP_UNMAP] = 16,  [OP_PROTECT] = 12, [OP_REMAP] = 10,
	[OP_SBRK] = 6,	 [OP_ADVISE] = 3, [OP_EXIT] = 1,    [OP_FAULT] = 14,   [OP_SWITCH] = 5,
	[OP_WRITE] = 10, [OP_PIN] = 2,	  [OP_UACCESS] = 5, [OP_TRIM] = 1,     [OP_TRUNCATE] = 3,
};

static uint64_t random_state;

static uint32_t next_random(void)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 32);
}

static void make_ops(struct op *ops, unsigned int n, uint64_t seed)
{
	random_state = seed * 0x9e3779b97f4a7c15u + 1;
	for (unsigned int i = 0; i < n; i++) {
		unsigned int pick = 0, total = 0;

		for (unsigned int k = 0; k < NOPS; k++)
			total += weight[k];
		pick = next_random() % total;
		ops[i] = (struct op){ 0 };
		while (pick >= weight[ops[i].what])
			pick -= weight[ops[i].what++];
		ops[i].proc = (uint8_t)(next_random() % NPROCS);
		ops[i].fail = (uint8_t)(next_random() % 10 ? 0 : 1 + next_random() % 4);
		ops[i].a = next_random();
		ops[i].b = next_random();
		ops[i].c = next_random();
		ops[i].d = next_random();
	}
}

/* End a child, with what it counted for `make cov`. */
static __attribute__((noreturn)) void end_run(int status)
{
#ifdef COVERAGE
	extern void __gcov_dump(void);

	__gcov_dump();
#endif
	fflush(stdout);
	_exit(status);
}

/* In a process of its own: does it fail?  A child that a signal or the sanitizer ends has. */
static pid_t start_run(const struct op *ops, unsigned int n, bool loud)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		jmp_buf buf;

		if (!loud)
			fclose(stderr);
		verbose = loud;
		env_panic = &buf;
		if (setjmp(buf) == 0) {
			run_ops(ops, n);
			end_run(0);
		}
		if (loud)
			printf("\n%s\n", env_panic_text);
		end_run(1);
	}
	return pid;
}

static bool fails(const struct op *ops, unsigned int n)
{
	int status = 0;

	waitpid(start_run(ops, n, false), &status, 0);
	return status != 0;
}

/* Leave out ever smaller parts while it still fails. */
static unsigned int make_shorter(struct op *ops, unsigned int n)
{
	struct op *fewer = malloc(n * sizeof(*ops));

	for (unsigned int part = n / 2; part > 0; part = part == 1 ? 0 : (part + 1) / 2) {
		bool again = true;

		while (again) {
			again = false;
			for (unsigned int at = 0; at < n;) {
				unsigned int gone = MIN(part, n - at);

				memcpy(fewer, ops, at * sizeof(*ops));
				memcpy(fewer + at, ops + at + gone, (n - at - gone) * sizeof(*ops));
				if (fails(fewer, n - gone)) {
					n -= gone;
					memcpy(ops, fewer, n * sizeof(*ops));
					again = part == 1;
				} else {
					at += gone;
				}
			}
		}
	}
	free(fewer);
	return n;
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *value = getenv(name);

	return value && *value ? strtoull(value, NULL, 0) : otherwise;
}

static void test_model(void **state)
{
	uint64_t nops = setting("OPS", 1000000), seed = setting("SEED", (uint64_t)time(NULL));
	unsigned int n = (unsigned int)MIN(nops, (uint64_t)EPISODE), wide = 2;
	struct op *ops = malloc(n * sizeof(*ops));
	struct {
		pid_t pid;
		uint64_t seed;
	} child[2] = { 0 };
	uint64_t bad = 0;

	(void)state;
	printf("%llu calls, SEED=%llu\n", (unsigned long long)nops, (unsigned long long)seed);
	for (uint64_t done = 0; (done < nops && !bad) || child[0].pid || child[1].pid; done += n) {
		unsigned int slot = (unsigned int)(done / n % wide);
		int status = 0;

		if (child[slot].pid) {
			waitpid(child[slot].pid, &status, 0);
			if (status)
				bad = child[slot].seed;
			child[slot].pid = 0;
		}
		if (done >= nops || bad)
			continue;
		child[slot].seed = seed + done / n;
		make_ops(ops, n, child[slot].seed);
		child[slot].pid = start_run(ops, n, setting("SHOW", 0));
	}
	if (bad) {
		int status;

		make_ops(ops, n, bad);
		n = make_shorter(ops, n);
		printf("%u calls fail:\n", n);
		waitpid(start_run(ops, n, true), &status, 0);
		free(ops);
		fail_msg("SEED=%llu OPS=%u fails", (unsigned long long)bad, EPISODE);
	}
	free(ops);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests(tests, env_setup, NULL);
}
