/* SPDX-License-Identifier: MIT */
/* Say "waits" once this is in front of the console, so that a key will be for it; then wait for a
 * signal, or for as many seconds as the word says. */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	while (tcgetpgrp(STDERR_FILENO) != getpgrp())
		usleep(1000);
	write(STDERR_FILENO, "waits\n", 6);
	if (argc > 1)
		return sleep((unsigned int)atoi(argv[1])) != 0;
	for (;;)
		pause();
}
