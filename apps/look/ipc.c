/* SPDX-License-Identifier: MIT */
/* ipcs and ipcrm: segments of System V shared memory. */
#include "look.h"

#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <unistd.h>

#define SHM_DEST 01000 /* in the mode of a segment that goes with its last mapping */

/* The @n-th column of a line of /proc/sysvipc/shm, from 0 on. */
static char *column(char *line, int n)
{
	line += strspn(line, " ");
	while (n--) {
		line += strcspn(line, " ");
		line += strspn(line, " ");
	}
	return line;
}

int run_ipcs(int argc, char **argv)
{
	char *line;

	(void)argv;
	if (argc > 1)
		return STATUS_USAGE;
	if (!text_open("/proc/sysvipc/shm") || !text_next())
		return complain_errno("/proc/sysvipc/shm");
	out("------ Shared Memory Segments --------\n");
	out("key        shmid      owner      perms      bytes      nattch     status\n");
	while ((line = text_next())) {
		unsigned long mode = strtoul(column(line, 2), NULL, 8);

		out("0x%08lx %-10ld %-10ld %-10lo %-10lu %-10lu %s\n",
		    strtoul(column(line, 0), NULL, 10) & 0xffffffff,
		    strtol(column(line, 1), NULL, 10), strtol(column(line, 7), NULL, 10),
		    mode & 0777, strtoul(column(line, 3), NULL, 10),
		    strtoul(column(line, 6), NULL, 10), mode & SHM_DEST ? "dest" : "");
	}
	return 0;
}

static int remove_segment(int id, const char *name)
{
	if (id < 0 || shmctl(id, IPC_RMID, NULL))
		return complain(name, "no such segment, or not yours");
	return 0;
}

int run_ipcrm(int argc, char **argv)
{
	int option, failed = 0, at = 1;
	const char *value;
	char *end;

	while ((option = option_next(argv, &at, "mM", &value))) {
		long n = option == '?' ? 0 : strtol(value, &end, 0);

		if (option == '?' || *end || end == value)
			return STATUS_USAGE;
		failed |= remove_segment(option == 'm' ? (int)n : shmget((key_t)n, 0, 0), value);
	}
	return at == 1 || at < argc ? STATUS_USAGE : failed;
}
