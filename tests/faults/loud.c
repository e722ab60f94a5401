/* SPDX-License-Identifier: MIT */
/* Have the kernel say more than a terminal holds: programs die of faults, one after the other. */
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define DEATHS 400
#define DUMP   131072 /* bytes */

extern char **environ;

int main(int argc, char **argv)
{
	struct rlimit none = { 0, 0 };
	char *args[] = { argv[0], "die", NULL };
	pid_t pid;

	if (argc > 2) /* a dump of it is long, too */
		memset(mmap(NULL, DUMP, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
		       'u', DUMP);
	if (argc > 1)
		*(volatile int *)0xdead0000 = 1;
	setrlimit(RLIMIT_CORE, &none);
	for (int i = 0; i < DEATHS; i++)
		if (posix_spawnp(&pid, argv[0], NULL, NULL, args, environ) ||
		    waitpid(pid, NULL, 0) < 0)
			return 1;
	printf("loud: done\n");
	return 0;
}
