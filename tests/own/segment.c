/* SPDX-License-Identifier: MIT */
/* Make a segment of 5000 bytes with key 0x2a, and leave it there; with a word, attach it and wait. */
#include <sys/shm.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int id = shmget(42, 5000, IPC_CREAT | 0640);

	(void)argv;
	if (id < 0)
		return 1;
	if (argc > 1) {
		if (shmat(id, NULL, 0) == (void *)-1)
			return 1;
		sleep(60);
	}
	return 0;
}
