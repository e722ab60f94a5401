/* SPDX-License-Identifier: MIT */
/* What a thread does when it ends, innermost first: a list through the frames of its stack. */
#include "thread.h"

void __pthread_cleanup_push(struct __pthread_cleanup *cleanup)
{
	struct __pthread *self = thread_self();

	cleanup->_next = self->cleanup;
	self->cleanup = cleanup;
}

void __pthread_cleanup_pop(struct __pthread_cleanup *cleanup, int execute)
{
	thread_self()->cleanup = cleanup->_next;
	if (execute)
		cleanup->_routine(cleanup->_arg);
}
