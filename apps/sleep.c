/* SPDX-License-Identifier: MIT */
/* sleep SECONDS: waits. */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char usage[] = "usage: sleep SECONDS\n";

	if (argc != 2) {
		write(STDERR_FILENO, usage, sizeof(usage) - 1);
		return 2;
	}
	return sleep((unsigned int)strtoul(argv[1], NULL, 10)) != 0;
}
