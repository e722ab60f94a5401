/* SPDX-License-Identifier: MIT */
/* A program from flash is started, runs to its end, and is waited for. */
#include <spawn.h>
#include <sys/wait.h>

#include "bench.h"

#define SAMPLES 20

void group_spawn(long n)
{
	char *argv[] = { "true", NULL };

	(void)n;
	for (int i = 0; i < SAMPLES; i++) {
		int status = -1;
		pid_t pid;

		BEGIN();
		posix_spawn(&pid, "/bin/true", NULL, NULL, argv, NULL);
		waitpid(pid, &status, 0);
		END();
		must(status == 0, "true is true");
	}
	row("spawn", NONE, SAMPLES);
}
