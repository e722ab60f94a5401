/* SPDX-License-Identifier: MIT */
/* Once: the first to come does it, and the others wait until it is done. */
#include "thread.h"

#include <limits.h>

enum { NOT_YET, UNDER_WAY, AWAITED, DONE };

int pthread_once(pthread_once_t *once, void (*init)(void))
{
	unsigned int state = NOT_YET;

	if (WORD_LOAD(&once->_state) == DONE)
		return 0;
	if (word_change(&once->_state, &state, UNDER_WAY)) {
		init();
		if (__atomic_exchange_n(&once->_state, DONE, __ATOMIC_ACQ_REL) == AWAITED)
			__croft_wake(&once->_state, UINT_MAX);
		return 0;
	}
	while (state != DONE) {
		if (state == AWAITED || word_change(&once->_state, &state, AWAITED))
			__croft_wait(&once->_state, AWAITED, NULL);
		state = WORD_LOAD(&once->_state);
	}
	return 0;
}
