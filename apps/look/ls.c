/* SPDX-License-Identifier: MIT */
/* ls [PATH]...: lists files, and what is in folders, / if none is named: type, bytes, name. */
#include "look.h"

#include <croft/limits.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void list(const char *name, const struct stat *st)
{
	out("%c %8ld %s\n",
	    S_ISDIR(st->st_mode)   ? 'd'
	    : S_ISCHR(st->st_mode) ? 'c'
				   : '-',
	    (long)st->st_size, name);
}

static int list_folder(const char *folder)
{
	char path[CROFT_PATH_MAX];
	DIR *dir = opendir(folder);
	struct dirent *entry;
	struct stat st;
	int failed = 0;

	if (!dir)
		return complain_errno(folder);
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		sniprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (stat(path, &st) == 0)
			list(entry->d_name, &st);
		else
			failed = complain_errno(path);
	}
	closedir(dir);
	return failed;
}

int run_ls(int argc, char **argv)
{
	int failed = 0;
	struct stat st;

	if (argc > 1 && argv[1][0] == '-')
		return STATUS_USAGE;
	if (argc == 1)
		return list_folder("/");
	for (int i = 1; i < argc; i++)
		if (stat(argv[i], &st) < 0)
			failed |= complain_errno(argv[i]);
		else if (S_ISDIR(st.st_mode))
			failed |= list_folder(argv[i]);
		else
			list(argv[i], &st);
	return failed;
}
