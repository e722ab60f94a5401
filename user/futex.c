/* SPDX-License-Identifier: MIT */
/*
 * Waiting on words: what all primitives are made of.  See thread.h and croft/futex.h.
 */
#include "thread.h"

#include <limits.h>

#define NS_PER_S     1000000000
#define BEING_CLOSED 0x80000000u /* of guests: somebody waits for the last */

int __croft_deadline(clockid_t clock, const struct timespec *until, struct timespec *deadline)
{
	struct timespec now, base;

	if (until->tv_nsec < 0 || until->tv_nsec >= NS_PER_S ||
	    (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC))
		return EINVAL;
	*deadline = *until;
	if (clock == CLOCK_REALTIME) {
		__sys_clock_gettime(CLOCK_MONOTONIC, &base);
		__sys_clock_gettime(CLOCK_REALTIME, &now);
		deadline->tv_sec += base.tv_sec - now.tv_sec;
		deadline->tv_nsec += base.tv_nsec - now.tv_nsec;
		if (deadline->tv_nsec < 0) {
			deadline->tv_nsec += NS_PER_S;
			deadline->tv_sec--;
		} else if (deadline->tv_nsec >= NS_PER_S) {
			deadline->tv_nsec -= NS_PER_S;
			deadline->tv_sec++;
		}
	}
	/* The kernel's clock begins at 0, and a deadline then has been. */
	if (deadline->tv_sec < 0 || (deadline->tv_sec == 0 && deadline->tv_nsec == 0)) {
		deadline->tv_sec = 0;
		deadline->tv_nsec = 1;
	}
	if (deadline->tv_sec > INT_MAX)
		deadline->tv_sec = INT_MAX;
	return 0;
}

int __croft_wait(unsigned int *word, unsigned int value, const struct timespec *deadline)
{
	return (int)-__sys_futex(word, FUTEX_WAIT, value, deadline);
}

void __croft_wake(unsigned int *word, unsigned int most)
{
	__sys_futex(word, FUTEX_WAKE, most, NULL);
}

int __croft_lock(unsigned int *word, const struct timespec *deadline)
{
	unsigned int free = 0;
	long err;

	if (word_change(word, &free, __croft_tid()))
		return 0;
	do
		err = __sys_futex(word, FUTEX_LOCK_PI, 0, deadline);
	while (err == -EINTR);
	/* An owner that has ended will never give it back. */
	return err == -ESRCH ? EDEADLK : (int)-err;
}

int __croft_unlock(unsigned int *word)
{
	unsigned int self = __croft_tid();

	if (word_change(word, &self, 0))
		return 0;
	return (int)-__sys_futex(word, FUTEX_UNLOCK_PI, 0, NULL);
}

void __croft_guest_leave(unsigned int *guests)
{
	if (WORD_SUB(guests, 1) == BEING_CLOSED)
		__croft_wake(guests, 1);
}

void __croft_guests_await(unsigned int *guests)
{
	unsigned int now = WORD_LOAD(guests);

	if (now)
		now = __atomic_or_fetch(guests, BEING_CLOSED, __ATOMIC_ACQ_REL);
	for (; now & ~BEING_CLOSED; now = WORD_LOAD(guests))
		__croft_wait(guests, now, NULL);
	WORD_STORE(guests, 0);
}
