/* SPDX-License-Identifier: MIT */
/*
 * Shared memory: System V segments are system calls; POSIX objects are files below /dev/shm.
 */
#include "syscall.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <croft/dirent.h>

#define FOLDER "/dev/shm/"

int shmget(key_t key, size_t size, int flags)
{
	return (int)__call_shmget(key, size, flags);
}

void *shmat(int id, const void *addr, int flags)
{
	return (void *)__call_shmat(id, addr, flags);
}

int shmdt(const void *addr)
{
	return (int)__call_shmdt(addr);
}

int shmctl(int id, int cmd, struct shmid_ds *buf)
{
	return (int)__call_shmctl(id, cmd, buf);
}

key_t ftok(const char *path, int id)
{
	struct stat st;

	if (stat(path, &st))
		return -1;
	return (key_t)(((unsigned int)id & 0xff) << 24 | ((unsigned int)st.st_dev & 0xff) << 16 |
		       ((unsigned int)st.st_ino & 0xffff));
}

/* Make a path of the name of an object: "/name" or "name".  -1 and errno. */
static int object_path(const char *name, char path[sizeof(FOLDER) + CROFT_NAME_MAX])
{
	size_t len;

	if (*name == '/')
		name++;
	len = strlen(name);
	if (len > CROFT_NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (!len || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		errno = EINVAL;
		return -1;
	}
	memcpy(path, FOLDER, sizeof(FOLDER) - 1);
	memcpy(path + sizeof(FOLDER) - 1, name, len + 1);
	return 0;
}

int shm_open(const char *name, int flags, mode_t mode)
{
	char path[sizeof(FOLDER) + CROFT_NAME_MAX];

	if (object_path(name, path))
		return -1;
	return _open(path, flags | O_CLOEXEC, (int)mode);
}

int shm_unlink(const char *name)
{
	char path[sizeof(FOLDER) + CROFT_NAME_MAX];

	if (object_path(name, path))
		return -1;
	return __croft_object_unlink(path);
}
