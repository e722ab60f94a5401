/* SPDX-License-Identifier: MIT */
/* /proc lists each process once, also those with large ids, and comes to an end. */
#include <dirent.h>

#include "tap.h"

#define ID_MAX	300 /* more than a byte holds */
#define ENTRIES 64  /* more than there are */

static int list(long a, long b)
{
	int self = getpid(), entries = 0, found = 0;
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	(void)a, (void)b;
	while (dir && (entry = readdir(dir)) != NULL && entries++ < ENTRIES)
		found += atoi(entry->d_name) == self;
	return found == 1 && entries < ENTRIES ? 0 : 1;
}

static const struct part parts[] = { { "list", list }, { 0 } };

static void test(void)
{
	int pid = 0, good = 1;

	while (good && pid < ID_MAX) {
		pid = part_start("list", 0, 0);
		good = part_ended(pid, 0);
	}
	IS(pid >= ID_MAX, 1, "each of many processes finds itself once in /proc");
}

TAP_MAIN(parts, test)
