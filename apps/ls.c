/* SPDX-License-Identifier: MIT */
/*
 * ls [FOLDER]: lists a folder, / if none is named: type, size in bytes, name.
 * iprintf() is newlib's printf() without floating point, at half the size.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <croft/limits.h>

static void list(const char *folder, const char *name)
{
	char path[CROFT_PATH_MAX];
	struct stat st = { 0 };
	char type = '?';

	sniprintf(path, sizeof(path), "%s/%s", folder, name);
	if (stat(path, &st) == 0)
		type = S_ISDIR(st.st_mode) ? 'd' : S_ISCHR(st.st_mode) ? 'c' : '-';
	iprintf("%c %8ld %s\n", type, (long)st.st_size, name);
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : "/";
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (!dir) {
		perror(folder);
		return 1;
	}
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			list(folder, entry->d_name);
	closedir(dir);
	return 0;
}
