/* SPDX-License-Identifier: MIT */
/* uname [-asnrvm]: the names of the system, in this order whatever was asked for. */
#include "look.h"

#include <string.h>
#include <sys/utsname.h>

int run_uname(int argc, char **argv)
{
	static const char letters[] = "snrvm";
	struct utsname names;
	const char *const texts[] = { names.sysname, names.nodename, names.release, names.version,
				      names.machine };
	unsigned int wanted = 0;
	const char *gap = "";

	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-' || !argv[i][1])
			return STATUS_USAGE;
		for (const char *at = argv[i] + 1; *at; at++) {
			const char *letter = strchr(letters, *at);

			if (!letter && *at != 'a')
				return STATUS_USAGE;
			wanted |= letter ? 1u << (letter - letters) : ~0u;
		}
	}
	if (uname(&names) < 0)
		return complain_errno("/proc/version");
	for (unsigned int i = 0; letters[i]; i++)
		if ((wanted ? wanted : 1) & 1u << i) {
			out("%s%s", gap, texts[i]);
			gap = " ";
		}
	out("\n");
	return 0;
}
