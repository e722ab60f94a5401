/* SPDX-License-Identifier: MIT */
/*
 * The locks that newlib takes around malloc(), streams, the environment and atexit().
 *
 * newlib has dummies of them, which a program without threads keeps; pthread.c asks for these.
 * They lend priority: malloc() in an idle thread must not hold up an urgent one.  All may be taken
 * again by their holder; those that newlib does not call recursive are never.
 */
#include "thread.h"

#include <stdlib.h>
#include <sys/lock.h>

struct __lock {
	unsigned int word;
	unsigned int count; /* how often more its holder has it */
};

struct __lock __lock___sinit_recursive_mutex, __lock___sfp_recursive_mutex,
	__lock___atexit_recursive_mutex, __lock___at_quick_exit_mutex,
	__lock___malloc_recursive_mutex, __lock___env_recursive_mutex, __lock___tz_mutex,
	__lock___dd_hash_mutex, __lock___arc4random_mutex;

/* Without memory a stream has no lock, which is better than no stream. */
void __retarget_lock_init_recursive(_LOCK_T *lock)
{
	*lock = calloc(1, sizeof(**lock));
}

void __retarget_lock_close_recursive(_LOCK_T lock)
{
	free(lock);
}

void __retarget_lock_acquire_recursive(_LOCK_T lock)
{
	if (!lock)
		return;
	if ((WORD_LOAD(&lock->word) & FUTEX_TID_MASK) == __croft_tid())
		lock->count++;
	else
		while (__croft_lock(&lock->word, NULL)) /* of one that has ended: never */
			__sys_sched_yield();
}

int __retarget_lock_try_acquire_recursive(_LOCK_T lock)
{
	unsigned int free = 0;

	if (!lock || word_change(&lock->word, &free, __croft_tid()))
		return 1;
	if ((free & FUTEX_TID_MASK) != __croft_tid())
		return 0;
	lock->count++;
	return 1;
}

void __retarget_lock_release_recursive(_LOCK_T lock)
{
	if (!lock)
		return;
	if (lock->count)
		lock->count--;
	else
		__croft_unlock(&lock->word);
}

void __retarget_lock_init(_LOCK_T *lock) __attribute__((alias("__retarget_lock_init_recursive")));
void __retarget_lock_close(_LOCK_T lock) __attribute__((alias("__retarget_lock_close_recursive")));
void __retarget_lock_acquire(_LOCK_T lock)
	__attribute__((alias("__retarget_lock_acquire_recursive")));
int __retarget_lock_try_acquire(_LOCK_T lock)
	__attribute__((alias("__retarget_lock_try_acquire_recursive")));
void __retarget_lock_release(_LOCK_T lock)
	__attribute__((alias("__retarget_lock_release_recursive")));
