/* SPDX-License-Identifier: MIT */
/*
 * Locks that many read with or one writes with.
 *
 *	_word = AWAITED | number of readers
 *	_word = AWAITED | WRITING | id of the writer
 *
 * Writers come first: while one waits no other reader gets in.  All wait on the one word; who gives
 * the lock back wakes them all, the most urgent runs first and takes it.
 */
#include "thread.h"

#include <limits.h>

#define AWAITED 0x80000000u
#define WRITING 0x40000000u
#define READERS 0x0000ffffu

int pthread_rwlock_init(pthread_rwlock_t *restrict lock, const pthread_rwlockattr_t *restrict attr)
{
	(void)attr;
	*lock = (pthread_rwlock_t){ 0 };
	return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
	return WORD_LOAD(&lock->_word) & ~AWAITED ? EBUSY : 0;
}

static int has_written(unsigned int word)
{
	return (word & ~AWAITED) == (WRITING | __croft_tid());
}

/* 0, EBUSY, EAGAIN: too many, EDEADLK.  @word is what the lock was. */
static int try_read(pthread_rwlock_t *lock, unsigned int *word)
{
	*word = WORD_LOAD(&lock->_word);
	do {
		if (*word & WRITING)
			return has_written(*word) ? EDEADLK : EBUSY;
		if (WORD_LOAD(&lock->_writers))
			return EBUSY;
		if ((*word & READERS) == READERS)
			return EAGAIN;
	} while (!word_change(&lock->_word, word, *word + 1));
	return 0;
}

static int try_write(pthread_rwlock_t *lock, unsigned int *word)
{
	*word = WORD_LOAD(&lock->_word);
	do
		if (*word & ~AWAITED)
			return has_written(*word) ? EDEADLK : EBUSY;
	while (!word_change(&lock->_word, word, *word | WRITING | __croft_tid()));
	return 0;
}

typedef int (*attempt)(pthread_rwlock_t *lock, unsigned int *word);

/* Try until it is ours or @deadline (NULL: for ever). */
static int wait_for(pthread_rwlock_t *lock, attempt try, const struct timespec *deadline)
{
	unsigned int word;
	int err;

	for (;;) {
		err = try(lock, &word);
		if (err != EBUSY)
			return err;
		if (!(word & AWAITED) && !word_change(&lock->_word, &word, word | AWAITED))
			continue;
		err = __croft_wait(&lock->_word, word | AWAITED, deadline);
		if (err && err != EAGAIN && err != EINTR)
			return err;
	}
}

static int take(pthread_rwlock_t *lock, attempt try, const struct timespec *until)
{
	struct timespec deadline;
	unsigned int word;
	int err = try(lock, &word);

	if (err != EBUSY)
		return err;
	if (until) {
		err = __croft_deadline(CLOCK_REALTIME, until, &deadline);
		if (err)
			return err;
		until = &deadline;
	}
	if (try == try_read)
		return wait_for(lock, try, until);
	WORD_ADD(&lock->_writers, 1);
	err = wait_for(lock, try, until);
	/* Readers held back by this one alone may come in now. */
	if (WORD_SUB(&lock->_writers, 1) == 0 && err)
		__croft_wake(&lock->_word, UINT_MAX);
	return err;
}

static int busy(int err)
{
	return err == EDEADLK ? EBUSY : err;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
	return take(lock, try_read, NULL);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict lock,
			       const struct timespec *restrict until)
{
	return take(lock, try_read, until);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
	unsigned int word;

	return busy(try_read(lock, &word));
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
	return take(lock, try_write, NULL);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict lock,
			       const struct timespec *restrict until)
{
	return take(lock, try_write, until);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
	unsigned int word;

	return busy(try_write(lock, &word));
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
	unsigned int word = WORD_LOAD(&lock->_word), to;

	do {
		if ((word & ~AWAITED) == 0 || ((word & WRITING) && !has_written(word)))
			return EPERM;
		/* The last one out leaves nothing behind. */
		to = (word & WRITING) || (word & READERS) == 1 ? 0 : word - 1;
	} while (!word_change(&lock->_word, &word, to));
	if (to == 0 && (word & AWAITED))
		__croft_wake(&lock->_word, UINT_MAX);
	return 0;
}

int pthread_rwlockattr_init(pthread_rwlockattr_t *attr)
{
	attr->_shared = PTHREAD_PROCESS_PRIVATE;
	return 0;
}

int pthread_rwlockattr_destroy(pthread_rwlockattr_t *attr)
{
	(void)attr;
	return 0;
}

int pthread_rwlockattr_getpshared(const pthread_rwlockattr_t *restrict attr, int *restrict shared)
{
	*shared = (int)attr->_shared;
	return 0;
}

int pthread_rwlockattr_setpshared(pthread_rwlockattr_t *attr, int shared)
{
	if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED)
		return EINVAL;
	attr->_shared = (unsigned int)shared;
	return 0;
}
