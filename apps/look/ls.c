/* SPDX-License-Identifier: MIT */
/* ls [FOLDER]: lists a folder, / if none is named: type, size in bytes, name. */
#include "look.h"

#include <croft/limits.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void list(const char *folder, const char *name)
{
	char path[CROFT_PATH_MAX];
	struct stat st = { 0 };
	char type = '?';

	sniprintf(path, sizeof(path), "%s/%s", folder, name);
	if (stat(path, &st) == 0)
		type = S_ISDIR(st.st_mode) ? 'd' : S_ISCHR(st.st_mode) ? 'c' : '-';
	out("%c %8ld %s\n", type, (long)st.st_size, name);
}

int run_ls(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : "/";
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (argc > 2)
		return STATUS_USAGE;
	if (!dir)
		return complain(folder, "cannot be listed");
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			list(folder, entry->d_name);
	closedir(dir);
	return 0;
}
