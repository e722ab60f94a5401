/* SPDX-License-Identifier: MIT */
/*
 * The types of threads, instead of newlib's, which are numbers: these are the objects themselves,
 * so that a lock that nobody else wants is taken without looking anything up.
 *
 * All words of zero is what the initialisers give, so static objects lie in bss.  The names with an
 * underscore are the library's own.
 */
#ifndef _SYS__PTHREADTYPES_H_
#define _SYS__PTHREADTYPES_H_

#include <sys/sched.h>

typedef struct __pthread *pthread_t;
typedef unsigned int pthread_key_t;

typedef struct {
	unsigned int _state;
} pthread_once_t;

typedef struct {
	void *_stack; /* NULL: the library makes one */
	unsigned int _size, _guard;
	struct sched_param _param;
	unsigned char _policy, _is_detached, _is_explicit;
} pthread_attr_t;

typedef struct {
	unsigned int _word;  /* as in <croft/futex.h>: the owner's id, and whether others wait */
	unsigned int _count; /* how often more it is locked, where it is recursive */
	unsigned int _kind;
} pthread_mutex_t;

typedef struct {
	unsigned int _kind;
} pthread_mutexattr_t;

typedef struct {
	unsigned int _lock; /* of what follows */
	unsigned int _seq;  /* what is waited on: changes with every signal */
	unsigned int _guests;
	unsigned int _clock;
} pthread_cond_t;

typedef struct {
	unsigned int _clock, _shared;
} pthread_condattr_t;

typedef struct {
	unsigned int _word;    /* who holds it */
	unsigned int _writers; /* how many wait to write */
} pthread_rwlock_t;

typedef struct {
	unsigned int _shared;
} pthread_rwlockattr_t;

typedef struct {
	unsigned int _lock; /* of what follows */
	unsigned int _seq;  /* what is waited on: changes with every round */
	unsigned int _count, _here;
	unsigned int _guests;
} pthread_barrier_t;

typedef struct {
	unsigned int _shared;
} pthread_barrierattr_t;

typedef unsigned int pthread_spinlock_t;

#endif
