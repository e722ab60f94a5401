/* SPDX-License-Identifier: MIT */
/*
 * Semaphores.
 *
 * Who finds the value 0 counts itself in _waiters, marks the value, and sleeps while it is 0 and
 * marked.  Who posts reads _waiters before it raises the value, which must not have changed since:
 * after that another may have taken the semaphore apart, and only the address is used.
 */
#include "thread.h"

#include <semaphore.h>

#define AWAITED 0x80000000u

static int fail(int error)
{
	errno = error;
	return -1;
}

int sem_init(sem_t *sem, int shared, unsigned int value)
{
	(void)shared;
	if (value > SEM_VALUE_MAX)
		return fail(EINVAL);
	*sem = (sem_t){ ._value = value };
	return 0;
}

int sem_destroy(sem_t *sem)
{
	(void)sem;
	return 0;
}

/* Take one if there is one. */
static bool try_take(sem_t *sem)
{
	unsigned int value = WORD_LOAD(&sem->_value);

	while (value & ~AWAITED)
		if (word_change(&sem->_value, &value, value - 1))
			return true;
	return false;
}

int sem_trywait(sem_t *sem)
{
	return try_take(sem) ? 0 : fail(EAGAIN);
}

/* Take one, waiting for it.  An error as errno has it. */
static int take(sem_t *sem, const struct timespec *deadline)
{
	unsigned int zero;
	int err;

	while (!try_take(sem)) {
		WORD_ADD(&sem->_waiters, 1);
		zero = 0;
		word_change(&sem->_value, &zero, AWAITED);
		err = wait_or_cancel(&sem->_value, AWAITED, deadline);
		WORD_SUB(&sem->_waiters, 1);
		if (err == EINTR)
			cancel_here();
		if (err && err != EAGAIN)
			return err;
	}
	return 0;
}

int sem_wait(sem_t *sem)
{
	int err;

	cancel_here();
	err = take(sem, NULL);
	return err ? fail(err) : 0;
}

int sem_clockwait(sem_t *restrict sem, clockid_t clock, const struct timespec *restrict until)
{
	struct timespec deadline;
	int err;

	cancel_here();
	if (try_take(sem))
		return 0;
	err = __croft_deadline(clock, until, &deadline);
	if (!err)
		err = take(sem, &deadline);
	return err ? fail(err) : 0;
}

int sem_timedwait(sem_t *restrict sem, const struct timespec *restrict until)
{
	return sem_clockwait(sem, CLOCK_REALTIME, until);
}

int sem_post(sem_t *sem)
{
	unsigned int value = WORD_LOAD(&sem->_value), to, waiters;

	do {
		waiters = WORD_LOAD(&sem->_waiters);
		if ((value & ~AWAITED) == SEM_VALUE_MAX)
			return fail(EOVERFLOW);
		to = value + 1;
		if (waiters <= 1)
			to &= ~AWAITED;
	} while (!word_change(&sem->_value, &value, to));
	/* With one waiter the mark is gone: it and whoever came after the count must look. */
	if (value & AWAITED)
		__croft_wake(&sem->_value, waiters > 1 ? 1 : SEM_VALUE_MAX);
	return 0;
}

int sem_getvalue(sem_t *restrict sem, int *restrict value)
{
	*value = (int)(WORD_LOAD(&sem->_value) & ~AWAITED);
	return 0;
}
