/* SPDX-License-Identifier: MIT */
/*
 * uname(): the words of /proc/version.
 *
 *	Croft version RELEASE (BOARD ARCHITECTURE/PROCESSOR) (COMPILER)
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static void names_take(struct utsname *names, char *text)
{
	char *const to[] = { names->sysname,  NULL,	      names->release,
			     names->nodename, names->machine, names->version };
	char *rest;

	memset(names, 0, sizeof(*names));
	for (size_t i = 0; i < sizeof(to) / sizeof(to[0]); i++) {
		const char *word = strtok_r(i ? NULL : text, " ()\n", &rest);

		if (word && to[i])
			strncpy(to[i], word, _UTSNAME_LENGTH - 1);
	}
}

int uname(struct utsname *names)
{
	char text[160];
	int fd = open("/proc/version", O_RDONLY);
	ssize_t len;

	if (fd < 0)
		return -1;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len < 0)
		return -1;
	text[len] = '\0';
	names_take(names, text);
	return 0;
}

int gethostname(char *name, size_t len)
{
	struct utsname names;

	if (uname(&names))
		return -1;
	if (strlen(names.nodename) >= len) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(name, names.nodename);
	return 0;
}
