/* SPDX-License-Identifier: MIT */
/*
 * Named semaphores: shared memory objects called sem.NAME.
 *
 * Who creates one lengthens it last but for its contents: a file of length 0 is one that is being
 * made, and so is one whose magic is not there yet.  Who opens it then tries again.
 *
 * A process that opens one twice has it once: the list below says which it has, by file.
 */
#include "thread.h"

#include <fcntl.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <croft/dirent.h>

#define PREFIX	 "sem."
#define MAGIC	 0x53454d31u
#define ATTEMPTS 50 /* of 10 ms: whoever creates it has died meanwhile */
#define PAUSE_US 10000

struct contents {
	sem_t sem;
	unsigned int magic;
};

struct opened {
	struct opened *next;
	struct contents *at;
	unsigned int uses;
	dev_t dev;
	ino_t ino;
};

static unsigned int lock; /* of what follows */
static struct opened *list;

typedef char object_name[sizeof(PREFIX) + CROFT_NAME_MAX];

static int make_name(const char *name, object_name object)
{
	if (*name == '/')
		name++;
	if (!*name) {
		errno = EINVAL;
		return -1;
	}
	if (strlen(name) > CROFT_NAME_MAX - (sizeof(PREFIX) - 1)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(object, PREFIX);
	strcat(object, name);
	return 0;
}

static struct opened *find(const struct stat *st)
{
	struct opened *one = list;

	while (one && (one->dev != st->st_dev || one->ino != st->st_ino))
		one = one->next;
	return one;
}

/* Add a file that is not in the list.  NULL and errno; EAGAIN: it is being made. */
static struct opened *add(int fd, const struct stat *st, const unsigned int *value)
{
	struct opened *one = malloc(sizeof(*one));

	if (!one)
		return NULL;
	one->at = mmap(NULL, sizeof(*one->at), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (one->at == MAP_FAILED) {
		free(one);
		return NULL;
	}
	if (value) {
		sem_init(&one->at->sem, 1, *value);
		WORD_STORE(&one->at->magic, MAGIC);
	}
	if (WORD_LOAD(&one->at->magic) != MAGIC) {
		munmap(one->at, sizeof(*one->at));
		free(one);
		errno = EAGAIN;
		return NULL;
	}
	one->uses = 0;
	one->dev = st->st_dev;
	one->ino = st->st_ino;
	one->next = list;
	list = one;
	return one;
}

/* @value: of one that was just created; else NULL. */
static sem_t *open_file(int fd, const unsigned int *value)
{
	struct opened *one = NULL;
	struct stat st;

	if (value && ftruncate(fd, sizeof(struct contents)))
		return SEM_FAILED;
	if (fstat(fd, &st))
		return SEM_FAILED;
	if (st.st_size < (off_t)sizeof(struct contents)) {
		errno = EAGAIN;
		return SEM_FAILED;
	}
	__croft_lock(&lock, NULL);
	one = find(&st);
	if (!one)
		one = add(fd, &st, value);
	if (one)
		one->uses++;
	__croft_unlock(&lock);
	return one ? &one->at->sem : SEM_FAILED;
}

/* Make the file, and the semaphore in it.  EEXIST: another was faster. */
static sem_t *create(const object_name object, mode_t mode, unsigned int value)
{
	int fd = shm_open(object, O_RDWR | O_CREAT | O_EXCL, mode), error;
	sem_t *sem;

	if (fd < 0)
		return SEM_FAILED;
	sem = open_file(fd, &value);
	error = errno;
	_close(fd);
	if (sem == SEM_FAILED)
		shm_unlink(object);
	errno = error;
	return sem;
}

static sem_t *open_existing(const object_name object)
{
	int fd = shm_open(object, O_RDWR, 0), error;
	sem_t *sem;

	if (fd < 0)
		return SEM_FAILED;
	sem = open_file(fd, NULL);
	error = errno;
	_close(fd);
	errno = error;
	return sem;
}

static sem_t *attempt(const object_name object, int flags, mode_t mode, unsigned int value)
{
	sem_t *sem;

	if ((flags & O_CREAT) && (flags & O_EXCL))
		return create(object, mode, value);
	sem = open_existing(object);
	if (sem != SEM_FAILED || errno != ENOENT || !(flags & O_CREAT))
		return sem;
	sem = create(object, mode, value);
	if (sem == SEM_FAILED && errno == EEXIST)
		errno = EAGAIN;
	return sem;
}

sem_t *sem_open(const char *name, int flags, ...)
{
	int left = ATTEMPTS, saved = errno;
	unsigned int value = 0;
	object_name object;
	mode_t mode = 0;
	va_list rest;
	sem_t *sem;

	if (make_name(name, object))
		return SEM_FAILED;
	if (flags & O_CREAT) {
		va_start(rest, flags);
		mode = va_arg(rest, mode_t);
		value = va_arg(rest, unsigned int);
		va_end(rest);
		if (value > SEM_VALUE_MAX) {
			errno = EINVAL;
			return SEM_FAILED;
		}
	}
	while ((sem = attempt(object, flags, mode, value)) == SEM_FAILED && errno == EAGAIN) {
		if (--left == 0) {
			errno = EINVAL; /* a file of that name that is no semaphore */
			break;
		}
		usleep(PAUSE_US);
	}
	if (sem != SEM_FAILED)
		errno = saved;
	return sem;
}

int sem_close(sem_t *sem)
{
	struct opened **at, *one;

	__croft_lock(&lock, NULL);
	for (at = &list; (one = *at) != NULL && &one->at->sem != sem;)
		at = &one->next;
	if (one && --one->uses == 0) {
		*at = one->next;
		munmap(one->at, sizeof(*one->at));
		free(one);
	}
	__croft_unlock(&lock);
	if (one)
		return 0;
	errno = EINVAL;
	return -1;
}

int sem_unlink(const char *name)
{
	object_name object;

	return make_name(name, object) ? -1 : shm_unlink(object);
}
