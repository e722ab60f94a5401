/* SPDX-License-Identifier: MIT */
/* Attributes of mutexes: bits of their kind. */
#include "thread.h"

#include "mutex.h"

int pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
	attr->_kind = 0;
	return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *attr)
{
	(void)attr;
	return 0;
}

int pthread_mutexattr_gettype(const pthread_mutexattr_t *restrict attr, int *restrict type)
{
	*type = (int)(attr->_kind & MUTEX_TYPE);
	return 0;
}

int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type)
{
	if (type < PTHREAD_MUTEX_NORMAL || type > PTHREAD_MUTEX_ERRORCHECK)
		return EINVAL;
	attr->_kind = (attr->_kind & ~MUTEX_TYPE) | (unsigned int)type;
	return 0;
}

int pthread_mutexattr_getprotocol(const pthread_mutexattr_t *restrict attr, int *restrict protocol)
{
	*protocol = attr->_kind & MUTEX_INHERIT ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE;
	return 0;
}

int pthread_mutexattr_setprotocol(pthread_mutexattr_t *attr, int protocol)
{
	if (protocol == PTHREAD_PRIO_PROTECT)
		return ENOTSUP;
	if (protocol != PTHREAD_PRIO_NONE && protocol != PTHREAD_PRIO_INHERIT)
		return EINVAL;
	attr->_kind &= ~MUTEX_INHERIT;
	if (protocol == PTHREAD_PRIO_INHERIT)
		attr->_kind |= MUTEX_INHERIT;
	return 0;
}

int pthread_mutexattr_getpshared(const pthread_mutexattr_t *restrict attr, int *restrict shared)
{
	*shared = attr->_kind & MUTEX_SHARED ? PTHREAD_PROCESS_SHARED : PTHREAD_PROCESS_PRIVATE;
	return 0;
}

int pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int shared)
{
	if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED)
		return EINVAL;
	attr->_kind &= ~MUTEX_SHARED;
	if (shared == PTHREAD_PROCESS_SHARED)
		attr->_kind |= MUTEX_SHARED;
	return 0;
}
