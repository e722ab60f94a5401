/* SPDX-License-Identifier: MIT */
/*
 * posix_spawn_file_actions_*(): a list that grows by one action at a time.
 */
#include "syscall.h"

#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <croft.h>

#include "spawn_actions.h"

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
	*actions = NULL;
	return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions)
{
	struct __posix_spawn_file_actions *list = *actions;

	for (unsigned int i = 0; list && i < list->count; i++)
		free((void *)list->action[i].path);
	free(list);
	*actions = NULL;
	return 0;
}

static bool is_descriptor(int fd)
{
	return fd >= 0 && fd < system_info(INFO_OPEN_MAX);
}

/* Append @action, whose path is malloc()ed or NULL.  ENOMEM: nothing changed. */
static int append(posix_spawn_file_actions_t *actions, const struct spawn_action *action)
{
	struct __posix_spawn_file_actions *list = *actions;
	unsigned int count = list ? list->count : 0;

	if (!is_descriptor(action->fd))
		return EBADF;
	list = realloc(list, sizeof(*list) + (count + 1) * sizeof(*action));
	if (!list)
		return ENOMEM;
	list->action[count] = *action;
	list->count = count + 1;
	*actions = list;
	return 0;
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *restrict actions, int fd,
				     const char *restrict path, int oflag, mode_t mode)
{
	struct spawn_action action = { .op = SPAWN_OPEN, .fd = fd, .oflag = oflag, .mode = mode };
	char *copy = strdup(path);
	int error;

	if (!copy)
		return ENOMEM;
	action.path = copy;
	error = append(actions, &action);
	if (error)
		free(copy);
	return error;
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int from, int fd)
{
	struct spawn_action action = { .op = SPAWN_DUP2, .fd = fd, .from = from };

	return is_descriptor(from) ? append(actions, &action) : EBADF;
}

int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int fd)
{
	struct spawn_action action = { .op = SPAWN_CLOSE, .fd = fd };

	return append(actions, &action);
}
