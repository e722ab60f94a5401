/* SPDX-License-Identifier: MIT */
/*
 * Attributes of threads.
 *
 * The usual stack is what fills two pages of 1 KiB together with the descriptor, and a page of
 * guard.
 */
#include "thread.h"

#include <croft/thread.h>
#include <stdint.h>
#include <unistd.h>

#include "sched.h"

#define USUAL_STACK (2048u - (unsigned int)sizeof(struct __pthread))

int pthread_attr_init(pthread_attr_t *attr)
{
	*attr = (pthread_attr_t){ ._size = USUAL_STACK,
				  ._guard = (unsigned int)getpagesize(),
				  ._param.sched_priority = CROFT_PRIORITY_MAX / 2 + 1,
				  ._policy = SCHED_RR };
	return 0;
}

int pthread_attr_destroy(pthread_attr_t *attr)
{
	(void)attr;
	return 0;
}

int pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state)
{
	*state = attr->_is_detached;
	return 0;
}

int pthread_attr_setdetachstate(pthread_attr_t *attr, int state)
{
	if (state != PTHREAD_CREATE_JOINABLE && state != PTHREAD_CREATE_DETACHED)
		return EINVAL;
	attr->_is_detached = state == PTHREAD_CREATE_DETACHED;
	return 0;
}

int pthread_attr_getguardsize(const pthread_attr_t *restrict attr, size_t *restrict size)
{
	*size = attr->_guard;
	return 0;
}

int pthread_attr_setguardsize(pthread_attr_t *attr, size_t size)
{
	if (size > PTRDIFF_MAX)
		return EINVAL;
	attr->_guard = size;
	return 0;
}

int pthread_attr_getinheritsched(const pthread_attr_t *restrict attr, int *restrict inherit)
{
	*inherit = attr->_is_explicit ? PTHREAD_EXPLICIT_SCHED : PTHREAD_INHERIT_SCHED;
	return 0;
}

int pthread_attr_setinheritsched(pthread_attr_t *attr, int inherit)
{
	if (inherit != PTHREAD_EXPLICIT_SCHED && inherit != PTHREAD_INHERIT_SCHED)
		return EINVAL;
	attr->_is_explicit = inherit == PTHREAD_EXPLICIT_SCHED;
	return 0;
}

int pthread_attr_getschedparam(const pthread_attr_t *restrict attr,
			       struct sched_param *restrict param)
{
	*param = attr->_param;
	return 0;
}

int pthread_attr_setschedparam(pthread_attr_t *restrict attr,
			       const struct sched_param *restrict param)
{
	if (param->sched_priority < CROFT_PRIORITY_MIN ||
	    param->sched_priority > CROFT_PRIORITY_MAX)
		return EINVAL;
	attr->_param = *param;
	return 0;
}

int pthread_attr_getschedpolicy(const pthread_attr_t *restrict attr, int *restrict policy)
{
	*policy = attr->_policy;
	return 0;
}

int pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy)
{
	if (__croft_policy(policy) < 0)
		return EINVAL;
	attr->_policy = (unsigned char)policy;
	return 0;
}

int pthread_attr_getscope(const pthread_attr_t *restrict attr, int *restrict scope)
{
	(void)attr;
	*scope = PTHREAD_SCOPE_SYSTEM;
	return 0;
}

int pthread_attr_setscope(pthread_attr_t *attr, int scope)
{
	(void)attr;
	if (scope == PTHREAD_SCOPE_PROCESS)
		return ENOTSUP;
	return scope == PTHREAD_SCOPE_SYSTEM ? 0 : EINVAL;
}

int pthread_attr_getstack(const pthread_attr_t *restrict attr, void **restrict stack,
			  size_t *restrict size)
{
	*stack = attr->_stack;
	*size = attr->_size;
	return 0;
}

/* That it is memory of MAP_STACK shows when the thread is made. */
int pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t size)
{
	if (!stack || size < PTHREAD_STACK_MIN || size > PTRDIFF_MAX || ((size_t)stack & 7) ||
	    (size & 7))
		return EINVAL;
	attr->_stack = stack;
	attr->_size = size;
	return 0;
}

int pthread_attr_getstacksize(const pthread_attr_t *restrict attr, size_t *restrict size)
{
	*size = attr->_size;
	return 0;
}

int pthread_attr_setstacksize(pthread_attr_t *attr, size_t size)
{
	if (size < PTHREAD_STACK_MIN || size > PTRDIFF_MAX)
		return EINVAL;
	attr->_size = size;
	return 0;
}
