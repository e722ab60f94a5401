/* SPDX-License-Identifier: MIT */
/*
 * Semaphores.  Named ones are files below /dev/shm, called sem.NAME.
 * Source: POSIX.1-2017 <semaphore.h>; sem_clockwait() POSIX.1-2024.
 */
#ifndef _SEMAPHORE_H
#define _SEMAPHORE_H

#include <sys/cdefs.h>
#include <sys/_timespec.h>
#include <sys/types.h>
#include <time.h>

#define SEM_VALUE_MAX 0x7fffffff
#define SEM_FAILED    ((sem_t *)0)

typedef struct {
	unsigned int _value; /* and in the highest bit, whether others wait */
	unsigned int _waiters;
} sem_t;

__BEGIN_DECLS

int sem_init(sem_t *sem, int shared, unsigned int value);
int sem_destroy(sem_t *sem);
int sem_wait(sem_t *sem);
int sem_trywait(sem_t *sem);
int sem_timedwait(sem_t *__restrict sem, const struct timespec *__restrict until);
int sem_clockwait(sem_t *__restrict sem, clockid_t clock, const struct timespec *__restrict until);
int sem_post(sem_t *sem);
int sem_getvalue(sem_t *__restrict sem, int *__restrict value);

sem_t *sem_open(const char *name, int flags, ... /* mode_t mode, unsigned int value */);
int sem_close(sem_t *sem);
int sem_unlink(const char *name);

__END_DECLS

#endif
