/* SPDX-License-Identifier: MIT */
/* kill PID [SIGNAL]: sends a signal, SIGTERM if none is named, by number. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char usage[] = "usage: kill PID [SIGNAL]\n", failed[] = "kill: refused\n";

	if (argc != 2 && argc != 3) {
		write(STDERR_FILENO, usage, sizeof(usage) - 1);
		return 2;
	}
	if (kill(atoi(argv[1]), argc == 3 ? atoi(argv[2]) : SIGTERM) == 0)
		return 0;
	write(STDERR_FILENO, failed, sizeof(failed) - 1);
	return 1;
}
