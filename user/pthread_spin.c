/* SPDX-License-Identifier: MIT */
/*
 * Spin locks.  With one processor spinning is waste: the holder cannot go on meanwhile.  So who does
 * not get the lock yields.
 */
#include "thread.h"

int pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
	(void)shared;
	*lock = 0;
	return 0;
}

int pthread_spin_destroy(pthread_spinlock_t *lock)
{
	(void)lock;
	return 0;
}

int pthread_spin_trylock(pthread_spinlock_t *lock)
{
	unsigned int free = 0;

	return word_change(lock, &free, __croft_tid()) ? 0 : EBUSY;
}

int pthread_spin_lock(pthread_spinlock_t *lock)
{
	if (WORD_LOAD(lock) == __croft_tid())
		return EDEADLK;
	while (pthread_spin_trylock(lock))
		__sys_sched_yield();
	return 0;
}

int pthread_spin_unlock(pthread_spinlock_t *lock)
{
	if (WORD_LOAD(lock) != __croft_tid())
		return EPERM;
	WORD_STORE(lock, 0);
	return 0;
}
