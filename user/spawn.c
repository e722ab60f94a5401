/* SPDX-License-Identifier: MIT */
/*
 * Starting programs.  The kernel's spawn() takes everything in one record; there is no fork().
 * posix_spawn() fills that record from its arguments; file actions are in spawn_actions.c.
 */
#include "syscall.h"

#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <croft.h>

#include "spawn_actions.h"

#define DEFAULT_PATH "/bin"

pid_t croft_spawn(const struct spawn_args *args)
{
	return (pid_t)__call_spawn(args);
}

/* Put @len bytes of @folder, a '/' and @name into @path.  0 when it does not fit. */
static int join(char path[CROFT_PATH_MAX], const char *folder, size_t len, const char *name)
{
	size_t name_len = strlen(name);

	if (len + 1 + name_len + 1 > CROFT_PATH_MAX)
		return 0;
	memcpy(path, folder, len);
	path[len] = '/';
	memcpy(path + len + 1, name, name_len + 1);
	return 1;
}

pid_t croft_spawnp(const struct spawn_args *args)
{
	struct spawn_args found = *args;
	char path[CROFT_PATH_MAX];
	const char *folder = getenv("PATH");
	int denied = 0;
	size_t len;
	pid_t pid;

	if (strchr(args->path, '/'))
		return croft_spawn(args);
	if (!folder)
		folder = DEFAULT_PATH;
	found.path = path;
	for (;; folder += len + 1) {
		len = strcspn(folder, ":");
		if (len && join(path, folder, len, args->path)) {
			pid = croft_spawn(&found);
			if (pid >= 0 || (errno != ENOENT && errno != ENOTDIR && errno != EACCES))
				return pid;
			denied |= errno == EACCES;
		}
		if (!folder[len])
			break;
	}
	errno = denied ? EACCES : ENOENT;
	return -1;
}

/* Fill the record and let @start have it.  Returns what posix_spawn() returns. */
static int spawn(pid_t (*start)(const struct spawn_args *), pid_t *pid, const char *path,
		 const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attr,
		 char *const argv[], char *const envp[])
{
	int saved = errno, error = 0;
	struct spawn_args args;
	pid_t child;

	args.flags = 0; /* without flags nothing else counts of what is not set below */
	if (attr && *attr)
		args = (*attr)->args;
	args.actions = NULL;
	args.nactions = 0;
	args.path = path;
	args.argv = argv;
	args.envp = envp;
	if (actions && *actions) {
		args.actions = (*actions)->action;
		args.nactions = (*actions)->count;
	}
	child = start(&args);
	if (child < 0)
		error = errno;
	else if (pid)
		*pid = child;
	errno = saved;
	return error;
}

int posix_spawn(pid_t *restrict pid, const char *restrict path,
		const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *restrict attr,
		char *const argv[], char *const envp[])
{
	return spawn(croft_spawn, pid, path, actions, attr, argv, envp);
}

int posix_spawnp(pid_t *restrict pid, const char *restrict name,
		 const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *restrict attr,
		 char *const argv[], char *const envp[])
{
	return spawn(croft_spawnp, pid, name, actions, attr, argv, envp);
}
