/* SPDX-License-Identifier: MIT */
/*
 * Replacing the program: execve() and those that lead to it.
 * Source: POSIX.1-2017 exec.
 */
#include "syscall.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <croft/limits.h>

#define DEFAULT_PATH "/bin"
#define MAX_ARGS     32 /* of execl() and its like, whose list is made an array on the stack */

extern char **environ;

int __vfork_failed(long result);

int __vfork_failed(long result)
{
	return (int)syscall_result(result);
}

int execve(const char *path, char *const argv[], char *const envp[])
{
	return (int)__call_execve(path, argv, envp);
}

int execv(const char *path, char *const argv[])
{
	return execve(path, argv, environ);
}

/* Look a name without a slash up along PATH. */
int execvp(const char *name, char *const argv[])
{
	const char *folder = getenv("PATH");
	char path[CROFT_PATH_MAX];
	int denied = 0;
	size_t len;

	if (strchr(name, '/'))
		return execv(name, argv);
	for (folder = folder ? folder : DEFAULT_PATH;; folder += len + 1) {
		len = strcspn(folder, ":");
		if (len + 1 + strlen(name) < sizeof(path)) {
			memcpy(path, folder, len);
			path[len] = '/';
			strcpy(path + len + 1, name);
			execv(path, argv);
			if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
				return -1;
			denied |= errno == EACCES;
		}
		if (!folder[len])
			break;
	}
	errno = denied ? EACCES : ENOENT;
	return -1;
}

/* Make an array of a list that ends with NULL.  0: too long. */
static int collect(char *argv[MAX_ARGS + 1], const char *first, va_list *rest)
{
	int n = 0;

	for (const char *arg = first; arg; arg = va_arg(*rest, const char *)) {
		if (n == MAX_ARGS) {
			errno = E2BIG;
			return 0;
		}
		argv[n++] = (char *)arg;
	}
	argv[n] = NULL;
	return 1;
}

int execl(const char *path, const char *arg, ...)
{
	char *argv[MAX_ARGS + 1];
	va_list rest;
	int good;

	va_start(rest, arg);
	good = collect(argv, arg, &rest);
	va_end(rest);
	return good ? execv(path, argv) : -1;
}

int execlp(const char *name, const char *arg, ...)
{
	char *argv[MAX_ARGS + 1];
	va_list rest;
	int good;

	va_start(rest, arg);
	good = collect(argv, arg, &rest);
	va_end(rest);
	return good ? execvp(name, argv) : -1;
}

int execle(const char *path, const char *arg, ...)
{
	char *argv[MAX_ARGS + 1], *const *envp;
	va_list rest;
	int good;

	va_start(rest, arg);
	good = collect(argv, arg, &rest);
	envp = good ? va_arg(rest, char *const *) : NULL;
	va_end(rest);
	return good ? execve(path, argv, envp) : -1;
}
