/* SPDX-License-Identifier: MIT */
/*
 * Keys and the values that each thread has for them.
 *
 *	key = index in keys[] | how often the index was given before
 *
 * A value carries the key that it was set for: so a new key finds no values of the deleted one whose
 * place it has.  Both tables grow as they are used.
 */
#include "thread.h"

#include <stdlib.h>

#define INDEX_BITS 7
#define INDEX(key) ((key) & (PTHREAD_KEYS_MAX - 1))

struct key {
	unsigned int turns; /* how often it was given; odd: it is in use */
	void (*destructor)(void *);
};

struct thread_value {
	pthread_key_t key;
	const void *value;
};

static unsigned int lock; /* of what follows */
static struct key *keys;
static unsigned int nkeys;

static pthread_key_t key_at(unsigned int i)
{
	return keys[i].turns << INDEX_BITS | i;
}

static int is_key(pthread_key_t key)
{
	unsigned int i = INDEX(key);

	return i < nkeys && (keys[i].turns & 1) && key == key_at(i);
}

/* A place that is free.  EAGAIN, ENOMEM. */
static int find_free(unsigned int *at)
{
	struct key *more;
	unsigned int i;

	for (i = 0; i < nkeys && (keys[i].turns & 1); i++)
		;
	*at = i;
	if (i < nkeys)
		return 0;
	if (i == PTHREAD_KEYS_MAX)
		return EAGAIN;
	more = realloc(keys, (i + 1) * sizeof(*keys));
	if (!more)
		return ENOMEM;
	keys = more;
	keys[nkeys++] = (struct key){ 0 };
	return 0;
}

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
	unsigned int i;
	int err;

	__croft_lock(&lock, NULL);
	err = find_free(&i);
	if (!err) {
		keys[i].turns++;
		keys[i].destructor = destructor;
		*key = key_at(i);
	}
	__croft_unlock(&lock);
	return err;
}

int pthread_key_delete(pthread_key_t key)
{
	int good;

	__croft_lock(&lock, NULL);
	good = is_key(key);
	if (good)
		keys[INDEX(key)].turns++;
	__croft_unlock(&lock);
	return good ? 0 : EINVAL;
}

void *pthread_getspecific(pthread_key_t key)
{
	struct __pthread *self = thread_self();
	unsigned int i = INDEX(key);

	return i < self->nvalues && self->values[i].key == key ? (void *)self->values[i].value
							       : NULL;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
	struct __pthread *self = thread_self();
	unsigned int i = INDEX(key);
	struct thread_value *more;
	int good;

	__croft_lock(&lock, NULL);
	good = is_key(key);
	__croft_unlock(&lock);
	if (!good)
		return EINVAL;
	if (i >= self->nvalues) {
		more = realloc(self->values, (i + 1) * sizeof(*more));
		if (!more)
			return ENOMEM;
		self->values = more;
		while (self->nvalues <= i)
			more[self->nvalues++] = (struct thread_value){ 0 };
	}
	self->values[i] = (struct thread_value){ .key = key, .value = value };
	return 0;
}

/* Take a value for which there is a destructor to call; NULL: there is none. */
static void (*take(struct thread_value *at, const void **value))(void *)
{
	void (*destructor)(void *) = NULL;

	__croft_lock(&lock, NULL);
	if (at->value && is_key(at->key))
		destructor = keys[INDEX(at->key)].destructor;
	__croft_unlock(&lock);
	*value = at->value;
	at->value = NULL;
	return destructor;
}

void __croft_keys_end(struct __pthread *self)
{
	void (*destructor)(void *);
	const void *value;
	bool again = true;

	for (int turn = 0; again && turn < PTHREAD_DESTRUCTOR_ITERATIONS; turn++) {
		again = false;
		for (unsigned int i = 0; i < self->nvalues; i++) {
			destructor = take(&self->values[i], &value);
			if (destructor) {
				destructor((void *)value);
				again = true;
			}
		}
	}
	free(self->values);
	self->values = NULL;
	self->nvalues = 0;
}
